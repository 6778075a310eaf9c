/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pending.c --
 *
 *	Calls that are made now and completed later: -command, cancel, and
 *	deadlines.
 *
 *	A pending call is tried in the event loop: first soon after it was made,
 *	then whenever the event that it waits for has happened. The result of a
 *	successful attempt is delivered in the same event, so a call that is
 *	canceled has taken nothing. (A unit of a semaphore may have been fetched
 *	for it; unix/osSemFetch.c gives that back.)
 *
 *	A call is in the list of its handle until it ends. Then its callback
 *	runs, or its receiver gets the result: at once if an attempt has
 *	succeeded or failed, or through the event loop if the call was canceled.
 *	Deleting an interpreter deletes its handles, so a call need not hold the
 *	interpreter.
 *
 *	Each thread has a list of deadlines, and the loop's alarm is set to the
 *	soonest. A call past its deadline moves to its handle's list of overdue
 *	calls. Such a call may still succeed in its last attempt. If the
 *	deadline ends only a part of a call, the call is tried again and
 *	continues.
 */

#include "pending.h"
#include "error.h"
#include "package.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct IpcPending {
    IpcItem item;		/* first: is served when the call has ended
				 * without an attempt */
    IpcHandle *handle;
    unsigned number;		/* in its token */
    const char *verb;
    IpcPendingAttempt *attempt;
    int event;
    void *request;
    void (*release)(void *request);	/* or NULL */
    OsTime deadline;		/* OS_NOW: it may not wait */
    bool goesOn;		/* its deadline does not end it */
    IpcTimed *timed;		/* the list that its deadline is in, or NULL */
    IpcPending *sooner;		/* in that list */
    IpcPending *later;
    Tcl_Obj *prefix;		/* of the callback, or NULL */
    IpcReceiver *receiver;	/* or NULL */
    int err;			/* the errno value that has ended it */
    bool hasEnded;		/* is not in the list of its handle */
    IpcPending *previous;	/* in that list */
    IpcPending *next;
};

static const char tokenPrefix[] = "call#";

/*
 * GetTimed --
 *
 *	Returns this thread's list of calls whose deadline has not passed.
 */

static IpcTimed *
GetTimed(void)
{
    static Tcl_ThreadDataKey timedKey;

    return Tcl_GetThreadData(&timedKey, sizeof(IpcTimed));
}

/*
 * InsertTimed, RemoveTimed --
 *
 *	Put a call into a list of deadlines, and remove it from its list.
 */

static void
InsertTimed(
    IpcTimed *timed,
    IpcPending *pending)
{
    IpcPending *sooner = timed->latest;

    while (sooner != NULL && sooner->deadline > pending->deadline) {
	sooner = sooner->sooner;
    }
    pending->timed = timed;
    pending->sooner = sooner;
    pending->later = (sooner != NULL) ? sooner->later : timed->soonest;
    *((sooner != NULL) ? &sooner->later : &timed->soonest) = pending;
    *((pending->later != NULL) ? &pending->later->sooner : &timed->latest)
	    = pending;
}

static void
RemoveTimed(
    IpcTimed *timed,
    IpcPending *pending)
{
    pending->timed = NULL;
    *((pending->sooner != NULL) ? &pending->sooner->later : &timed->soonest)
	    = pending->later;
    *((pending->later != NULL) ? &pending->later->sooner : &timed->latest)
	    = pending->sooner;
}

/*
 * SetAlarm, ExpireCalls --
 *
 *	SetAlarm sets the loop's alarm to the soonest deadline. ExpireCalls
 *	then serves the handles of calls whose deadline has passed.
 */

static void ExpireCalls(void);

static void
SetAlarm(void)
{
    IpcPending *soonest = GetTimed()->soonest;

    IpcSetAlarm((soonest != NULL) ? soonest->deadline : OS_NEVER, ExpireCalls);
}

static void
ExpireCalls(void)
{
    IpcTimed *timed = GetTimed();
    OsTime now = OsClock();

    while (timed->soonest != NULL && timed->soonest->deadline <= now) {
	IpcPending *pending = timed->soonest;

	RemoveTimed(timed, pending);
	if (pending->goesOn) {
	    pending->deadline = OS_NEVER;
	} else {
	    InsertTimed(&pending->handle->overdue, pending);
	}
	IpcMakeReady(pending->handle, 0);
    }
    SetAlarm();
}

/*
 * Detach --
 *
 *	Removes a call that is ending from its handle.
 */

static void
Detach(
    IpcPending *pending)
{
    IpcHandle *handle = pending->handle;

    *((pending->previous != NULL) ? &pending->previous->next
	    : &handle->firstPending) = pending->next;
    *((pending->next != NULL) ? &pending->next->previous
	    : &handle->lastPending) = pending->previous;
    if (pending->timed != NULL) {
	RemoveTimed(pending->timed, pending);
	SetAlarm();
    }
    if (pending->release != NULL) {
	pending->release(pending->request);
    }
    pending->hasEnded = true;
}

/*
 * Withdraw --
 *
 *	Removes a call that is ending from an open handle, and updates what the
 *	handle waits for.
 */

static void
Withdraw(
    IpcPending *pending)
{
    Detach(pending);
    pending->handle->family->watch(pending->handle);
}

/*
 * FreePending --
 *
 *	Frees a call that has ended.
 */

static void
FreePending(
    IpcPending *pending)
{
    if (pending->receiver != NULL) {
	pending->receiver->pending = NULL;
    }
    if (pending->prefix != NULL) {
	Tcl_DecrRefCount(pending->prefix);
    }
    if (pending->request != NULL) {
	ckfree(pending->request);
    }
    IpcDropHandle(pending->handle);
    ckfree(pending);
}

/*
 * NewReturnOptions --
 *
 *	Returns the return options of code, as catch stores them, without
 *	remains of an earlier error.
 */

static Tcl_Obj *
NewReturnOptions(
    Tcl_Interp *interp,
    int code,
    bool isRethrown)		/* which makes a new trace */
{
    static const char *const keys[] = {
	"-errorstack", "-errorinfo", "-errorline"
    };
    Tcl_Obj *given = Tcl_GetReturnOptions(interp, code);
    Tcl_Obj *options = Tcl_DuplicateObj(given);

    Tcl_IncrRefCount(given);
    Tcl_DecrRefCount(given);
    for (int i = 0; i < (isRethrown ? 3 : 1); i++) {
	Tcl_Obj *key = Tcl_NewStringObj(keys[i], -1);

	Tcl_IncrRefCount(key);
	Tcl_DictObjRemove(NULL, options, key);
	Tcl_DecrRefCount(key);
    }
    return options;
}

/*
 * Receive --
 *
 *	Gives the outcome to the receiver of a call, or calls {*}$prefix code
 *	result options. There is neither if the coroutine that awaited the call
 *	was deleted.
 */

static void
Receive(
    IpcPending *pending,
    int code,
    Tcl_Obj *result,
    Tcl_Obj *options)
{
    IpcReceiver *receiver = pending->receiver;

    if (receiver != NULL) {
	pending->receiver = NULL;
	receiver->pending = NULL;
	receiver->receive(receiver, pending->handle, code, result, options);
    } else if (pending->prefix != NULL) {
	Tcl_Obj *words[3] = { Tcl_NewIntObj(code), result, options };
	Tcl_Obj *script = Tcl_DuplicateObj(pending->prefix);

	Tcl_ListObjReplace(NULL, script, INT_MAX, 0, 3, words);
	IpcEvaluate(pending->handle, script, "-command");
    }
}

/*
 * Deliver --
 *
 *	Delivers the outcome of a call that was removed from its handle: err 0
 *	and a result (NULL means empty), or an errno value.
 */

static void
Deliver(
    IpcPending *pending,
    int err,
    Tcl_Obj *result)
{
    Tcl_Interp *interp = pending->item.interp;
    IpcCall call = IpcNameHandle(pending->handle, pending->verb);
    Tcl_Obj *options;
    int code = TCL_OK;

    if (Tcl_InterpDeleted(interp)) {
	return;
    }
    Tcl_ResetResult(interp);
    if (err != 0) {
	code = IpcFailHandle(&call, pending->handle, pending->request, err);
	if (call.family->refine != NULL) {
	    call.family->refine(pending->handle, interp, err);
	}
	result = Tcl_GetObjResult(interp);
    } else if (result == NULL) {
	result = Tcl_NewObj();
    }
    Tcl_IncrRefCount(result);
    options = NewReturnOptions(interp, code, pending->receiver != NULL);
    Tcl_IncrRefCount(options);
    Tcl_ResetResult(interp);
    Receive(pending, code, result, options);
    Tcl_DecrRefCount(options);
    Tcl_DecrRefCount(result);
}

/*
 * ServeEnded, DropEnded --
 *
 *	The item of a call that has ended without an attempt.
 */

static void
ServeEnded(
    IpcItem *item,
    int events)
{
    IpcPending *pending = (IpcPending *) item;

    (void) events;
    Deliver(pending, pending->err, NULL);
}

static void
DropEnded(
    IpcItem *item)
{
    FreePending((IpcPending *) item);
}

static const IpcItemType endedType = {
    .serve = ServeEnded,
    .drop = DropEnded
};

/*
 * FindFirst, IpcFirstRequest, IpcIsPending, IpcCountPending --
 *
 *	FindFirst returns the first call of a handle that waits for event, or
 *	NULL. IpcFirstRequest returns its request, and IpcIsPending whether
 *	there is such a call. IpcCountPending returns how many calls of any kind
 *	have not ended.
 */

static IpcPending *
FindFirst(
    const IpcHandle *handle,
    int event)
{
    IpcPending *pending = handle->firstPending;

    while (pending != NULL && pending->event != event) {
	pending = pending->next;
    }
    return pending;
}

const void *
IpcFirstRequest(
    const IpcHandle *handle,
    int event)
{
    const IpcPending *pending = FindFirst(handle, event);

    return (pending == NULL) ? NULL : pending->request;
}

bool
IpcIsPending(
    const IpcHandle *handle,
    int event)
{
    return FindFirst(handle, event) != NULL;
}

size_t
IpcCountPending(
    const IpcHandle *handle)
{
    size_t count = 0;

    for (const IpcPending *pending = handle->firstPending; pending != NULL;
	    pending = pending->next) {
	count++;
    }
    return count;
}

/*
 * Complete --
 *
 *	Ends a call and delivers its outcome.
 */

static void
Complete(
    IpcPending *pending,
    int err,
    Tcl_Obj *result)
{
    Withdraw(pending);
    Deliver(pending, err, result);
    FreePending(pending);
}

/*
 * TimeoutError --
 *
 *	Returns the errno value for a call whose deadline has passed.
 */

static int
TimeoutError(
    const IpcPending *pending)
{
    return (pending->deadline == OS_NOW) ? EAGAIN : ETIMEDOUT;
}

/*
 * Attempt --
 *
 *	Tries a call, and delivers the outcome if the attempt ends the call.
 *	Returns whether it has ended. An interpreter that has exceeded its
 *	limits, interp(n), evaluates no callback, so nothing is taken for it.
 */

static bool
Attempt(
    IpcPending *pending,
    bool mayWait)
{
    Tcl_Obj *result = NULL;
    int err = Tcl_LimitExceeded(pending->item.interp) ? ECANCELED
	    : pending->attempt(pending->handle, pending->request, &result);

    if (err == EAGAIN || err == ETIMEDOUT) {
	if (mayWait) {
	    return false;
	}
	err = TimeoutError(pending);
    }
    Complete(pending, err, result);
    return true;
}

/*
 * IpcServePending --
 *
 *	Tries the first call of a handle that waits for event. Returns whether
 *	the attempt has ended the call, and so has run a callback.
 */

bool
IpcServePending(
    IpcHandle *handle,
    int event)
{
    IpcPending *pending = FindFirst(handle, event);

    return pending != NULL && Attempt(pending, pending->deadline != OS_NOW);
}

/*
 * IpcServeUnordered --
 *
 *	Tries the unordered calls of a handle until one of them has ended.
 *	Returns whether one has, and so has run a callback.
 */

bool
IpcServeUnordered(
    IpcHandle *handle)
{
    IpcPending *pending = handle->firstPending;

    while (pending != NULL && (pending->event != IPC_UNORDERED
	    || !Attempt(pending, pending->deadline != OS_NOW))) {
	pending = pending->next;
    }
    return pending != NULL;
}

/*
 * IpcServeOverdue --
 *
 *	Ends the call of a handle whose deadline has passed first, if there is
 *	one. The call may still succeed, and so may one that was made before
 *	it. Returns whether a callback was run.
 */

bool
IpcServeOverdue(
    IpcHandle *handle)
{
    IpcPending *pending = handle->overdue.soonest;

    if (pending == NULL) {
	return false;
    }
    if (pending->event == IPC_UNORDERED
	    || pending == FindFirst(handle, pending->event)) {
	return Attempt(pending, false);
    }
    if (!IpcServePending(handle, pending->event)) {
	Complete(pending, TimeoutError(pending), NULL);
    }
    return true;
}

/*
 * EndLater --
 *
 *	Makes the event loop deliver the error of a call that has been removed
 *	from its handle.
 */

static void
EndLater(
    IpcPending *pending,
    int err)
{
    pending->err = err;
    IpcQueueItem(&pending->item, 0);
}

/*
 * IpcFailPending --
 *
 *	Ends all calls of a handle with an errno value. Those of an interpreter
 *	that is being deleted end without a callback.
 */

void
IpcFailPending(
    IpcHandle *handle,
    int err)
{
    while (handle->firstPending != NULL) {
	IpcPending *pending = handle->firstPending;

	Detach(pending);
	if (Tcl_InterpDeleted(pending->item.interp)) {
	    FreePending(pending);
	} else {
	    EndLater(pending, err);
	}
    }
}

/*
 * IpcAbandon --
 *
 *	The receiver of a call is going away. A call that has not ended is
 *	canceled, and its outcome is not delivered.
 */

void
IpcAbandon(
    IpcPending *pending)
{
    pending->receiver->pending = NULL;
    pending->receiver = NULL;
    if (!pending->hasEnded) {
	Withdraw(pending);
	FreePending(pending);
    }
}

/*
 * NewPending --
 *
 *	Returns a new call, in the list of its handle.
 */

static IpcPending *
NewPending(
    const IpcCall *call,
    IpcHandle *handle,
    const IpcPendingSpec *spec)
{
    IpcPending *pending = ckalloc(sizeof(*pending));
    OsTime timeout = spec->wait.timeout;

    *pending = (IpcPending) {
	.item = { .type = &endedType, .interp = call->interp },
	.handle = handle,
	.number = call->package->tokens++,
	.verb = call->verb,
	.attempt = spec->attempt,
	.event = spec->event,
	.request = spec->request,
	.release = spec->release,
	.deadline = (timeout != 0) ? OsAfter(OsClock(), timeout)
		: spec->goesOn ? OS_NEVER : OS_NOW,
	.goesOn = spec->goesOn,
	.prefix = spec->wait.prefix,
	.receiver = call->receiver,
	.previous = handle->lastPending
    };
    if (pending->prefix != NULL) {
	Tcl_IncrRefCount(pending->prefix);
    }
    if (pending->previous != NULL) {
	pending->previous->next = pending;
    } else {
	handle->firstPending = pending;
    }
    handle->lastPending = pending;
    IpcHoldHandle(handle);
    return pending;
}

/*
 * IpcCheckPending --
 *
 *	Fails a call that cannot be completed later. prefix is its callback,
 *	or NULL. Returns TCL_OK if it can. EMFILE: the thread has no watch.
 */

int
IpcCheckPending(
    const IpcCall *call,
    const Tcl_Obj *prefix)
{
    if (IpcGetWatch() == NULL) {
	return IpcFailNoWatch(call);
    }
    if (call->receiver != NULL && prefix != NULL) {
	return IpcFail(call, EINVAL, Tcl_NewStringObj(
		"-command cannot be combined with await", -1));
    }
    return TCL_OK;
}

/*
 * IpcStartPending --
 *
 *	Makes a call of a handle that is completed later. Its token becomes the
 *	result, unless a receiver waits for it. It fails whenever
 *	IpcCheckPending fails, so a caller that changes anything calls
 *	IpcCheckPending first.
 */

int
IpcStartPending(
    const IpcCall *call,
    IpcHandle *handle,
    const IpcPendingSpec *spec)
{
    IpcPending *pending;

    if (IpcCheckPending(call, spec->wait.prefix) != TCL_OK) {
	if (spec->request != NULL) {
	    ckfree(spec->request);
	}
	return TCL_ERROR;
    }
    pending = NewPending(call, handle, spec);
    if (pending->deadline == OS_NOW) {
	InsertTimed(&handle->overdue, pending);
    } else if (pending->deadline != OS_NEVER) {
	InsertTimed(GetTimed(), pending);
	SetAlarm();
    }
    IpcMakeReady(handle, 0);
    if (call->receiver != NULL) {
	call->receiver->pending = pending;
    } else {
	Tcl_SetObjResult(call->interp, Tcl_ObjPrintf("%s%u", tokenPrefix,
		pending->number));
    }
    return TCL_OK;
}

/*
 * IpcCancelMethod --
 *
 *	$handle cancel token. Canceling a call that has already ended does
 *	nothing, because a script cannot know that it has.
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
		    *end != '\0' || number >= call->package->tokens)) {
	return IpcFail(call, EINVAL, Tcl_ObjPrintf(
		"\"%s\" is not a token", token));
    }
    for (IpcPending *pending = handle->firstPending; pending != NULL;
	    pending = pending->next) {
	if (pending->number == number) {
	    Withdraw(pending);
	    EndLater(pending, ECANCELED);
	    break;
	}
    }
    return TCL_OK;
}
