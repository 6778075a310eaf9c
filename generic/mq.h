/*
 * mq.h --
 *
 *	The handle of a queue, for mq.c and mqEvent.c.
 */

#ifndef MQ_H
#define MQ_H

#include "posixIpc.h"

typedef struct MqHandle {
    IpcHandle handle;
    OsMq *mq;
    Tcl_Encoding encoding;	/* of messages; NULL: they are bytes */
    bool read;			/* what the handle may do */
    bool write;
    bool blocking;		/* whether it may wait */

    /* mqEvent.c: */
    int watched;		/* OS_READABLE | OS_WRITABLE */
    int turn;			/* what is served next */
    Tcl_Obj *scripts[2];	/* of "event readable" and "event writable" */
    Tcl_Obj *notices;		/* a list: prefixes of "notify", the oldest
				 * first; or NULL */
} MqHandle;

IpcMethodProc MqNotifyMethod, MqEventMethod;
int	MqWatch(IpcHandle *handle);
void	MqServe(IpcHandle *handle, int events);
void	MqForgetEvents(MqHandle *mq);

#endif /* MQ_H */
