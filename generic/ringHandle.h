/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ringHandle.h --
 *
 *	The handle of a ring, for the files of ring*.c.
 */

#ifndef IPC_RING_HANDLE_H
#define IPC_RING_HANDLE_H

#include "pending.h"

typedef struct RingHandle {
    IpcHandle handle;
    OsRing *ring;		/* NULL once it is closed */
    Tcl_Encoding encoding;	/* of messages; NULL: they are bytes */
    int watched;		/* OS_READABLE ...: that a script has been
				 * watched for */
    int turn;			/* what is served next */
    Tcl_Obj *scripts[2];	/* of "event readable" and "event writable" */
} RingHandle;

/*
 * RingStartPending --
 *
 *	IpcStartPending for a call of a ring. From now on, info counts the call
 *	as a waiter.
 */

static inline int
RingStartPending(
    RingHandle *self,
    const IpcCall *call,
    const IpcPendingSpec *spec)
{
    int code = IpcStartPending(call, &self->handle, spec);

    if (code == TCL_OK) {
	OsRingSetPending(self->ring, IpcCountPending(&self->handle));
    }
    return code;
}

#endif /* IPC_RING_HANDLE_H */
