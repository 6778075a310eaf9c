/*
 * handle.c --
 *
 *	What the handles of all families share: how one is opened, its
 *	command and the table of its methods, cget and configure, its end.
 *
 *	A handle is held by its command, and by each use of it in which
 *	scripts may run; it is freed when the last lets go. What the
 *	system gave for it goes back earlier: at close, at destroy, or
 *	when the interpreter or the thread ends.
 */

#include "posixIpc.h"

#include <errno.h>
#include <string.h>

/*
 * IpcHoldHandle, IpcDropHandle --
 *
 *	Bracket a use of a handle in which scripts may run.
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
	ckfree(handle);
    }
}

/*
 * IpcIsUsable --
 *
 *	Returns whether a call for a handle can go on when scripts have run in
 *	it: that is open, and its interpreter is not deleted.
 */

bool
IpcIsUsable(
    const IpcHandle *handle)
{
    return handle->isOpen && !Tcl_InterpDeleted(handle->interp);
}

/*
 * IpcCloseHandle --
 *
 *	Gives back what the system has given, and cancels the calls that are
 *	not done. Returns 0 or an errno value; the handle is closed whatever is
 *	returned.
 */

int
IpcCloseHandle(
    IpcHandle *handle)
{
    handle->isOpen = false;
    IpcFailCalls(handle, ECANCELED);
    return handle->family->close(handle);
}

/*
 * HandleDeleted --
 *
 *	The command of a handle is deleted: by destroy, by rename, or with its
 *	interpreter.
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
 * IpcInvoke --
 *
 *	Finds the method of a handle and calls it. With await, for a coroutine
 *	that waits for what comes of it.
 */

int
IpcInvoke(
    IpcHandle *handle,
    Tcl_Interp *interp,
    Tcl_Size objc,
    Tcl_Obj *const objv[],
    IpcAwait *await)
{
    const IpcFamily *family = handle->family;
    const IpcMethod *method;
    int index;

    if (objc < 2) {
	Tcl_WrongNumArgs(interp, 1, objv, "method ?arg ...?");
	return TCL_ERROR;
    }
    if (IpcGetIndex(handle->package, interp, objv[1], family->methods,
	    sizeof(*method), "method", &index) != TCL_OK) {
	return TCL_ERROR;
    }
    method = &family->methods[index];

    IpcCall call = {
	.interp = interp, .package = handle->package,
	.objc = objc, .objv = objv, .prefix = 2,
	.usage = method->usage, .verb = method->verb,
	.family = family, .name = handle->name, .await = await
    };

    if (!IpcHasWords(&call, method->least, method->most)) {
	return IpcFailUsage(&call);
    }
    if (!handle->isOpen && !(method->flags & IPC_WHEN_CLOSED)) {
	return IpcFail(&call, EBADF, NULL);
    }
    if (await != NULL && !(method->flags & IPC_CAN_AWAIT)) {
	Tcl_SetObjResult(interp, Tcl_ObjPrintf(
		"method \"%s\" can't be awaited", method->name));
	Tcl_SetErrorCode(interp, "TCL", "OPERATION", "AWAIT", (char *) NULL);
	return TCL_ERROR;
    }
    return method->proc(handle, &call);
}

/*
 * HandleNRCmd, HandleCmd --
 *
 *	The command of a handle, for Tcl's non-recursive engine, and for
 *	callers in C that know nothing of it.
 */

static int
HandleNRCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    return IpcInvoke(clientData, interp, objc, objv, NULL);
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
 *	Returns the handle whose command is named; NULL, with an error left in
 *	the interpreter, where that is none.
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
 * QualifyCommand --
 *
 *	Returns the name of the command that -as names as Tcl_CreateObjCommand(3)
 *	takes it, which goes by the global namespace and not by the current one.
 */

static Tcl_Obj *
QualifyCommand(
    const IpcCall *call,
    Tcl_Obj *command)
{
    const char *text = Tcl_GetString(command);
    const char *space = Tcl_GetCurrentNamespace(call->interp)->fullName;
    bool isGlobal = strcmp(space, "::") == 0;

    if (strncmp(text, "::", 2) == 0
	    || (isGlobal && strchr(text, ':') == NULL)) {
	return command;
    }
    return Tcl_ObjPrintf("%s::%s", isGlobal ? "" : space, text);
}

/*
 * CheckCommand --
 *
 *	Whether the command that -as names, and which has a qualified name, can
 *	be made. EEXIST: it is there. ENOENT: its namespace is missing.
 */

static int
CheckCommand(
    const IpcCall *call,
    Tcl_Obj *command,
    const char *qualified)
{
    const char *tail = qualified + strlen(qualified);
    Tcl_DString qualifiers;
    Tcl_Namespace *found;

    while (tail > qualified && (tail < qualified + 2 || tail[-1] != ':'
	    || tail[-2] != ':')) {
	tail--;
    }
    if (*tail == '\0') {
	return IpcFail(call, EINVAL, Tcl_ObjPrintf(
		"-as \"%s\" is not the name of a command",
		Tcl_GetString(command)));
    }
    if (tail > qualified) {
	Tcl_DStringInit(&qualifiers);
	Tcl_DStringAppend(&qualifiers, qualified,
		(Tcl_Size) (tail - qualified));
	found = Tcl_FindNamespace(call->interp,
		Tcl_DStringValue(&qualifiers), NULL, TCL_GLOBAL_ONLY);
	Tcl_DStringFree(&qualifiers);
	if (found == NULL) {
	    return IpcFail(call, ENOENT, Tcl_ObjPrintf(
		    "the namespace of command \"%s\"",
		    Tcl_GetString(command)));
	}
    }
    if (Tcl_FindCommand(call->interp, qualified, NULL, TCL_GLOBAL_ONLY)
	    != NULL) {
	return IpcFail(call, EEXIST, Tcl_ObjPrintf("command \"%s\"",
		Tcl_GetString(command)));
    }
    return TCL_OK;
}

/*
 * ChooseCommand --
 *
 *	Appends the next name that is free in this interpreter to fullName, as
 *	::posix_ipc::sem0.
 */

static void
ChooseCommand(
    const IpcCall *call,
    Tcl_Obj *fullName)
{
    unsigned *used = &call->package->used[call->family->id];

    do {
	Tcl_SetObjLength(fullName, 0);
	Tcl_AppendPrintfToObj(fullName, "::posix_ipc::%s%u",
		call->family->prefix, (*used)++);
    } while (Tcl_FindCommand(call->interp, Tcl_GetString(fullName), NULL,
	    TCL_GLOBAL_ONLY) != NULL);
}

/*
 * OpenObject --
 *
 *	Opens the object of the call in the system, for handle. The empty name
 *	becomes a random one that is not in use.
 */

static int
OpenObject(
    IpcCall *call,
    IpcHandle *handle,
    IpcOpenOptions *options)
{
    const IpcFamily *family = call->family;
    bool isRandom = Tcl_GetString(call->name)[0] == '\0';
    Tcl_DString name;
    int err = 0, code = TCL_OK;

    Tcl_DStringInit(&name);
    if (isRandom) {
	options->flags |= OS_CREAT | OS_EXCL;
	Tcl_DStringSetLength(&name, OS_RANDOM_NAME_SIZE - 1);
    } else {
	code = IpcEncodeName(call, &name);
    }
    if (code == TCL_OK && (options->flags & OS_EXCL)
	    && !(options->flags & OS_CREAT)) {
	code = IpcFail(call, EINVAL,
		Tcl_NewStringObj("flag EXCL needs CREAT", -1));
    }
    if (code == TCL_OK) {
	do {
	    if (isRandom) {
		err = OsRandomName(Tcl_DStringValue(&name));
	    }
	    if (err == 0) {
		err = family->open(handle, Tcl_DStringValue(&name), options);
	    }
	} while (isRandom && err == EEXIST);
	if (err != 0) {
	    code = (family->fail != NULL) ? family->fail(call, err, options)
		    : IpcFailLimit(call, err, NULL);
	} else if (isRandom) {
	    call->name = Tcl_NewStringObj(Tcl_DStringValue(&name), -1);
	}
    }
    Tcl_DStringFree(&name);
    return code;
}

/*
 * AddHandle --
 *
 *	Gives an open handle its command, the name of which becomes the result.
 */

static void
AddHandle(
    const IpcCall *call,
    IpcHandle *handle,
    Tcl_Obj *command)
{
    IpcPackage *package = call->package;
    Tcl_Obj *fullName = Tcl_NewObj();

    handle->package = package;
    handle->interp = call->interp;
    handle->name = call->name;
    Tcl_IncrRefCount(handle->name);
    handle->refCount = 1;
    handle->isOpen = true;
    handle->next = package->handles;
    if (handle->next != NULL) {
	handle->next->previous = handle;
    }
    package->handles = handle;
    handle->token = Tcl_NRCreateCommand(call->interp, Tcl_GetString(command),
	    HandleCmd, HandleNRCmd, handle, HandleDeleted);
    Tcl_GetCommandFullName(call->interp, handle->token, fullName);
    Tcl_SetObjResult(call->interp, fullName);
}

/*
 * IpcOpen --
 *
 *	posix_ipc::sem open, and those of the other families. What can be
 *	checked is checked before anything is made.
 */

int
IpcOpen(
    IpcCall *call)
{
    const IpcFamily *family = call->family;
    IpcOpenOptions options = {
	.mode = 0600, .read = 1, .write = 1, .blocking = 1
    };
    IpcHandle *handle;
    Tcl_Obj *command;
    int code;

    call->name = call->objv[1];
    if (IpcReadOptions(call, 2, family->openOptions, &options) != TCL_OK
	    || (family->check != NULL
		    && family->check(call, &options) != TCL_OK)) {
	return TCL_ERROR;
    }
    command = (options.command == NULL) ? Tcl_NewObj()
	    : QualifyCommand(call, options.command);
    Tcl_IncrRefCount(command);
    handle = ckalloc(family->handleSize);
    memset(handle, 0, family->handleSize);
    handle->family = family;
    code = (options.command == NULL) ? TCL_OK
	    : CheckCommand(call, options.command, Tcl_GetString(command));
    if (code == TCL_OK) {
	code = OpenObject(call, handle, &options);
    }
    if (code == TCL_OK) {
	if (options.command == NULL) {
	    ChooseCommand(call, command);
	}
	AddHandle(call, handle, command);
    } else {
	ckfree(handle);
    }
    Tcl_DecrRefCount(command);
    return code;
}

/*
 * UnlinkName --
 *
 *	Removes the name of the call's object from the system.
 */

static int
UnlinkName(
    const IpcCall *call)
{
    Tcl_DString name;
    int code;

    Tcl_DStringInit(&name);
    code = IpcEncodeName(call, &name);
    if (code == TCL_OK) {
	int err = call->family->unlink(Tcl_DStringValue(&name));

	if (err != 0) {
	    code = IpcFail(call, err, NULL);
	}
    }
    Tcl_DStringFree(&name);
    return code;
}

/*
 * IpcUnlink --
 *
 *	posix_ipc::sem unlink, and those of the other families.
 */

int
IpcUnlink(
    IpcCall *call)
{
    call->name = call->objv[1];
    return UnlinkName(call);
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
    int err = IpcCloseHandle(handle);

    return (err == 0) ? TCL_OK : IpcFail(call, err, NULL);
}

int
IpcUnlinkMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    (void) handle;
    return UnlinkName(call);
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
    IpcHandle *handle,
    Tcl_Obj **valuePtr)
{
    *valuePtr = handle->name;
    return 0;
}

/*
 * FindAttribute --
 *
 *	Returns the attribute that word names; NULL, with the call failed,
 *	where there is none.
 */

static const IpcAttribute *
FindAttribute(
    const IpcCall *call,
    Tcl_Obj *word)
{
    const IpcAttribute *attributes = call->family->attributes;
    int index;

    if (IpcGetIndex(call->package, call->interp, word, attributes,
	    sizeof(*attributes), "option", &index) != TCL_OK) {
	return NULL;
    }
    return &attributes[index];
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
	    ? attribute->get(handle, &value) : EBADF;
    if (err != 0) {
	return IpcFail(call, err, Tcl_NewStringObj(attribute->name, -1));
    }
    Tcl_SetObjResult(call->interp, value);
    return TCL_OK;
}

/*
 * ConfigureAll --
 *
 *	$handle configure: a dict of all attributes that the platform has.
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
	int err = attribute->get(handle, &value);

	if (err == ENOSYS) {
	    continue;
	}
	if (err != 0) {
	    Tcl_DecrRefCount(all);
	    return IpcFail(call, err, Tcl_NewStringObj(attribute->name, -1));
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
 *	checked before one is set.
 */

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
    for (int commit = 0; commit <= 1; commit++) {
	for (Tcl_Size i = 2; i < call->objc; i += 2) {
	    const IpcAttribute *attribute
		    = FindAttribute(call, call->objv[i]);

	    if (attribute == NULL) {
		return TCL_ERROR;
	    }
	    if (i + 1 == call->objc) {
		return IpcFailUsage(call);
	    }
	    if (attribute->set == NULL) {
		return IpcFail(call, EINVAL, Tcl_ObjPrintf(
			"%s can't be set", attribute->name));
	    }
	    if (attribute->set(handle, call, call->objv[i + 1], commit != 0)
		    != TCL_OK) {
		return TCL_ERROR;
	    }
	}
    }
    return TCL_OK;
}
