/*
 * wait.c --
 *
 *	Calls that wait, where the thread has nothing else to do meanwhile.
 *
 *	Tcl handles signals between commands, so a wait has to end for one.
 *	EINTR does not tell of all: a handler with SA_RESTART (as of Expect's
 *	trap) lets the wait go on, and a signal may come just before the wait
 *	begins. So it is made in slices, with a look at Tcl between them. Each
 *	counts as a command where Tcl checks the limits of an interpreter.
 */

#include "posixIpc.h"

#include <errno.h>

static const OsTime slice = OS_SECOND / 10;

/*
 * IpcServeTcl --
 *
 *	Does what Tcl does between commands: lets its handlers of signals run,
 *	if there is one to be run, and then stores true; and checks the limits of
 *	the interpreter, interp(n). Scripts may run that do anything, so the
 *	handle must be held. Returns TCL_OK, or the code with which the call is
 *	to end.
 */

int
IpcServeTcl(
    const IpcCall *call,
    bool *hadSignalPtr)
{
    int code = TCL_OK;

    if (Tcl_AsyncReady()) {
	*hadSignalPtr = true;
	code = Tcl_AsyncInvoke(call->interp, TCL_OK);
	if (code == TCL_OK) {
	    code = Tcl_Canceled(call->interp, TCL_LEAVE_ERR_MSG);
	}
    }
    if (code == TCL_OK && Tcl_LimitReady(call->interp)) {
	code = Tcl_LimitCheck(call->interp);
    }
    return code;
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
    bool hadSignal;
    int err, code;

    do {
	err = attempt(handle, request, (left < slice) ? left : slice);
	if (err == 0) {
	    return TCL_OK;
	}
	if (timeout == 0) {
	    return IpcFail(call, (err == ETIMEDOUT) ? EAGAIN : err, NULL);
	}
	hadSignal = (err == EINTR);
	IpcHoldHandle(handle);
	code = IpcServeTcl(call, &hadSignal);
	if (code == TCL_OK && (hadSignal || !IpcIsUsable(handle))) {
	    code = IpcFail(call, hadSignal ? EINTR : EBADF, NULL);
	}
	IpcDropHandle(handle);
	if (code != TCL_OK) {
	    return code;
	}
	if (isTimed) {
	    left = timeout - (OsClock() - start);
	}
    } while (err == ETIMEDOUT && left > 0);
    return IpcFail(call, err, NULL);
}
