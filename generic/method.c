/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * method.c --
 *
 *	The command of a handle: the table of its methods, and the methods that
 *	all families share.
 */

#include "method.h"
#include "args.h"
#include "error.h"
#include "object.h"
#include "package.h"
#include "pending.h"
#include "text.h"

#include <errno.h>
#include <string.h>

/*
 * IpcCloseHandle --
 *
 *	Releases the system resources of a handle, and cancels its pending
 *	calls. Returns 0 or an errno value; the handle is closed in either
 *	case.
 */

int
IpcCloseHandle(
    IpcHandle *handle)
{
    handle->isOpen = false;
    handle->object.fd = -1;
    IpcFailPending(handle, ECANCELED);
    return handle->family->close(handle);
}

/*
 * HoldItem, ServeItem, DropItem --
 *
 *	Called by the event loop for a handle that has an event or a new call.
 *	An overdue call is served first.
 */

static void
HoldItem(
    IpcItem *item)
{
    IpcHoldHandle((IpcHandle *) item);
}

static void
ServeItem(
    IpcItem *item,
    int events)
{
    IpcHandle *handle = (IpcHandle *) item;

    if (!handle->isOpen) {
	return;
    }
    if (Tcl_InterpDeleted(item->interp)) {
	IpcFailPending(handle, ECANCELED);
    } else if (IpcServeOverdue(handle)) {
	IpcMakeReady(handle, events);
    } else {
	handle->family->serve(handle, events);
    }
}

static void
DropItem(
    IpcItem *item)
{
    IpcDropHandle((IpcHandle *) item);
}

static const IpcItemType itemType = { HoldItem, ServeItem, DropItem };

/*
 * HandleDeleted --
 *
 *	Called when the command of a handle is deleted: by destroy, by rename,
 *	or with its interpreter.
 */

static void
HandleDeleted(
    ClientData clientData)
{
    IpcHandle *handle = clientData;

    if (handle->isOpen) {
	IpcCloseHandle(handle);
    }
    if (handle->next != NULL) {
	handle->next->previous = handle->previous;
    }
    if (handle->previous != NULL) {
	handle->previous->next = handle->next;
    } else {
	handle->package->handles = handle->next;
    }
    IpcDropHandle(handle);
}

/*
 * FailAwait --
 *
 *	Fails a call by posix_ipc::await of a method that never waits.
 */

static int
FailAwait(
    const IpcCall *call,
    const IpcMethod *method)
{
    Tcl_SetObjResult(call->interp, Tcl_ObjPrintf(
	    "method \"%s\" can't be awaited", method->name));
    Tcl_SetErrorCode(call->interp, "TCL", "OPERATION", "AWAIT",
	    (char *) NULL);
    return TCL_ERROR;
}

/*
 * CallMethod --
 *
 *	Calls a method of a handle. It is inline, and other functions handle all
 *	failures, so that a call need not save registers.
 */

static inline int
CallMethod(
    IpcHandle *handle,
    const IpcMethod *method,
    Tcl_Interp *interp,
    Tcl_Size objc,
    Tcl_Obj *const objv[],
    IpcReceiver *receiver)
{
    IpcCall call = {
	.interp = interp, .package = handle->package,
	.objc = objc, .objv = objv, .prefix = 2,
	.usage = method->usage, .verb = method->verb,
	.family = handle->family, .name = handle->name, .receiver = receiver
    };

    return !IpcHasWords(&call, method->least, method->most)
	    ? IpcFailUsage(&call)
	    : (!handle->isOpen && !(method->flags & IPC_WHEN_CLOSED))
	    ? IpcFail(&call, EBADF, NULL)
	    : (receiver != NULL && !(method->flags & IPC_CAN_AWAIT))
	    ? FailAwait(&call, method)
	    : method->proc(handle, &call);
}

/*
 * IpcInvoke --
 *
 *	Finds the method of a handle and calls it. receiver, if not NULL, takes
 *	the place of -command.
 */

int
IpcInvoke(
    IpcHandle *handle,
    Tcl_Interp *interp,
    Tcl_Size objc,
    Tcl_Obj *const objv[],
    IpcReceiver *receiver)
{
    const IpcMethod *method;

    if (objc < 2) {
	Tcl_WrongNumArgs(interp, 1, objv, "method ?arg ...?");
	return TCL_ERROR;
    }
    method = IpcFindRow(interp, objv[1], handle->family->methods,
	    sizeof(*method), "method");
    return (method == NULL) ? TCL_ERROR
	    : CallMethod(handle, method, interp, objc, objv, receiver);
}

/*
 * HandleNRCmd, HandleCmd --
 *
 *	The command of a handle, for Tcl's non-recursive engine (NRE), and for
 *	callers in C that do not use it.
 */

static int
HandleNRCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    IpcHandle *handle = clientData;
    const IpcMethod *method = (objc < 2) ? NULL
	    : IpcKeptRow(objv[1], handle->family->methods);

    return (method != NULL)
	    ? CallMethod(handle, method, interp, objc, objv, NULL)
	    : IpcInvoke(handle, interp, objc, objv, NULL);
}

static int
HandleCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    return Tcl_NRCallObjProc(interp, HandleNRCmd, clientData, objc, objv);
}

/*
 * IpcFindHandle --
 *
 *	Returns the handle that a command belongs to. If there is none, returns
 *	NULL and leaves an error in the interpreter.
 */

IpcHandle *
IpcFindHandle(
    Tcl_Interp *interp,
    Tcl_Obj *command)
{
    Tcl_Command token = Tcl_GetCommandFromObj(interp, command);
    Tcl_CmdInfo info;

    if (Tcl_GetCommandInfoFromToken(token, &info)
	    && info.objProc == HandleCmd) {
	return info.objClientData;
    }
    Tcl_SetObjResult(interp, Tcl_ObjPrintf(
	    "\"%s\" is not a handle of posix_ipc", Tcl_GetString(command)));
    Tcl_SetErrorCode(interp, "TCL", "LOOKUP", "COMMAND",
	    Tcl_GetString(command), (char *) NULL);
    return NULL;
}

/*
 * IpcAddCommand --
 *
 *	Creates the command of a new handle; the command owns the handle. The
 *	full name of the command becomes the result of the call.
 */

void
IpcAddCommand(
    const IpcCall *call,
    IpcHandle *handle,
    const char *command)	/* as Tcl_CreateObjCommand(3) takes it */
{
    IpcPackage *package = call->package;

    handle->item = (IpcItem) { .type = &itemType, .interp = call->interp };
    handle->package = package;
    handle->name = call->name;
    Tcl_IncrRefCount(handle->name);
    handle->refCount = 1;
    handle->isOpen = true;
    handle->next = package->handles;
    if (handle->next != NULL) {
	handle->next->previous = handle;
    }
    package->handles = handle;
    handle->token = Tcl_NRCreateCommand(call->interp, command, HandleCmd,
	    HandleNRCmd, handle, HandleDeleted);
    Tcl_SetObjResult(call->interp, IpcNewCommandObj(handle));
}

/*
 * RemoveName --
 *
 *	Removes a name from the system. With isQuiet, it is not an error if the
 *	name does not exist or, if object is not NULL, belongs to another
 *	object. A read-only file system refuses the call before it looks for the
 *	name.
 */

static int
RemoveName(
    const IpcCall *call,
    const OsObject *object,	/* the only one to be removed, or NULL */
    const char *name,
    bool isQuiet)
{
    int err = (object != NULL) ? OsCheckLink(object, name) : 0;
    OsInfo info;

    if (err != ENOENT && err != ESTALE) {
	err = call->family->unlink(name);
    }
    if (err == EROFS && OsGetInfo(call->family->os, name, &info) == ENOENT) {
	err = ENOENT;
    }
    if (err == 0 || (isQuiet && (err == ENOENT || err == ESTALE))) {
	return TCL_OK;
    }
    return IpcFail(call, err, NULL);
}

static const char *const unlinkOptions[] = { "-nocomplain", NULL };

/*
 * IpcUnlink --
 *
 *	posix_ipc::sem unlink ?-nocomplain? name, and the same subcommand of the
 *	other families.
 */

int
IpcUnlink(
    IpcCall *call)
{
    const char *first = Tcl_GetString(call->objv[1]);
    Tcl_DString name;
    int index, code;

    if (call->objc == 3 && *first == '-' && Tcl_GetIndexFromObj(call->interp,
	    call->objv[1], unlinkOptions, "option", TCL_EXACT, &index)
		    != TCL_OK) {
	return TCL_ERROR;
    }
    if ((strcmp(first, unlinkOptions[0]) == 0) != (call->objc == 3)) {
	return IpcFailUsage(call);
    }
    Tcl_DStringInit(&name);
    code = IpcTakeName(call, call->objv[call->objc - 1], &name);
    if (code == TCL_OK) {
	code = RemoveName(call, NULL, Tcl_DStringValue(&name),
		call->objc == 3);
    }
    Tcl_DStringFree(&name);
    return code;
}

/*
 * IpcCloseMethod, IpcUnlinkMethod, IpcDestroyMethod --
 *
 *	$handle close, unlink, destroy.
 */

int
IpcCloseMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    int err;

    OsNoteBeforeClose(&handle->object);
    err = IpcCloseHandle(handle);
    return (err == 0) ? TCL_OK : IpcFail(call, err, NULL);
}

int
IpcUnlinkMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    Tcl_DString name;
    int index, code;

    if (call->objc == 3 && Tcl_GetIndexFromObj(call->interp, call->objv[2],
	    unlinkOptions, "option", TCL_EXACT, &index) != TCL_OK) {
	return TCL_ERROR;
    }
    if (call->family->unlink == NULL) {
	return IpcFail(call, ENOTSUP, Tcl_NewStringObj("it has no name of its"
		" own; unlink the segment that contains it", -1));
    }
    Tcl_DStringInit(&name);
    code = IpcEncodeName(call, &name);
    if (code == TCL_OK) {
	code = RemoveName(call, &handle->object, Tcl_DStringValue(&name),
		call->objc == 3);
    }
    Tcl_DStringFree(&name);
    return code;
}

int
IpcDestroyMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    Tcl_DeleteCommandFromToken(call->interp, handle->token);
    return TCL_OK;
}

/*
 * IpcGetName --
 *
 *	The attribute -name.
 */

int
IpcGetName(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    (void) offset;
    *valuePtr = ((IpcHandle *) record)->name;
    return 0;
}

/*
 * FindAttribute --
 *
 *	Returns the attribute that word names. If there is none, fails the call
 *	and returns NULL.
 */

static const IpcAttribute *
FindAttribute(
    const IpcCall *call,
    Tcl_Obj *word)
{
    return IpcFindRow(call->interp, word, call->family->attributes,
	    sizeof(IpcAttribute), "option");
}

/*
 * FailAttribute --
 *
 *	Fails a call whose attribute cannot be read.
 */

static int
FailAttribute(
    const IpcCall *call,
    IpcHandle *handle,
    const IpcAttribute *attribute,
    int err)
{
    Tcl_Obj *reason = Tcl_NewStringObj(attribute->name, -1);
    Tcl_Obj *why = IpcExplain(handle, NULL, err);

    if (why != NULL) {
	Tcl_AppendPrintfToObj(reason, ": %s", Tcl_GetString(why));
	Tcl_DecrRefCount(why);
    }
    return IpcFail(call, err, reason);
}

/*
 * IpcCgetMethod --
 *
 *	$handle cget -option, and $handle configure -option.
 */

int
IpcCgetMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    const IpcAttribute *attribute = FindAttribute(call, call->objv[2]);
    Tcl_Obj *value;
    int err;

    if (attribute == NULL) {
	return TCL_ERROR;
    }
    err = (handle->isOpen || attribute->whenClosed)
	    ? attribute->get(handle, attribute->offset, &value) : EBADF;
    if (err != 0) {
	return FailAttribute(call, handle, attribute, err);
    }
    Tcl_SetObjResult(call->interp, value);
    return TCL_OK;
}

/*
 * ConfigureAll --
 *
 *	$handle configure: returns a dict of all attributes that the system
 *	supports.
 */

static int
ConfigureAll(
    IpcHandle *handle,
    const IpcCall *call)
{
    const IpcAttribute *attribute = call->family->attributes;
    Tcl_Obj *all = Tcl_NewObj();

    for (; attribute->name != NULL; attribute++) {
	Tcl_Obj *value;
	int err = attribute->get(handle, attribute->offset, &value);

	if (err == ENOSYS || err == ENOENT || err == EACCES) {
	    continue;
	}
	if (err != 0) {
	    Tcl_DecrRefCount(all);
	    return FailAttribute(call, handle, attribute, err);
	}
	Tcl_ListObjAppendElement(NULL, all,
		Tcl_NewStringObj(attribute->name, -1));
	Tcl_ListObjAppendElement(NULL, all, value);
    }
    Tcl_SetObjResult(call->interp, all);
    return TCL_OK;
}

/*
 * IpcConfigureMethod --
 *
 *	$handle configure ?-option? ?value -option value ...?: all options are
 *	checked before one is set. The group is set first, because the system
 *	may refuse it to the owner of the object.
 */

enum { CHECK_ALL, SET_GROUP, SET_OTHERS, CONFIGURE_PASSES };

static int
ConfigureOne(
    IpcHandle *handle,
    const IpcCall *call,
    Tcl_Size i,
    int pass)
{
    const IpcAttribute *attribute = FindAttribute(call, call->objv[i]);

    if (attribute == NULL) {
	return TCL_ERROR;
    }
    if (i + 1 == call->objc) {
	return IpcFailUsage(call);
    }
    if (attribute->set == NULL) {
	return IpcFail(call, EINVAL, Tcl_ObjPrintf("%s can't be set",
		attribute->name));
    }
    if (pass != CHECK_ALL
	    && (attribute->set == IpcSetGroup) != (pass == SET_GROUP)) {
	return TCL_OK;
    }
    return attribute->set(handle, call, attribute->offset,
	    call->objv[i + 1], pass != CHECK_ALL);
}

int
IpcConfigureMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    if (call->objc == 2) {
	return ConfigureAll(handle, call);
    }
    if (call->objc == 3) {
	return IpcCgetMethod(handle, call);
    }
    for (int pass = CHECK_ALL; pass < CONFIGURE_PASSES; pass++) {
	for (Tcl_Size i = 2; i < call->objc; i += 2) {
	    if (ConfigureOne(handle, call, i, pass) != TCL_OK) {
		return TCL_ERROR;
	    }
	}
    }
    return TCL_OK;
}
