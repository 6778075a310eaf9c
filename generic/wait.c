/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * wait.c --
 *
 *	Blocking calls. While a thread waits here, it does nothing else.
 *
 *	Tcl runs its signal handlers between commands, so a signal must end the
 *	wait. EINTR does not report every signal: if the handler was installed
 *	with SA_RESTART (as Expect's trap does), the kernel continues to wait;
 *	and a signal can arrive just before the wait begins. So a wait consists
 *	of slices, and after each slice Tcl is served.
 *
 *	Each new slice puts the caller at the end of the kernel's queue. In the
 *	gap before it the kernel sees no waiter, so a message can cause a
 *	notification although the caller waits for it. So slices are short only
 *	while the program has a handler with SA_RESTART. Looking for one takes
 *	some 60 system calls, so it happens only after the first slice: most
 *	waits end within that.
 */

#include "wait.h"
#include "error.h"
#include "handle.h"

#include <errno.h>

static const OsTime shortSlice = OS_SECOND / 10;
static const OsTime longSlice = 5 * OS_SECOND;

/*
 * IpcServeTcl --
 *
 *	Does what Tcl does between commands: runs the handlers of signals that
 *	have arrived, and then stores true; and checks the limits of the
 *	interpreter, interp(n). Both may run any script, so the caller must hold
 *	the handle. Returns TCL_OK, or the code with which the call is to end.
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
 * UntilLimit --
 *
 *	Returns the nanoseconds left until an interpreter reaches its time
 *	limit, interp(n), or OS_NEVER if it has none. If the limit has passed,
 *	returns a short slice: Tcl looks at the clock only every so many checks,
 *	and each slice makes one check.
 */

static OsTime
UntilLimit(
    Tcl_Interp *interp)
{
    Tcl_Time now, limit;
    OsTime left;

    if (!Tcl_LimitTypeEnabled(interp, TCL_LIMIT_TIME)) {
	return OS_NEVER;
    }
    Tcl_GetTime(&now);
    Tcl_LimitGetTime(interp, &limit);
    left = ((OsTime) limit.sec - now.sec) * OS_SECOND
	    + ((OsTime) limit.usec - now.usec) * 1000;
    return (left > 0) ? left : shortSlice;
}

/*
 * NextSlice --
 *
 *	Returns how long the wait may last before Tcl must be served, in
 *	nanoseconds.
 */

static OsTime
NextSlice(
    Tcl_Interp *interp)
{
    OsTime slice = OsHasRestartingHandler() ? shortSlice : longSlice;
    OsTime left = UntilLimit(interp);

    return (left < slice) ? left : slice;
}

/*
 * WaitInSlices --
 *
 *	Repeats attempts at a call that must wait, for timeout nanoseconds in
 *	all.
 */

static int
WaitInSlices(
    const IpcCall *call,
    IpcHandle *handle,
    OsTime timeout,
    IpcAttempt *attempt,
    void *request)
{
    const OsTime start = (timeout != OS_NEVER) ? OsClock() : 0;
    OsTime left = timeout, slice = shortSlice;
    bool hadSignal;
    int err, code;

    do {
	err = attempt(handle, request, (left < slice) ? left : slice);
	if (err == 0) {
	    return TCL_OK;
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
	if (timeout != OS_NEVER) {
	    left = timeout - (OsClock() - start);
	}
	slice = NextSlice(call->interp);
    } while (err == ETIMEDOUT && left > 0);
    return IpcFailHandle(call, handle, request, err);
}

/*
 * IpcWaitLonger --
 *
 *	IpcWait, after its first attempt has returned err, which is not 0.
 */

int
IpcWaitLonger(
    const IpcCall *call,
    IpcHandle *handle,
    OsTime timeout,
    IpcAttempt *attempt,
    void *request,
    int err)
{
    if (timeout != 0 && (err == EAGAIN || err == ETIMEDOUT)) {
	return WaitInSlices(call, handle, timeout, attempt, request);
    }
    return IpcFailHandle(call, handle, request, (err == ETIMEDOUT) ? EAGAIN
	    : err);
}
