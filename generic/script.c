/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * script.c --
 *
 *	Scripts that run repeatedly while an object is readable or writable:
 *	the method event.
 */

#include "script.h"
#include "error.h"
#include "pending.h"

#include <errno.h>

const IpcEvent ipcBothEvents[] = {
    { "readable", OS_READABLE, "event readable" },
    { "writable", OS_WRITABLE, "event writable" },
    { NULL, 0, NULL }
};

const IpcEvent ipcReadableEvent[] = {
    { "readable", OS_READABLE, "event readable" },
    { NULL, 0, NULL }
};

/*
 * IpcSetScript --
 *
 *	Stores a script, or NULL for none.
 */

void
IpcSetScript(
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
 * IpcEvaluateScript --
 *
 *	Evaluates the script of an event that has happened. If the script
 *	fails, it is removed, unless it has already replaced itself.
 */

void
IpcEvaluateScript(
    IpcHandle *handle,
    const IpcEvent *event,
    Tcl_Obj **where)
{
    Tcl_Obj *script = *where;

    Tcl_IncrRefCount(script);
    IpcHoldHandle(handle);
    if (IpcEvaluate(handle, script, event->what) != TCL_OK
	    && *where == script) {
	IpcSetScript(where, NULL);
    }
    IpcDropHandle(handle);
    Tcl_DecrRefCount(script);
}

/*
 * IpcGetWanted --
 *
 *	Returns the events that a handle waits for, because of scripts (one for
 *	each row of ipcBothEvents) or pending calls.
 */

int
IpcGetWanted(
    const IpcHandle *handle,
    Tcl_Obj *const *scripts)
{
    int events = 0;

    for (int i = 0; ipcBothEvents[i].name != NULL; i++) {
	int event = ipcBothEvents[i].event;

	if (scripts[i] != NULL || IpcIsPending(handle, event)) {
	    events |= event;
	}
    }
    return events;
}

/*
 * IpcEventMethod --
 *
 *	$handle event name ?script?. allowed is the set of events for which the
 *	handle was opened; any other event fails with PERMISSIONS.
 */

int
IpcEventMethod(
    IpcHandle *handle,
    const IpcCall *call,
    const IpcEvent *events,
    Tcl_Obj **scripts,
    int allowed)
{
    Tcl_Obj *script;
    int i, err;

    if (Tcl_GetIndexFromObjStruct(call->interp, call->objv[2], events,
	    sizeof(*events), "event", TCL_EXACT, &i) != TCL_OK) {
	return TCL_ERROR;
    }
    if (call->objc == 3) {
	if (scripts[i] != NULL) {
	    Tcl_SetObjResult(call->interp, scripts[i]);
	}
	return TCL_OK;
    }
    if (!(allowed & events[i].event)) {
	return IpcFail(call, EACCES, Tcl_ObjPrintf("the handle is not %s",
		events[i].name));
    }
    script = (Tcl_GetString(call->objv[3])[0] == '\0') ? NULL : call->objv[3];
    if (script != NULL && IpcGetWatch() == NULL) {
	return IpcFailNoWatch(call);
    }
    IpcSetScript(&scripts[i], script);
    err = handle->family->watch(handle);
    if (err != 0) {
	IpcSetScript(&scripts[i], NULL);
	return IpcFail(call, err, NULL);
    }
    return TCL_OK;
}
