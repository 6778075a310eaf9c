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
    const bool isTimed = (timeout != 0 && timeout != OS_NEVER);
    const OsTime start = isTimed ? OsClock() : 0;
    OsTime left = timeout;
    int err, code;

    do {
	err = attempt(handle, request, (left < slice) ? left : slice);
	if (err == 0) {
	    return TCL_OK;
	}
	if (timeout == 0) {
	    return IpcFail(call, (err == ETIMEDOUT) ? EAGAIN : err, NULL);
	}
	if (err == EINTR || Tcl_AsyncReady()) {
	    IpcHoldHandle(handle);
	    code = HandleSignal(call);
	    IpcDropHandle(handle);
	    return code;
	}
	if (isTimed) {
	    left = timeout - (OsClock() - start);
	}
    } while (err == ETIMEDOUT && left > 0);
    return IpcFail(call, err, NULL);
}
