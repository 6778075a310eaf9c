/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pending.h --
 *
 *	Calls that are made now and completed later, in the event loop. An
 *	attempt makes the call without waiting. It returns 0 and, if there is
 *	one, a result; EAGAIN or ETIMEDOUT if it is to be tried again; or
 *	another errno value, which ends the call.
 */

#ifndef IPC_PENDING_H
#define IPC_PENDING_H

#include "args.h"
#include "handle.h"

typedef int IpcPendingAttempt(IpcHandle *handle, const void *request,
	    Tcl_Obj **resultPtr);

#define IPC_UNORDERED 0

typedef struct IpcPendingSpec {
    IpcPendingAttempt *attempt;
    int event;			/* OS_READABLE ...: what it waits for. Calls
				 * that wait for the same event complete in
				 * order, those with IPC_UNORDERED in any */
    IpcWaitOptions wait;	/* prefix is NULL if there is a receiver;
				 * timeout 0: the call may not wait */
    bool goesOn;		/* the timeout does not end the call, but is
				 * one more occasion to try it */
    void *request;		/* for the attempt, from ckalloc; the pending
				 * call frees it. Or NULL */
    void (*release)(void *request);
				/* called as soon as the call ends, or NULL */
} IpcPendingSpec;

/*
 * A receiver takes the place of a callback. It belongs to its creator.
 */

struct IpcReceiver {
    void (*receive)(IpcReceiver *receiver, IpcHandle *handle, int code,
	    Tcl_Obj *result, Tcl_Obj *options);
    IpcPending *pending;	/* NULL once the call has ended */
};

/*
 * IpcCompletesLater --
 *
 *	Returns whether a call is completed in the event loop, because it has a
 *	callback or a receiver.
 */

static inline bool
IpcCompletesLater(
    const IpcCall *call,
    const IpcWaitOptions *options)
{
    return options->prefix != NULL || call->receiver != NULL;
}

int	IpcCheckPending(const IpcCall *call, const Tcl_Obj *prefix);
int	IpcStartPending(const IpcCall *call, IpcHandle *handle,
	    const IpcPendingSpec *spec);
const void *IpcFirstRequest(const IpcHandle *handle, int event);
bool	IpcIsPending(const IpcHandle *handle, int event);
size_t	IpcCountPending(const IpcHandle *handle);
bool	IpcServePending(IpcHandle *handle, int event);
bool	IpcServeUnordered(IpcHandle *handle);
bool	IpcServeOverdue(IpcHandle *handle);
void	IpcFailPending(IpcHandle *handle, int err);
void	IpcAbandon(IpcPending *pending);

IpcMethodProc IpcCancelMethod;

#endif /* IPC_PENDING_H */
