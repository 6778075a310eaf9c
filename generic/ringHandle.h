/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ringHandle.h --
 *
 *	The handle of a ring, for the files of ring*.c.
 */

#ifndef IPC_RING_HANDLE_H
#define IPC_RING_HANDLE_H

#include "handle.h"

typedef struct RingHandle {
    IpcHandle handle;
    OsRing *ring;		/* NULL once it is closed */
    Tcl_Encoding encoding;	/* of messages; NULL: they are bytes */
    int watched;		/* OS_READABLE ...: that a script has been
				 * watched for */
    int turn;			/* what is served next */
    Tcl_Obj *scripts[2];	/* of "event readable" and "event writable" */
} RingHandle;

#endif /* IPC_RING_HANDLE_H */
