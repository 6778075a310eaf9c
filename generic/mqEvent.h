/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mqEvent.h --
 *
 *	The handle of a queue, and what a queue reports to the event loop.
 */

#ifndef IPC_MQ_EVENT_H
#define IPC_MQ_EVENT_H

#include "handle.h"

typedef struct MqHandle {
    IpcHandle handle;
    OsMq *mq;
    Tcl_Encoding encoding;	/* of messages; NULL: they are bytes */
    int read;			/* booleans: what the handle may do */
    int write;
    int blocking;		/* whether its calls may wait */

    /* mqEvent.c: */
    int watched;		/* OS_READABLE | OS_WRITABLE */
    int turn;			/* what is served next */
    Tcl_Obj *scripts[2];	/* of "event readable" and "event writable" */
    Tcl_Obj *prefixes;		/* a list: those of "notify -command", the
				 * oldest first; or NULL */
} MqHandle;

IpcMethodProc MqNotifyMethod, MqEventMethod;
int	MqWatch(IpcHandle *handle);
void	MqServe(IpcHandle *handle, int events);
void	MqForgetEvents(MqHandle *mq);

#endif /* IPC_MQ_EVENT_H */
