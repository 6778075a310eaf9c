/*
 * mqEvent.c --
 *
 *	What a queue tells the event loop: that it is readable or writable, and
 *	that it is no longer empty.
 */

#include "mq.h"

#include <errno.h>

/*
 * The events of "event", in the order of the scripts in a handle.
 */

static const struct {
    const char *name;
    int event;
    const char *what;		/* in errorInfo */
} scriptEvents[] = {
    { "readable", OS_READABLE, "event readable" },
    { "writable", OS_WRITABLE, "event writable" },
    { NULL, 0, NULL }
};

/*
 * SetScript --
 *
 *	Stores a script, or NULL for none.
 */

static void
SetScript(
    Tcl_Obj **where,
    Tcl_Obj *script)
{
    if (script != NULL) {
	Tcl_IncrRefCount(script);
    }
    if (*where != NULL) {
	Tcl_DecrRefCount(*where);
    }
    *where = script;
}

/*
 * MqForgetEvents --
 *
 *	The handle closes.
 */

void
MqForgetEvents(
    MqHandle *mq)
{
    SetScript(&mq->scripts[0], NULL);
    SetScript(&mq->scripts[1], NULL);
    SetScript(&mq->notices, NULL);
    mq->watched = 0;
}

/*
 * MqWatch --
 *
 *	Has the queue watched for what scripts and calls wait for. Returns 0
 *	or an errno value.
 */

int
MqWatch(
    IpcHandle *handle)
{
    MqHandle *mq = (MqHandle *) handle;
    int events = 0, err = 0;

    for (int i = 0; scriptEvents[i].name != NULL; i++) {
	int event = scriptEvents[i].event;

	if (mq->scripts[i] != NULL || IpcFirstCall(handle, event) != NULL) {
	    events |= event;
	}
    }
    if (events != mq->watched) {
	err = OsMqWatch(mq->mq, IpcGetWatch(), events, handle);
	mq->watched = (err == 0) ? events : 0;
    }
    return err;
}

/*
 * ServeNotice --
 *
 *	Calls {*}$prefix $mq for a notice that has come. Returns whether there
 *	was one.
 */

static bool
ServeNotice(
    MqHandle *mq)
{
    Tcl_Obj *name, *prefix, *script;

    if (!OsMqTakeNotice(mq->mq) || mq->notices == NULL
	    || Tcl_ListObjIndex(NULL, mq->notices, 0, &prefix) != TCL_OK
	    || prefix == NULL) {
	return false;
    }
    script = Tcl_DuplicateObj(prefix);
    Tcl_ListObjReplace(NULL, mq->notices, 0, 1, 0, NULL);
    name = Tcl_NewObj();
    Tcl_GetCommandFullName(mq->handle.interp, mq->handle.token, name);
    Tcl_ListObjAppendElement(NULL, script, name);
    IpcEvaluate(&mq->handle, mq->handle.interp, script, "notify -command");
    return true;
}

/*
 * IsReady --
 *
 *	Returns whether the queue is readable or writable still: another may
 *	have been faster.
 */

static bool
IsReady(
    const MqHandle *mq,
    int event)
{
    long messages;

    return OsMqGetDepth(mq->mq, &messages) == 0 && ((event == OS_READABLE)
	    ? messages > 0 : messages < OsMqGetLimits(mq->mq)->maxMessages);
}

/*
 * ServeScript --
 *
 *	Evaluates the script of an event that has happened. One that fails is
 *	removed. Returns whether there was one.
 */

static bool
ServeScript(
    MqHandle *mq,
    int i,
    int events)
{
    Tcl_Obj *script = mq->scripts[i];
    int event = scriptEvents[i].event;

    if (script == NULL || !(events & event) || !IsReady(mq, event)) {
	return false;
    }
    Tcl_IncrRefCount(script);
    if (IpcEvaluate(&mq->handle, mq->handle.interp, script,
	    scriptEvents[i].what) != TCL_OK && mq->scripts[i] == script) {
	SetScript(&mq->scripts[i], NULL);
    }
    Tcl_DecrRefCount(script);
    return true;
}

/*
 * ServeTurn --
 *
 *	Serves one of all that may wait for the queue. Returns whether a
 *	callback was run.
 */

#define TURNS 5

static bool
ServeTurn(
    MqHandle *mq,
    int turn,
    int events)
{
    switch (turn) {
    case 0:
	return ServeNotice(mq);
    case 1:
	return IpcServeCall(&mq->handle, OS_READABLE);
    case 2:
	return IpcServeCall(&mq->handle, OS_WRITABLE);
    default:
	return ServeScript(mq, turn - 3, events);
    }
}

/*
 * MqServe --
 *
 *	Something has happened to the queue, or a call is new. One callback is
 *	run, of those whose turn it is. Then the others have theirs: a notice
 *	is told of once, so it is looked for until nothing is left to do.
 */

void
MqServe(
    IpcHandle *handle,
    int events)
{
    MqHandle *mq = (MqHandle *) handle;
    int first = mq->turn;
    int err;

    for (int i = 0; i < TURNS; i++) {
	mq->turn = (first + i + 1) % TURNS;
	if (ServeTurn(mq, (first + i) % TURNS, events)) {
	    IpcMakeReady(handle, 0);
	    break;
	}
    }
    if (handle->isOpen) {
	err = MqWatch(handle);
	if (err != 0) {
	    IpcFailCalls(handle, err);
	}
    }
}

/*
 * MqEventMethod --
 *
 *	$mq event readable|writable ?script?
 */

int
MqEventMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    MqHandle *mq = (MqHandle *) handle;
    Tcl_Obj *script;
    int i, err;

    if (Tcl_GetIndexFromObjStruct(call->interp, call->objv[2], scriptEvents,
	    sizeof(*scriptEvents), "event", TCL_EXACT, &i) != TCL_OK) {
	return TCL_ERROR;
    }
    if (call->objc == 3) {
	if (mq->scripts[i] != NULL) {
	    Tcl_SetObjResult(call->interp, mq->scripts[i]);
	}
	return TCL_OK;
    }
    if (!((scriptEvents[i].event == OS_READABLE) ? mq->read : mq->write)) {
	return IpcFail(call, EACCES, Tcl_ObjPrintf("it is not %s",
		scriptEvents[i].name));
    }
    script = (Tcl_GetString(call->objv[3])[0] == '\0') ? NULL : call->objv[3];
    if (script != NULL && IpcGetWatch() == NULL) {
	return IpcFailNoWatch(call);
    }
    SetScript(&mq->scripts[i], script);
    err = MqWatch(handle);
    if (err != 0) {
	SetScript(&mq->scripts[i], NULL);
	return IpcFail(call, err, NULL);
    }
    return TCL_OK;
}

/*
 * The options of notify, of which there may be one.
 */

typedef struct NotifyOptions {
    Tcl_Obj *prefix;
    int signal;
} NotifyOptions;

static const IpcOption notifyOptions[] = {
    { "-command", IpcReadPrefix, offsetof(NotifyOptions, prefix) },
    { "-signal", IpcReadSignal, offsetof(NotifyOptions, signal) },
    { NULL, NULL, 0 }
};

/*
 * NotifyByCommand --
 *
 *	Asks for a notice that calls prefix. One that has come and was not
 *	delivered is delivered all the same.
 */

static int
NotifyByCommand(
    MqHandle *mq,
    const IpcCall *call,
    Tcl_Obj *prefix)
{
    int err;

    if (IpcGetWatch() == NULL) {
	return IpcFailNoWatch(call);
    }
    err = OsMqNotifyWatch(mq->mq, IpcGetWatch(), &mq->handle);
    if (err != 0) {
	return IpcFail(call, err, NULL);
    }
    if (mq->notices == NULL) {
	SetScript(&mq->notices, Tcl_NewObj());
    }
    Tcl_ListObjAppendElement(NULL, mq->notices, prefix);
    return TCL_OK;
}

/*
 * MqNotifyMethod --
 *
 *	$mq notify ?-command prefix | -signal signal?
 */

int
MqNotifyMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    MqHandle *mq = (MqHandle *) handle;
    NotifyOptions options = { .prefix = NULL };
    int err;

    if (IpcReadOptions(call, 2, notifyOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    if (options.prefix != NULL) {
	return NotifyByCommand(mq, call, options.prefix);
    }
    if (options.signal != 0) {
	err = OsMqNotifySignal(mq->mq, options.signal);
    } else {
	err = OsMqNotifyCancel(mq->mq);
	if (err == 0) {
	    SetScript(&mq->notices, NULL);
	}
    }
    return (err == 0) ? TCL_OK : IpcFail(call, err, NULL);
}
