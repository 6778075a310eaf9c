/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * wait.h --
 *
 *	Calls that block. An attempt is a call that waits for at most a given
 *	time, which may be OS_NOW. It returns 0, ETIMEDOUT, EAGAIN, EINTR, or
 *	another errno value.
 */

#ifndef IPC_WAIT_H
#define IPC_WAIT_H

#include "call.h"

typedef int IpcAttempt(IpcHandle *handle, void *request, OsTime timeout);

int	IpcServeTcl(const IpcCall *call, bool *hadSignalPtr);
int	IpcWaitLonger(const IpcCall *call, IpcHandle *handle, OsTime timeout,
	    IpcAttempt *attempt, void *request, int err);

/*
 * IpcWait --
 *
 *	Makes an attempt at a call that may wait for timeout nanoseconds, or not
 *	at all if timeout is 0. Most calls need not wait, and then no clock is
 *	read. Returns TCL_OK, TCL_ERROR, or the code of a signal handler.
 */

static inline int
IpcWait(
    const IpcCall *call,
    IpcHandle *handle,
    OsTime timeout,
    IpcAttempt *attempt,
    void *request)
{
    int err = attempt(handle, request, OS_NOW);

    return (err == 0) ? TCL_OK
	    : IpcWaitLonger(call, handle, timeout, attempt, request, err);
}

#endif /* IPC_WAIT_H */
