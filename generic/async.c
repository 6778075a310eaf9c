/*
 * async.c --
 *
 *	Calls that are made now and done later: -command, cancel, await.
 *
 *	A call is tried in the event loop, the first time soon after it was
 *	made, then whenever what it waits for has happened; what it takes is
 *	delivered in the same breath. So a call that is cancelled has taken
 *	nothing. (A unit of a semaphore may have been fetched for it, which
 *	goes back: unix/osSemFetch.c.)
 *
 *	A call belongs to its handle until it ends. Then its callback is run,
 *	or the coroutine that awaits it resumed: at once where it was done,
 *	through the event loop where it was cancelled. An interpreter that is
 *	deleted deletes its handles, so a call needs no hold on it.
 */

#include "posixIpc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A coroutine that awaits a call. It lives until the coroutine goes on, or
 * is deleted.
 */

struct IpcAwait {
    Tcl_Command coroutine;
    IpcAsync *call;		/* NULL once that has ended */
    int code;			/* what has come of it, as catch says it */
    Tcl_Obj *result;		/* NULL before, */
    Tcl_Obj *options;		/* and this */
};

static const char tokenPrefix[] = "call#";

/*
 * Unlink --
 *
 *	Takes a call from its handle.
 */

static void
Unlink(
    IpcAsync *call)
{
    IpcHandle *handle = call->handle;

    if (call->previous != NULL) {
	call->previous->next = call->next;
    } else {
	handle->firstCall = call->next;
    }
    if (call->next != NULL) {
	call->next->previous = call->previous;
    } else {
	handle->lastCall = call->previous;
    }
    IpcStopTimer(call);
    call->isPending = false;
    handle->calls--;
}

/*
 * IpcFreeCall --
 *
 *	Frees a call that has ended.
 */

void
IpcFreeCall(
    IpcAsync *call)
{
    if (call->await != NULL) {
	call->await->call = NULL;
    }
    if (call->prefix != NULL) {
	Tcl_DecrRefCount(call->prefix);
    }
    Tcl_DStringFree(&call->message);
    IpcDropHandle(call->handle);
    ckfree(call);
}

/*
 * Resume --
 *
 *	Goes on with the coroutine that has awaited a call.
 */

static void
Resume(
    IpcAsync *call,
    int code,
    Tcl_Obj *result,
    Tcl_Obj *options)
{
    IpcAwait *await = call->await;
    Tcl_Obj *name = Tcl_NewObj();

    call->await = NULL;
    await->call = NULL;
    await->code = code;
    await->result = result;
    await->options = options;
    Tcl_IncrRefCount(result);
    Tcl_IncrRefCount(options);
    Tcl_GetCommandFullName(call->interp, await->coroutine, name);
    IpcEvaluate(call->handle, call->interp, Tcl_NewListObj(1, &name),
	    "coroutine that awaits");
}

/*
 * RunCallback --
 *
 *	Calls {*}$prefix code result options.
 */

static void
RunCallback(
    IpcAsync *call,
    int code,
    Tcl_Obj *result,
    Tcl_Obj *options)
{
    Tcl_Obj *words[3] = { Tcl_NewIntObj(code), result, options };
    Tcl_Obj *script = Tcl_DuplicateObj(call->prefix);

    Tcl_ListObjReplace(NULL, script, INT_MAX, 0, 3, words);
    IpcEvaluate(call->handle, call->interp, script, "-command");
}

/*
 * NewReturnOptions --
 *
 *	Returns the return options of code, as catch stores them, less what an
 *	earlier error may have left behind.
 */

static Tcl_Obj *
NewReturnOptions(
    Tcl_Interp *interp,
    int code,
    bool isThrown)		/* again, which makes a trace anew */
{
    static const char *const keys[] = {
	"-errorstack", "-errorinfo", "-errorline"
    };
    Tcl_Obj *given = Tcl_GetReturnOptions(interp, code);
    Tcl_Obj *options = Tcl_DuplicateObj(given);

    Tcl_IncrRefCount(given);
    Tcl_DecrRefCount(given);
    for (int i = 0; i < (isThrown ? 3 : 1); i++) {
	Tcl_Obj *key = Tcl_NewStringObj(keys[i], -1);

	Tcl_IncrRefCount(key);
	Tcl_DictObjRemove(NULL, options, key);
	Tcl_DecrRefCount(key);
    }
    return options;
}

/*
 * IpcEndCall --
 *
 *	Delivers what has come of a call that its handle knows no more: err 0
 *	with a result (NULL is an empty one), or an errno value.
 */

void
IpcEndCall(
    IpcAsync *call,
    int err,
    Tcl_Obj *result)
{
    Tcl_Interp *interp = call->interp;
    IpcCall context = {
	.interp = interp, .verb = call->verb,
	.family = call->handle->family, .name = call->handle->name
    };
    int code = TCL_OK;

    if (!Tcl_InterpDeleted(interp)) {
	Tcl_Obj *options;

	Tcl_ResetResult(interp);
	if (err != 0) {
	    code = IpcFail(&context, err, NULL);
	    result = Tcl_GetObjResult(interp);
	} else if (result == NULL) {
	    result = Tcl_NewObj();
	}
	Tcl_IncrRefCount(result);
	options = NewReturnOptions(interp, code, call->await != NULL);
	Tcl_IncrRefCount(options);
	Tcl_ResetResult(interp);
	if (call->await != NULL) {
	    Resume(call, code, result, options);
	} else if (call->prefix != NULL) {
	    RunCallback(call, code, result, options);
	}
	Tcl_DecrRefCount(options);
	Tcl_DecrRefCount(result);
    }
    IpcFreeCall(call);
}

/*
 * IpcFirstCall --
 *
 *	Returns the first call of a handle that waits for event; NULL, where
 *	there is none.
 */

IpcAsync *
IpcFirstCall(
    const IpcHandle *handle,
    int event)
{
    IpcAsync *call = handle->firstCall;

    while (call != NULL && call->event != event) {
	call = call->next;
    }
    return call;
}

/*
 * Leave, End --
 *
 *	Take a call from its handle, which then waits for less; and deliver
 *	what has come of it.
 */

static void
Leave(
    IpcAsync *call)
{
    IpcHandle *handle = call->handle;

    Unlink(call);
    handle->family->watch(handle);
}

static void
End(
    IpcAsync *call,
    int err,
    Tcl_Obj *result)
{
    Leave(call);
    IpcEndCall(call, err, result);
}

/*
 * TimeoutError --
 *
 *	Returns the errno value for a call whose time is up.
 */

static int
TimeoutError(
    const IpcAsync *call)
{
    return (call->deadline == OS_NOW) ? EAGAIN : ETIMEDOUT;
}

/*
 * Attempt --
 *
 *	Tries a call and, if that ends it, delivers what has come of it.
 *	Returns whether it has ended. For an interpreter that has used up its
 *	limits, interp(n), and so evaluates no callback, nothing is taken.
 */

static bool
Attempt(
    IpcAsync *call,
    bool mayWait)
{
    IpcHandle *handle = call->handle;
    Tcl_Obj *result = NULL;
    int err = Tcl_LimitExceeded(call->interp) ? ECANCELED
	    : call->attempt(handle, call, &result);

    if (err == EAGAIN || err == ETIMEDOUT) {
	if (mayWait) {
	    return false;
	}
	err = TimeoutError(call);
    }
    End(call, err, result);
    return true;
}

/*
 * IpcServeCall --
 *
 *	Tries the first call of a handle that waits for event. Returns whether
 *	that has ended it, and a callback was run.
 */

bool
IpcServeCall(
    IpcHandle *handle,
    int event)
{
    IpcAsync *call = IpcFirstCall(handle, event);

    return call != NULL && Attempt(call, call->deadline != OS_NOW);
}

/*
 * IpcFailCalls --
 *
 *	Ends all calls of a handle with an errno value, if there is still
 *	somebody to be told.
 */

void
IpcFailCalls(
    IpcHandle *handle,
    int err)
{
    while (handle->firstCall != NULL) {
	IpcAsync *call = handle->firstCall;

	Unlink(call);
	if (Tcl_InterpDeleted(call->interp)) {
	    IpcFreeCall(call);
	} else {
	    call->err = err;
	    IpcEndLater(call);
	}
    }
}

/*
 * IpcServeOverdue --
 *
 *	Ends the call of a handle whose deadline has passed first, if one has. It
 *	may still succeed, as those before it may. Returns whether a callback was
 *	run.
 */

bool
IpcServeOverdue(
    IpcHandle *handle)
{
    IpcAsync *call = handle->overdue.soonest;

    if (call == NULL) {
	return false;
    }
    if (call == IpcFirstCall(handle, call->event)) {
	return Attempt(call, false);
    }
    if (!IpcServeCall(handle, call->event)) {
	End(call, TimeoutError(call), NULL);
    }
    return true;
}

/*
 * NewCall --
 *
 *	Returns a new call, in the list of its handle.
 */

static IpcAsync *
NewCall(
    const IpcCall *call,
    IpcHandle *handle,
    const IpcAsyncSpec *spec)
{
    IpcAsync *async = ckalloc(sizeof(*async));
    OsTime now = OsClock();

    *async = (IpcAsync) {
	.handle = handle,
	.interp = call->interp,
	.number = call->package->calls++,
	.verb = call->verb,
	.attempt = spec->attempt,
	.event = spec->event,
	.deadline = (spec->timeout == 0) ? OS_NOW
		: (spec->timeout < OS_NEVER - now) ? now + spec->timeout
		: OS_NEVER,
	.prefix = spec->prefix,
	.await = call->await,
	.priority = spec->priority,
	.isPending = true,
	.previous = handle->lastCall
    };
    Tcl_DStringInit(&async->message);
    Tcl_DStringAppend(&async->message, spec->bytes, (Tcl_Size) spec->length);
    if (async->prefix != NULL) {
	Tcl_IncrRefCount(async->prefix);
    }
    if (async->previous != NULL) {
	async->previous->next = async;
    } else {
	handle->firstCall = async;
    }
    handle->lastCall = async;
    handle->calls++;
    IpcHoldHandle(handle);
    return async;
}

/*
 * IpcStart --
 *
 *	Makes a call of a handle that is done later. Its token becomes the
 *	result; a coroutine that awaits it needs none.
 *
 *	EMFILE: the thread has no watch.
 */

int
IpcStart(
    const IpcCall *call,
    IpcHandle *handle,
    const IpcAsyncSpec *spec)
{
    IpcAsync *async;

    if (IpcGetWatch() == NULL) {
	return IpcFailNoWatch(call);
    }
    if (call->await != NULL && spec->prefix != NULL) {
	return IpcFail(call, EINVAL, Tcl_NewStringObj(
		"await takes the place of -command", -1));
    }
    async = NewCall(call, handle, spec);
    if (async->deadline != OS_NEVER) {
	IpcStartTimer(async);
    }
    IpcMakeReady(handle, 0);
    if (call->await != NULL) {
	call->await->call = async;
    } else {
	Tcl_SetObjResult(call->interp, Tcl_ObjPrintf("%s%u", tokenPrefix,
		async->number));
    }
    return TCL_OK;
}

/*
 * IpcCancelMethod --
 *
 *	$handle cancel token. A call that has ended meanwhile needs no
 *	cancelling: a script can't know.
 */

int
IpcCancelMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    const char *token = Tcl_GetString(call->objv[2]);
    size_t length = strlen(tokenPrefix);
    unsigned long number;
    char *end;

    if (strncmp(token, tokenPrefix, length) != 0
	    || token[length] < '0' || token[length] > '9'
	    || (number = strtoul(token + length, &end, 10),
		    *end != '\0' || number >= call->package->calls)) {
	return IpcFail(call, EINVAL, Tcl_ObjPrintf(
		"\"%s\" is not a token", token));
    }
    for (IpcAsync *async = handle->firstCall; async != NULL;
	    async = async->next) {
	if (async->number == number) {
	    Leave(async);
	    async->err = ECANCELED;
	    IpcEndLater(async);
	    break;
	}
    }
    return TCL_OK;
}

/*
 * Abandon --
 *
 *	Ends a call of which nobody wants to hear any more.
 */

static void
Abandon(
    IpcAsync *call)
{
    call->await->call = NULL;
    call->await = NULL;
    if (call->isPending) {
	Leave(call);
	IpcFreeCall(call);
    }
}

/*
 * GoOn --
 *
 *	The coroutine goes on: with what has come of the call, to wait again
 *	where somebody else has resumed it, or to its end where it is being
 *	deleted. No script runs then, and a call that is not done is abandoned.
 *	In a forked process nothing comes of a call, and it waits on.
 */

static int Yield(Tcl_Interp *interp, IpcAwait *await);

static int
GoOn(
    ClientData data[],
    Tcl_Interp *interp,
    int code)
{
    IpcAwait *await = data[0];

    if (await->result != NULL) {
	if (code == TCL_OK) {
	    Tcl_SetObjResult(interp, await->result);
	    code = Tcl_SetReturnOptions(interp, await->options);
	}
	Tcl_DecrRefCount(await->result);
	Tcl_DecrRefCount(await->options);
    } else if (code == TCL_OK) {
	return Yield(interp, await);
    } else {
	code = TCL_ERROR;
	if (await->call != NULL) {
	    Abandon(await->call);
	}
    }
    ckfree(await);
    return code;
}

/*
 * Yield --
 *
 *	Suspends the coroutine: Tcl's command yield.
 */

static int
Yield(
    Tcl_Interp *interp,
    IpcAwait *await)
{
    Tcl_NRAddCallback(interp, GoOn, await, NULL, NULL, NULL);
    return Tcl_NREvalObj(interp, Tcl_NewStringObj("::yield", -1), 0);
}

/*
 * FindCoroutine --
 *
 *	Returns the command of the coroutine that is running; NULL, with an
 *	error left in the interpreter, where there is none.
 */

static Tcl_Command
FindCoroutine(
    Tcl_Interp *interp)
{
    Tcl_Command token = NULL;

    if (Tcl_EvalEx(interp, "::info coroutine", -1, 0) != TCL_OK) {
	return NULL;
    }
    token = Tcl_GetCommandFromObj(interp, Tcl_GetObjResult(interp));
    if (token == NULL) {
	Tcl_SetObjResult(interp, Tcl_NewStringObj(
		"await can only be called in a coroutine", -1));
	Tcl_SetErrorCode(interp, "TCL", "COROUTINE", "ILLEGAL_AWAIT",
		(char *) NULL);
    }
    return token;
}

/*
 * IpcAwaitNRCmd, IpcAwaitCmd --
 *
 *	posix_ipc::await handle method ?arg ...?
 */

int
IpcAwaitNRCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    IpcHandle *handle;
    Tcl_Command coroutine;
    IpcAwait *await;

    (void) clientData;
    if (objc < 3) {
	Tcl_WrongNumArgs(interp, 1, objv, "handle method ?arg ...?");
	return TCL_ERROR;
    }
    coroutine = FindCoroutine(interp);
    handle = (coroutine == NULL) ? NULL : IpcFindHandle(interp, objv[1]);
    if (handle == NULL) {
	return TCL_ERROR;
    }
    await = ckalloc(sizeof(*await));
    *await = (IpcAwait) { .coroutine = coroutine };
    if (IpcInvoke(handle, interp, objc - 1, objv + 1, await) != TCL_OK) {
	ckfree(await);
	return TCL_ERROR;
    }
    return Yield(interp, await);
}

int
IpcAwaitCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    return Tcl_NRCallObjProc(interp, IpcAwaitNRCmd, clientData, objc, objv);
}
