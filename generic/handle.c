/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * handle.c --
 *
 *	The record of a handle, and its lifetime.
 *
 *	A handle is held by its command, by its item in the event loop while
 *	that is ready, by each of its pending calls, and by each use during
 *	which scripts may run: a script may close, destroy or rename any handle,
 *	or delete the interpreter. The record is freed when the last of these
 *	drops it. Its system resources are released earlier: at close, at
 *	destroy, or when the interpreter or the thread ends (method.c).
 */

#include "handle.h"
#include "error.h"

/*
 * IpcHoldHandle, IpcDropHandle --
 *
 *	Bracket a use of a handle during which scripts may run.
 */

void
IpcHoldHandle(
    IpcHandle *handle)
{
    handle->refCount++;
}

void
IpcDropHandle(
    IpcHandle *handle)
{
    if (--handle->refCount == 0) {
	Tcl_DecrRefCount(handle->name);
	if (handle->objectName != NULL) {
	    Tcl_DecrRefCount(handle->objectName);
	}
	ckfree(handle);
    }
}

/*
 * IpcIsUsable --
 *
 *	Returns whether a call of a handle can continue after scripts have run
 *	during it: the handle is open, and its interpreter is not being deleted.
 */

bool
IpcIsUsable(
    const IpcHandle *handle)
{
    return handle->isOpen && !Tcl_InterpDeleted(handle->item.interp);
}

/*
 * IpcExplain, IpcFailHandle --
 *
 *	IpcExplain returns what only the family can say about err, for which a
 *	call of a handle has just failed: a new object, or NULL. IpcFailHandle
 *	fails the call. request is that of an attempt, or NULL.
 */

Tcl_Obj *
IpcExplain(
    IpcHandle *handle,
    const void *request,
    int err)
{
    return (handle->family->explain == NULL || !handle->isOpen) ? NULL
	    : handle->family->explain(handle, request, err);
}

int
IpcFailHandle(
    const IpcCall *call,
    IpcHandle *handle,
    const void *request,
    int err)
{
    return IpcFail(call, err, IpcExplain(handle, request, err));
}

/*
 * IpcMakeReady --
 *
 *	Queues an open handle to be served for events. A closed one has nothing
 *	to serve, and the callback that closed it may have ended the loop as
 *	well.
 */

void
IpcMakeReady(
    IpcHandle *handle,
    int events)
{
    if (handle->isOpen) {
	IpcQueueItem(&handle->item, events);
    }
}

/*
 * IpcEvaluate --
 *
 *	Evaluates a callback of a handle at global level. An error goes to
 *	interp bgerror, with an errorInfo that says which callback failed.
 *	Returns the code of the script.
 */

int
IpcEvaluate(
    IpcHandle *handle,
    Tcl_Obj *script,
    const char *what)
{
    Tcl_Interp *interp = handle->item.interp;
    int code = TCL_ERROR;

    Tcl_IncrRefCount(script);
    IpcHoldHandle(handle);
    Tcl_Preserve(interp);
    if (!Tcl_InterpDeleted(interp)) {
	code = Tcl_EvalObjEx(interp, script, TCL_EVAL_GLOBAL);

	if (code != TCL_OK && !Tcl_InterpDeleted(interp)) {
	    Tcl_AppendObjToErrorInfo(interp, Tcl_ObjPrintf(
		    "\n    (%s of %s \"%s\")", what, handle->family->noun,
		    Tcl_GetString(handle->name)));
	    Tcl_BackgroundException(interp, code);
	}
    }
    Tcl_Release(interp);
    IpcDropHandle(handle);
    Tcl_DecrRefCount(script);
    return code;
}

/*
 * IpcNewCommandObj --
 *
 *	Returns the fully qualified name of a handle's command.
 */

Tcl_Obj *
IpcNewCommandObj(
    const IpcHandle *handle)
{
    Tcl_Obj *name = Tcl_NewObj();

    Tcl_GetCommandFullName(handle->item.interp, handle->token, name);
    return name;
}
