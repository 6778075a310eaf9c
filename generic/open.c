/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * open.c --
 *
 *	Creates handles. Everything that can be checked is checked before
 *	anything is created.
 */

#include "open.h"
#include "error.h"
#include "method.h"
#include "package.h"
#include "text.h"

#include <errno.h>
#include <string.h>

/*
 * QualifyCommand --
 *
 *	Returns the name of the command given by -as, in the form that
 *	Tcl_CreateObjCommand(3) takes: relative to the global namespace, not to
 *	the current one.
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
 *	Checks that the command given by -as can be created: its namespace must
 *	exist (otherwise ENOENT); the command must not (otherwise EEXIST).
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
		"-as \"%s\" is not a valid command name",
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
		    "the namespace of command \"%s\" does not exist",
		    Tcl_GetString(command)));
	}
    }
    if (Tcl_FindCommand(call->interp, qualified, NULL, TCL_GLOBAL_ONLY)
	    != NULL) {
	return IpcFail(call, EEXIST, Tcl_ObjPrintf(
		"command \"%s\" already exists", Tcl_GetString(command)));
    }
    return TCL_OK;
}

/*
 * ChooseCommand --
 *
 *	Writes the next unused command name of this interpreter, such as
 *	::posix_ipc::sem0, to fullName.
 */

static void
ChooseCommand(
    const IpcCall *call,
    Tcl_Obj *fullName)
{
    int isNew;
    Tcl_HashEntry *entry = Tcl_CreateHashEntry(&call->package->numbers,
	    (const char *) call->family, &isNew);
    uintptr_t number = isNew ? 0 : (uintptr_t) Tcl_GetHashValue(entry);

    do {
	Tcl_SetObjLength(fullName, 0);
	Tcl_AppendPrintfToObj(fullName, "::posix_ipc::%s%u",
		call->family->prefix, (unsigned) number++);
    } while (Tcl_FindCommand(call->interp, Tcl_GetString(fullName), NULL,
	    TCL_GLOBAL_ONLY) != NULL);
    Tcl_SetHashValue(entry, (ClientData) number);
}

/*
 * FailOpen --
 *
 *	Fails an open for err. If the object does not exist, or exists although
 *	it must not, the message says how to change -flags.
 */

static int
FailOpen(
    const IpcCall *call,
    int err,
    const IpcOpenOptions *options)
{
    if (err == ENOENT) {
	return IpcFail(call, err, Tcl_ObjPrintf("no such %s;"
		" -flags CREAT creates one", call->family->noun));
    }
    if (err == EEXIST) {
	return IpcFail(call, err, Tcl_NewStringObj(
		"-flags CREAT opens it; if it is left over from a program that"
		" was killed, unlink it", -1));
    }
    return (call->family->fail != NULL) ? call->family->fail(call, err, options)
	    : IpcFail(call, err, NULL);
}

/*
 * OpenObject --
 *
 *	Opens the object that the call names. An empty name becomes a random one
 *	that is not in use.
 */

static int
OpenObject(
    IpcCall *call,
    IpcHandle *handle,
    void *data)
{
    const IpcFamily *family = call->family;
    IpcOpenOptions *options = data;
    bool isRandom = Tcl_GetString(call->name)[0] == '\0';
    Tcl_DString name;
    int err = 0, code = TCL_OK;

    Tcl_DStringInit(&name);
    if (isRandom) {
	options->flags |= OS_CREAT | OS_EXCL;
	Tcl_DStringSetLength(&name, OS_RANDOM_NAME_SIZE - 1);
    } else {
	code = IpcTakeName(call, call->name, &name);
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
	    code = FailOpen(call, err, options);
	} else if (isRandom) {
	    IpcSetName(call, Tcl_NewStringObj(Tcl_DStringValue(&name), -1));
	}
    }
    Tcl_DStringFree(&name);
    return code;
}

/*
 * IpcMakeHandle --
 *
 *	Makes a handle of a family for the object that the procedure open opens.
 *	The name of the handle's command becomes the result.
 */

int
IpcMakeHandle(
    IpcCall *call,
    const IpcFamily *family,
    Tcl_Obj *command,		/* NULL: the package chooses the name */
    IpcOpenProc *open,
    void *data)			/* for open */
{
    Tcl_Obj *fullName = (command == NULL) ? Tcl_NewObj()
	    : QualifyCommand(call, command);
    IpcHandle *handle = ckalloc(family->handleSize);
    int code;

    Tcl_IncrRefCount(fullName);
    memset(handle, 0, family->handleSize);
    handle->family = family;
    code = (command == NULL) ? TCL_OK
	    : CheckCommand(call, command, Tcl_GetString(fullName));
    if (code == TCL_OK) {
	code = open(call, handle, data);
    }
    if (code == TCL_OK) {
	if (command == NULL) {
	    ChooseCommand(call, fullName);
	}
	IpcAddCommand(call, handle, Tcl_GetString(fullName));
    } else {
	ckfree(handle);
    }
    Tcl_DecrRefCount(fullName);
    return code;
}

/*
 * IpcOpen --
 *
 *	posix_ipc::sem open name ?-option value ...?, and the same subcommand of
 *	the other families. The options have been read.
 */

int
IpcOpen(
    IpcCall *call,
    IpcOpenOptions *options)
{
    return IpcMakeHandle(call, call->family, options->command, OpenObject,
	    options);
}
