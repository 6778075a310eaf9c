/*
 * wait.c --
 *
 *	Calls that wait, where the thread has nothing else to do meanwhile.
 *
 *	Tcl handles signals between commands, so a wait has to end for one.
 *	EINTR does not tell of all: a handler with SA_RESTART (as of Expect's
 *	trap) lets the wait go on, and a signal may come just before the wait
 *	begins. So it is made in slices, with a look at Tcl between them.
 */

#include "posixIpc.h"

#include <errno.h>

static const OsTime slice = OS_SECOND / 10;

/*
 * HandleSignal --
 *
 *	Ends a wait that a signal has interrupted: lets Tcl's handlers run,
 *	whose code, where that is not TCL_OK, is the call's. They may
 *	do anything, so the handle must be held.
 */

static int
HandleSignal(
    const IpcCall *call)
{
    if (Tcl_AsyncReady()) {
	int code = Tcl_AsyncInvoke(call->interp, TCL_OK);

	if (code == TCL_OK) {
	    code = Tcl_Canceled(call->interp, TCL_LEAVE_ERR_MSG);
	}
	if (code != TCL_OK) {
	    return code;
	}
    }
    return IpcFail(call, EINTR, NULL);
}

/*
 * IpcWait --
 *
 *	Makes an attempt at a call that may wait for timeout nanoseconds;
 *	with 0 it may not wait at all. Returns TCL_OK, or TCL_ERROR, or the
 *	code of a signal handler.
 */

int
IpcWait(
    const IpcCall *call,
    IpcHandle *handle,
    OsTime timeout,
    IpcAttempt *attempt,
    void *request)
{
    OsTime now, deadline, until;
    int err, code;

    if (timeout == 0) {
	err = attempt(handle, request, OS_NOW);
	return (err == 0) ? TCL_OK
		: IpcFail(call, (err == ETIMEDOUT) ? EAGAIN : err, NULL);
    }
    now = OsClock();
    deadline = (timeout < OS_NEVER - now) ? now + timeout : OS_NEVER;
    do {
	until = (deadline - now > slice) ? now + slice : deadline;
	err = attempt(handle, request, until);
	if (err == 0) {
	    return TCL_OK;
	}
	if (err == EINTR || Tcl_AsyncReady()) {
	    IpcHoldHandle(handle);
	    code = HandleSignal(call);
	    IpcDropHandle(handle);
	    return code;
	}
	now = OsClock();
    } while (err == ETIMEDOUT && now < deadline);
    return IpcFail(call, err, NULL);
}
