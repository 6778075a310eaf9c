/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mqEvent.c --
 *
 *	What a queue reports to the event loop: that it is readable or writable,
 *	and the system's notification that it is no longer empty.
 *
 *	Scripts, pending calls and a notification may all wait for the same
 *	queue. They take turns, one callback per event, so that none starves.
 */

#include "mqEvent.h"
#include "args.h"
#include "error.h"
#include "pending.h"
#include "script.h"

#include <errno.h>

/*
 * MqForgetEvents --
 *
 *	Drops all scripts and command prefixes, because the handle is being
 *	closed.
 */

void
MqForgetEvents(
    MqHandle *mq)
{
    IpcSetScript(&mq->scripts[0], NULL);
    IpcSetScript(&mq->scripts[1], NULL);
    IpcSetScript(&mq->prefixes, NULL);
    mq->watched = 0;
}

/*
 * MqWatch --
 *
 *	Watches the queue for the events that scripts and pending calls wait
 *	for. Returns 0 or an errno value.
 */

int
MqWatch(
    IpcHandle *handle)
{
    MqHandle *mq = (MqHandle *) handle;
    int events = IpcGetWanted(handle, mq->scripts), err = 0;

    if (events != mq->watched) {
	err = OsMqWatch(mq->mq, IpcGetWatch(), events,
		&handle->item);
	mq->watched = (err == 0) ? events : 0;
    }
    return err;
}

/*
 * ServeNotification --
 *
 *	Calls {*}$prefix $mq if a notification has come. Returns whether one
 *	had.
 */

static bool
ServeNotification(
    MqHandle *mq)
{
    Tcl_Obj *prefix, *script;

    if (!OsMqTakeNotification(mq->mq) || mq->prefixes == NULL
	    || Tcl_ListObjIndex(NULL, mq->prefixes, 0, &prefix) != TCL_OK
	    || prefix == NULL) {
	return false;
    }
    script = Tcl_DuplicateObj(prefix);
    Tcl_ListObjReplace(NULL, mq->prefixes, 0, 1, 0, NULL);
    Tcl_ListObjAppendElement(NULL, script, IpcNewCommandObj(&mq->handle));
    IpcEvaluate(&mq->handle, script, "notify -command");
    return true;
}

/*
 * IsReady --
 *
 *	Returns whether the queue is still readable or writable, because another
 *	process may have been faster.
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
 *	Evaluates the script of an event that has happened. Returns whether
 *	there was such a script.
 */

static bool
ServeScript(
    MqHandle *mq,
    int i,
    int events)
{
    const IpcEvent *event = &ipcBothEvents[i];

    if (mq->scripts[i] == NULL || !(events & event->event)
	    || !IsReady(mq, event->event)) {
	return false;
    }
    IpcEvaluateScript(&mq->handle, event, &mq->scripts[i]);
    return true;
}

/*
 * ServeTurn --
 *
 *	Serves one of the scripts, calls and notifications that may wait for
 *	the queue. Returns whether a callback was run.
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
	return ServeNotification(mq);
    case 1:
	return IpcServePending(&mq->handle, OS_READABLE);
    case 2:
	return IpcServePending(&mq->handle, OS_WRITABLE);
    default:
	return ServeScript(mq, turn - 3, events);
    }
}

/*
 * MqServe --
 *
 *	Called when the queue has an event or a call is new: runs one callback,
 *	that of the first in turn that has one. After a callback the handle is
 *	made ready again, because the watch reports a notification only once.
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
	    IpcFailPending(handle, err);
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

    return IpcEventMethod(handle, call, ipcBothEvents, mq->scripts,
	    (mq->read ? OS_READABLE : 0) | (mq->write ? OS_WRITABLE : 0));
}

/*
 * The options of notify, of which a call has at most one.
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
 *	Registers for a notification that calls prefix. An earlier
 *	notification that has not been delivered yet is still delivered.
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
    err = OsMqNotifyWatch(mq->mq, IpcGetWatch(), &mq->handle.item);
    if (err != 0) {
	return IpcFail(call, err, NULL);
    }
    if (mq->prefixes == NULL) {
	IpcSetScript(&mq->prefixes, Tcl_NewObj());
    }
    Tcl_ListObjAppendElement(NULL, mq->prefixes, prefix);
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
	    IpcSetScript(&mq->prefixes, NULL);
	}
    }
    return (err == 0) ? TCL_OK : IpcFail(call, err, NULL);
}
