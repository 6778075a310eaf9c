/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lockPermits.c --
 *
 *	The methods acquire and release of locks.
 *
 *	Calls that are completed later take turns: if the handle itself has the
 *	grant, such a call waits like any other, and is tried again when the
 *	grant ends.
 */

#include "lockHandle.h"
#include "error.h"
#include "field.h"
#include "wait.h"

#include <errno.h>

/*
 * LockReadPermits --
 *
 *	Reads a number of permits, uint32_t; 0 for the word all.
 */

int
LockReadPermits(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    int64_t permits = 0;

    if (IpcReadCountOrAll(call, what, value, 1000000, &permits) != TCL_OK) {
	return TCL_ERROR;
    }
    *(uint32_t *) where = (permits == INT64_MAX) ? 0 : (uint32_t) permits;
    return TCL_OK;
}

static const IpcOption acquireOptions[] = {
    { "-permits", LockReadPermits, offsetof(LockOptions, permits) },
    { "-takeover", IpcReadBoolean, offsetof(LockOptions, takeover) },
    IPC_WAIT_OPTIONS,
    { NULL, NULL, 0 }
};

/*
 * AttemptAcquire, WaitForPermits, LockAcquire --
 *
 *	Take permits, waiting if they are not free. Return TCL_OK or the code
 *	with which the call must end. The handle has only one place in the line.
 *	After a call that has used this place, the handle's pending calls join
 *	the line again.
 */

static int
AttemptAcquire(
    IpcHandle *handle,
    void *data,
    OsTime timeout)
{
    LockHandle *self = (LockHandle *) handle;
    LockRequest *request = data;

    request->err = OsLockAcquire(self->lock, request->permits, request->flags,
	    timeout, &self->deadPid);
    return (request->err == EBUSY) ? ETIMEDOUT : request->err;
}

static int
WaitForPermits(
    LockHandle *self,
    const IpcCall *call,
    LockRequest *request,
    OsTime timeout)
{
    int code = IpcWait(call, &self->handle, timeout, AttemptAcquire, request);

    if (code == TCL_OK) {
	LockCountGrant(self, 0);
    } else if (self->lock != NULL) {
	if (code == TCL_ERROR) {
	    LockRefine(&self->handle, call->interp, request->err);
	}
	OsLockLeaveLine(self->lock);
	if (self->handle.firstPending != NULL) {
	    IpcMakeReady(&self->handle, 0);
	}
    }
    return code;
}

int
LockAcquire(
    LockHandle *self,
    const IpcCall *call,
    LockRequest *request,
    OsTime timeout)
{
    int err = OsLockTry(self->lock, request->permits, request->flags
	    | ((timeout != 0) ? OS_LOCK_QUEUE : 0), &self->deadPid);
    int code;

    request->err = err;
    IpcHoldHandle(&self->handle);
    if (err == EAGAIN && timeout != 0) {
	code = WaitForPermits(self, call, request, timeout);
    } else {
	LockCountGrant(self, err);
	code = (err == 0) ? TCL_OK : LockFail(self, call, err);
    }
    if (self->handle.firstPending != NULL && self->lock != NULL) {
	LockShowPending(self);
    }
    IpcDropHandle(&self->handle);
    return code;
}

/*
 * LockTakeTurn, AcquirePending --
 *
 *	Takes permits for a call that is completed later. While the handle has a
 *	grant, it waits for its turn.
 */

int
LockTakeTurn(
    LockHandle *self,
    LockRequest request)
{
    int err = OsLockTry(self->lock, request.permits, request.flags
	    | OS_LOCK_QUEUE | OS_LOCK_PENDING, &self->deadPid);

    LockCountGrant(self, err);
    return (err == EDEADLK || err == EBUSY) ? EAGAIN : err;
}

static int
AcquirePending(
    IpcHandle *handle,
    const void *data,
    Tcl_Obj **resultPtr)
{
    LockHandle *self = (LockHandle *) handle;
    const LockRequest *request = data;
    int err = LockTakeTurn(self, *request);

    if (err == 0 && (request->flags & OS_LOCK_TAKEOVER)) {
	*resultPtr = IpcNewInteger(self->deadPid);
    }
    return err;
}

/*
 * LockAcquireMethod --
 *
 *	$lock acquire ?-permits k? ?-timeout seconds? ?-takeover bool?
 *	    ?-command prefix?
 */

int
LockAcquireMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    LockHandle *self = (LockHandle *) handle;
    LockOptions options = LOCK_DEFAULTS;
    LockRequest request, *later;
    int code;

    if (IpcReadOptions(call, 2, acquireOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    request = LockGetRequest(&options);
    if (!IpcCompletesLater(call, &options.wait)) {
	code = LockAcquire(self, call, &request, options.wait.timeout);
	if (code == TCL_OK && options.takeover) {
	    Tcl_SetObjResult(call->interp, IpcNewInteger(self->deadPid));
	}
	return code;
    }
    later = ckalloc(sizeof(*later));
    *later = request;
    code = IpcStartPending(call, handle, &(IpcPendingSpec) {
	.attempt = AcquirePending,
	.event = EVENT_PERMITS,
	.wait = options.wait,
	.request = later
    });
    if (code == TCL_OK) {
	LockShowPending(self);
    }
    return code;
}

/*
 * LockRelease --
 *
 *	Gives back the grant of the handle; its own waiting calls then get
 *	their turn. Returns 0 or an errno value.
 */

int
LockRelease(
    LockHandle *self,
    bool abandon)
{
    int err = OsLockRelease(self->lock, abandon);

    if (self->handle.firstPending != NULL) {
	IpcMakeReady(&self->handle, 0);
	LockShowPending(self);
    }
    return err;
}

/*
 * LockReleaseMethod --
 *
 *	$lock release ?-abandon bool?
 */

int
LockReleaseMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    static const IpcOption options[] = {
	{ "-abandon", IpcReadBoolean, 0 },
	{ NULL, NULL, 0 }
    };
    int abandon = 0, err;

    if (IpcReadOptions(call, 2, options, &abandon) != TCL_OK) {
	return TCL_ERROR;
    }
    err = LockRelease((LockHandle *) handle, abandon != 0);
    if (err == EINVAL) {
	return IpcFail(call, err, Tcl_NewStringObj("only the owner of all"
		" permits can abandon the lock", -1));
    }
    return (err == 0) ? TCL_OK : LockFail((LockHandle *) handle, call, err);
}
