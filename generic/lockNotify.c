/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lockNotify.c --
 *
 *	The methods wait and notify of locks. A wait has two halves: after the
 *	notification or the timeout, the call acquires the permits again,
 *	however long that takes, and only then ends.
 */

#include "lockHandle.h"
#include "error.h"
#include "field.h"
#include "wait.h"

#include <errno.h>

/*
 * AttemptWait --
 *
 *	Waits for a notification.
 */

static int
AttemptWait(
    IpcHandle *handle,
    void *data,
    OsTime timeout)
{
    LockHandle *self = (LockHandle *) handle;

    *(int *) data = OsLockWait(self->lock, timeout, &self->deadPid);
    return (*(int *) data == EBUSY) ? ETIMEDOUT : *(int *) data;
}

/*
 * IsInterrupted --
 *
 *	Returns whether a wait whose last attempt returned err was ended by
 *	its timeout or by a signal.
 */

static bool
IsInterrupted(
    int err)
{
    return err == ETIMEDOUT || err == EAGAIN || err == EINTR || err == EBUSY;
}

/*
 * AcquireAgain --
 *
 *	Acquires again the permits that a wait gave back, however long that
 *	takes. They count as the same grant, so the end of a "with" around the
 *	wait releases them. code is the result of the wait, and its error
 *	remains the result; a signal that arrives meanwhile is reported too. If
 *	the interpreter has exceeded its limits, interp(n), this stops waiting.
 *	Returns the code with which the wait must end.
 */

static int
AcquireAgain(
    LockHandle *self,
    const IpcCall *call,
    uint32_t permits,
    unsigned grant,
    int code)
{
    LockRequest request = { permits, 0, 0 };
    Tcl_InterpState state = (code == TCL_OK) ? NULL
	    : Tcl_SaveInterpState(call->interp, code);
    int again = LockAcquire(self, call, &request, OS_NEVER);

    while (again != TCL_OK && IsInterrupted(request.err)
	    && IpcIsUsable(&self->handle)
	    && !Tcl_LimitExceeded(call->interp)) {
	if (code == TCL_OK) {
	    code = again;
	    state = Tcl_SaveInterpState(call->interp, code);
	}
	again = LockAcquire(self, call, &request, OS_NEVER);
    }
    if (again == TCL_OK) {
	self->grant = grant;
	again = (code == TCL_OK) ? TCL_OK
		: Tcl_RestoreInterpState(call->interp, state);
    } else if (code != TCL_OK) {
	Tcl_DiscardInterpState(state);
    }
    return again;
}

/*
 * WaitNow --
 *
 *	Waits for a notification, with the thread blocked.
 */

static int
WaitNow(
    LockHandle *self,
    const IpcCall *call,
    OsTime timeout)
{
    const unsigned grant = self->grant;
    uint32_t permits;
    int err = OsLockBeginWait(self->lock, false, &permits);
    int code, last = 0;

    if (err != 0) {
	return LockFail(self, call, err);
    }
    if (self->handle.firstPending != NULL) {
	IpcMakeReady(&self->handle, 0);
    }
    IpcHoldHandle(&self->handle);
    code = IpcWait(call, &self->handle, timeout, AttemptWait, &last);
    if (self->lock != NULL) {
	bool isNotified = OsLockEndWait(self->lock);

	if (code == TCL_ERROR) {
	    LockRefine(&self->handle, call->interp, last);
	    if (isNotified && last == ETIMEDOUT) {
		Tcl_ResetResult(call->interp);
		code = TCL_OK;
	    }
	}
	if (code == TCL_OK || (IsInterrupted(last)
		&& IpcIsUsable(&self->handle))) {
	    code = AcquireAgain(self, call, permits, grant, code);
	}
    }
    IpcDropHandle(&self->handle);
    return code;
}

/*
 * FindWait --
 *
 *	Returns the wait with a number.
 */

static LockWait *
FindWait(
    LockHandle *self,
    int event)
{
    LockWait *wait = self->waits;

    while (wait->event != event) {
	wait = wait->next;
    }
    return wait;
}

/*
 * CheckWait --
 *
 *	Returns 0 if the first half of a wait is over, EAGAIN if it is not, or
 *	the errno value that ends it. A wait that has timed out will end with
 *	EINPROGRESS, because after ETIMEDOUT a pending call is tried again.
 */

static int
CheckWait(
    LockHandle *self,
    LockWait *wait)
{
    int err = OsLockWait(self->lock, OS_NOW, &self->deadPid);

    if (err == EBUSY || (err == ETIMEDOUT && OsClock() < wait->deadline)) {
	return EAGAIN;
    }
    wait->isOver = true;
    if (!OsLockEndWait(self->lock) && err == ETIMEDOUT) {
	wait->err = EINPROGRESS;
    }
    return (err == ETIMEDOUT) ? 0 : err;
}

/*
 * WaitPending --
 *
 *	Continues a wait that is completed later.
 */

static int
WaitPending(
    IpcHandle *handle,
    const void *data,
    Tcl_Obj **resultPtr)
{
    LockHandle *self = (LockHandle *) handle;
    LockWait *wait = FindWait(self, *(const int *) data);
    int err = wait->isOver ? 0 : CheckWait(self, wait);

    (void) resultPtr;
    if (err == 0) {
	err = LockTakeTurn(self, (LockRequest) { wait->permits, 0, 0 });
	if (err == 0) {
	    self->grant = wait->grant;
	    err = wait->err;
	}
    }
    return err;
}

/*
 * WaitLater --
 *
 *	Starts a wait that is completed later.
 */

static int
WaitLater(
    LockHandle *self,
    const IpcCall *call,
    const IpcWaitOptions *options)
{
    LockWait *wait, **link = &self->waits;
    uint32_t permits;
    int *event;
    int err = OsLockBeginWait(self->lock, true, &permits);

    if (err != 0) {
	return LockFail(self, call, err);
    }
    wait = ckalloc(sizeof(*wait));
    *wait = (LockWait) {
	.event = ++self->lastEvent,
	.permits = permits,
	.grant = self->grant,
	.deadline = OsAfter(OsClock(), options->timeout)
    };
    while (*link != NULL) {
	link = &(*link)->next;
    }
    *link = wait;
    event = ckalloc(sizeof(*event));
    *event = wait->event;
    return IpcStartPending(call, &self->handle, &(IpcPendingSpec) {
	.attempt = WaitPending,
	.event = wait->event,
	.wait = *options,
	.goesOn = true,
	.request = event
    });
}

/*
 * LockWaitMethod --
 *
 *	$lock wait ?-timeout seconds? ?-command prefix?
 */

int
LockWaitMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    IpcWaitOptions options = IPC_WAIT_DEFAULTS;

    if (IpcReadOptions(call, 2, ipcWaitOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    if (!IpcCompletesLater(call, &options)) {
	return WaitNow((LockHandle *) handle, call, options.timeout);
    }
    if (IpcCheckPending(call, options.prefix) != TCL_OK) {
	return TCL_ERROR;
    }
    return WaitLater((LockHandle *) handle, call, &options);
}

/*
 * LockNotifyMethod --
 *
 *	$lock notify ?count?
 */

int
LockNotifyMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    LockHandle *self = (LockHandle *) handle;
    int64_t count = 1;
    size_t woken;
    int err;

    if (call->objc == 3 && IpcReadCountOrAll(call, "count", call->objv[2],
	    INT64_MAX, &count) != TCL_OK) {
	return TCL_ERROR;
    }
    err = OsLockNotify(self->lock, (count > UINT32_MAX) ? UINT32_MAX
	    : (size_t) count, &woken);
    if (err != 0) {
	return LockFail(self, call, err);
    }
    Tcl_SetObjResult(call->interp, IpcNewInteger((int64_t) woken));
    return TCL_OK;
}
