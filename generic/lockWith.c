/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lockWith.c --
 *
 *	The method with of locks. Each grant has a number, so "with" gives back
 *	the grant that it took and no other.
 */

#include "lockHandle.h"
#include "error.h"
#include "field.h"

#include <errno.h>

/*
 * A "with" in progress.
 */

typedef struct With {
    LockHandle *self;		/* held */
    Tcl_Obj *recover;		/* or NULL */
    Tcl_Obj *body;
    unsigned grant;		/* the one it took */
    unsigned generation;	/* of the process that took it */
} With;

/*
 * GiveBack --
 *
 *	Gives back the grant of a "with", if the handle still holds it. Returns
 *	0 or an errno value.
 */

static int
GiveBack(
    const With *with,
    bool abandon)
{
    LockHandle *self = with->self;
    int err;

    if (self->lock == NULL || with->grant != self->grant
	    || with->generation != OsGetGeneration()) {
	return 0;
    }
    err = LockRelease(self, abandon);
    return (err == EPERM) ? 0 : err;
}

static void
FreeWith(
    With *with)
{
    if (with->recover != NULL) {
	Tcl_DecrRefCount(with->recover);
    }
    Tcl_DecrRefCount(with->body);
    IpcDropHandle(&with->self->handle);
    ckfree(with);
}

/*
 * EndWith --
 *
 *	The body of "with" has ended in any way. No script runs here, so it also
 *	works if the coroutine is being deleted. If the interpreter is being
 *	deleted, closing the handle ends the grant instead, because what the
 *	lock protects may be half changed.
 */

static int
EndWith(
    ClientData data[],
    Tcl_Interp *interp,
    int result)
{
    With *with = data[0];
    IpcCall release = IpcNameHandle(&with->self->handle, "release");
    int err;

    IpcTraceScript(interp, result, "\"with\" body");
    err = Tcl_InterpDeleted(interp) ? 0 : GiveBack(with, false);
    if (err != 0 && result != TCL_ERROR) {
	result = LockFail(with->self, &release, err);
    }
    FreeWith(with);
    return result;
}

/*
 * CheckGrant --
 *
 *	Fails "with" if the script of -recover has given the permits back or
 *	closed the handle, or if the lock is corrupt: the body must not run
 *	without them. EBUSY (a process is stopped in the latch) is no reason to
 *	fail, because it takes no permits away.
 */

static int
CheckGrant(
    const With *with)
{
    LockHandle *self = with->self;
    IpcCall acquire = IpcNameHandle(&self->handle, "acquire");
    OsLockState state;
    int err;

    if (!IpcIsUsable(&self->handle)) {
	return IpcFail(&acquire, EBADF, NULL);
    }
    err = OsLockGetState(self->lock, &state);
    if (err == 0 && state.held == 0) {
	err = EPERM;
    }
    return (err == 0 || err == EBUSY) ? TCL_OK
	    : LockFail(self, &acquire, err);
}

/*
 * EndRecover --
 *
 *	Called when the script of -recover, which repairs what the lock
 *	protects, has ended. Unless the script has succeeded, the lock stays
 *	abandoned.
 */

static int
EndRecover(
    ClientData data[],
    Tcl_Interp *interp,
    int result)
{
    With *with = data[0];

    IpcTraceScript(interp, result, "\"with -recover\" script");
    if (result != TCL_OK) {
	GiveBack(with, true);
    } else {
	result = CheckGrant(with);
    }
    if (result != TCL_OK) {
	FreeWith(with);
	return result;
    }
    Tcl_NRAddCallback(interp, EndWith, with, NULL, NULL, NULL);
    return Tcl_NREvalObj(interp, with->body, 0);
}

/*
 * RunBody --
 *
 *	Evaluates the body while the permits are held. If the lock was
 *	abandoned, evaluates the script of -recover first.
 */

static int
RunBody(
    With *with,
    Tcl_Interp *interp)
{
    bool recovers = with->recover != NULL
	    && OsLockTookOver(with->self->lock);

    with->grant = with->self->grant;
    with->generation = OsGetGeneration();
    Tcl_NRAddCallback(interp, recovers ? EndRecover : EndWith, with, NULL,
	    NULL, NULL);
    return Tcl_NREvalObj(interp, recovers ? with->recover : with->body, 0);
}

/*
 * AfterAwait --
 *
 *	Called when a coroutine has awaited the permits for its "with". A trace
 *	of the coroutine's command may have closed the handle before the
 *	coroutine resumed.
 */

static int
AfterAwait(
    ClientData data[],
    Tcl_Interp *interp,
    int result)
{
    With *with = data[0];

    if (result == TCL_OK && !IpcIsUsable(&with->self->handle)) {
	IpcCall acquire = IpcNameHandle(&with->self->handle, "acquire");

	result = IpcFail(&acquire, EBADF, NULL);
    }
    if (result != TCL_OK) {
	FreeWith(with);
	return result;
    }
    Tcl_ResetResult(interp);
    return RunBody(with, interp);
}

/*
 * IsInCoroutine --
 *
 *	Returns whether a coroutine makes the call.
 */

static bool
IsInCoroutine(
    Tcl_Interp *interp)
{
    const char *name = "";

    if (Tcl_EvalEx(interp, "::info coroutine", -1, 0) == TCL_OK) {
	name = Tcl_GetString(Tcl_GetObjResult(interp));
    }
    return *name != '\0';
}

/*
 * AwaitBody --
 *
 *	Makes the coroutine await the permits: posix_ipc::await $lock acquire
 *	...
 */

static int
AwaitBody(
    With *with,
    Tcl_Interp *interp,
    const LockOptions *options)
{
    Tcl_Obj *words = Tcl_NewListObj(0, NULL);

    Tcl_ListObjAppendElement(NULL, words,
	    Tcl_NewStringObj("::posix_ipc::await", -1));
    Tcl_ListObjAppendElement(NULL, words,
	    IpcNewCommandObj(&with->self->handle));
    Tcl_ListObjAppendElement(NULL, words, Tcl_NewStringObj("acquire", -1));
    Tcl_ListObjAppendElement(NULL, words, Tcl_NewStringObj("-permits", -1));
    Tcl_ListObjAppendElement(NULL, words, (options->permits == 0)
	    ? Tcl_NewStringObj("all", -1)
	    : IpcNewInteger(options->permits));
    Tcl_ListObjAppendElement(NULL, words, Tcl_NewStringObj("-takeover", -1));
    Tcl_ListObjAppendElement(NULL, words,
	    Tcl_NewIntObj(options->recover != NULL));
    if (options->wait.timeout != OS_NEVER) {
	Tcl_ListObjAppendElement(NULL, words,
		Tcl_NewStringObj("-timeout", -1));
	Tcl_ListObjAppendElement(NULL, words, Tcl_NewDoubleObj(
		(double) options->wait.timeout / (double) OS_SECOND));
    }
    Tcl_NRAddCallback(interp, AfterAwait, with, NULL, NULL, NULL);
    return Tcl_NREvalObj(interp, words, TCL_EVAL_GLOBAL);
}

/*
 * NewWith --
 *
 *	Returns the record of a new "with".
 */

static With *
NewWith(
    LockHandle *self,
    const LockOptions *options,
    Tcl_Obj *body)
{
    With *with = ckalloc(sizeof(*with));

    *with = (With) { .self = self, .recover = options->recover, .body = body };
    if (with->recover != NULL) {
	Tcl_IncrRefCount(with->recover);
    }
    Tcl_IncrRefCount(with->body);
    IpcHoldHandle(&self->handle);
    return with;
}

/*
 * LockWithMethod --
 *
 *	$lock with ?-permits k? ?-timeout seconds? ?-recover script? body. In a
 *	coroutine, permits that are not free, or that the handle itself holds,
 *	are awaited.
 */

static const IpcOption withOptions[] = {
    { "-permits", LockReadPermits, offsetof(LockOptions, permits) },
    { "-timeout", IpcReadTimeout, offsetof(LockOptions, wait.timeout) },
    { "-recover", IpcReadWord, offsetof(LockOptions, recover) },
    { NULL, NULL, 0 }
};

int
LockWithMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    LockHandle *self = (LockHandle *) handle;
    LockOptions options = LOCK_DEFAULTS;
    Tcl_Obj *body = call->objv[call->objc - 1];
    IpcCall acquire = *call;
    LockRequest request;
    int err, code;

    if (call->objc % 2 == 0) {
	return IpcFailUsage(call);
    }
    acquire.objc--;
    if (IpcReadOptions(&acquire, 2, withOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    options.takeover = (options.recover != NULL);
    request = LockGetRequest(&options);
    err = (handle->firstPending != NULL) ? EAGAIN : OsLockTry(self->lock,
	    request.permits, request.flags, &self->deadPid);
    if ((err == EAGAIN || err == EDEADLK) && IsInCoroutine(call->interp)) {
	return AwaitBody(NewWith(self, &options, body), call->interp,
		&options);
    }
    LockCountGrant(self, err);
    code = (err == 0) ? TCL_OK
	    : LockAcquire(self, &acquire, &request, options.wait.timeout);
    if (code != TCL_OK) {
	return code;
    }
    return RunBody(NewWith(self, &options, body), call->interp);
}
