/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * shared.c --
 *
 *	What the families of shared segments (locks, rings, topics) have in
 *	common: how their calls fail, info and waiters.
 */

#include "shared.h"
#include "error.h"
#include "open.h"
#include "text.h"

#include <errno.h>

/*
 * IpcFailShared --
 *
 *	Fails a call for an errno value of unix/. EBUSY: a process is stopped
 *	inside an operation.
 */

int
IpcFailShared(
    const IpcCall *call,
    int err)
{
    return (err != EBUSY) ? IpcFail(call, err, NULL)
	    : IpcFail(call, ETIMEDOUT, Tcl_ObjPrintf("a process is stopped"
		    " inside an operation of the %s", call->family->noun));
}

/*
 * IpcFailSharedOpen --
 *
 *	Fails an open, or an inspection of an object by name.
 */

int
IpcFailSharedOpen(
    const IpcCall *call,
    int err,
    const IpcOpenOptions *options)
{
    switch (err) {
    case ENODEV:
	return IpcFail(call, EINVAL, Tcl_ObjPrintf("the name belongs to"
		" something else, to a %s of another version of the package, or"
		" to a damaged one, which you can unlink", call->family->noun));
    case ENOSYS:
	return IpcFail(call, ENOSYS, Tcl_NewStringObj("the program that"
		" created it waits in another way", -1));
    case EUSERS:
	return IpcFail(call, ENOSPC, Tcl_NewStringObj("1023 handles already"
		" have it open, the maximum", -1));
    default:
	return IpcFailOpen(call, err, options);
    }
}

/*
 * IpcPut --
 *
 *	Appends a key and its value to a list that becomes a dict.
 */

void
IpcPut(
    Tcl_Obj *list,
    const char *key,
    int64_t value)
{
    Tcl_ListObjAppendElement(NULL, list, Tcl_NewStringObj(key, -1));
    Tcl_ListObjAppendElement(NULL, list,
	    Tcl_NewWideIntObj((Tcl_WideInt) value));
}

/*
 * Inspect --
 *
 *	Makes the family inspect the object that the call names. One of the
 *	lists is NULL. info omits what the caller may not read.
 */

static int
Inspect(
    IpcCall *call,
    Tcl_Obj *keys,
    Tcl_Obj *waiters)
{
    Tcl_DString name;
    int code, err = 0;

    Tcl_DStringInit(&name);
    code = IpcTakeName(call, call->objv[1], &name);
    if (code == TCL_OK) {
	err = call->family->inspect(Tcl_DStringValue(&name), keys, waiters);
	if (err == EACCES && keys != NULL) {
	    err = 0;
	}
    }
    Tcl_DStringFree(&name);
    return (err == 0) ? code : IpcFailSharedOpen(call, err, NULL);
}

const IpcInfoKey ipcSharedInfoKeys[] = {
    { NULL, 0, NULL, 0 }
};

/*
 * IpcSharedInfo --
 *
 *	posix_ipc::lock info name, and the same for the other families: the
 *	keys of all families, then those of this one.
 */

int
IpcSharedInfo(
    IpcCall *call)
{
    Tcl_Obj *keys = Tcl_NewListObj(0, NULL);
    int code;

    Tcl_IncrRefCount(keys);
    code = Inspect(call, keys, NULL);
    if (code == TCL_OK) {
	code = IpcInfo(call);
    }
    if (code == TCL_OK) {
	Tcl_Obj *dict = Tcl_DuplicateObj(Tcl_GetObjResult(call->interp));

	Tcl_ListObjAppendList(NULL, dict, keys);
	Tcl_SetObjResult(call->interp, dict);
    }
    Tcl_DecrRefCount(keys);
    return code;
}

/*
 * IpcSharedWaiters --
 *
 *	posix_ipc::lock waiters name, and those of the other families.
 */

int
IpcSharedWaiters(
    IpcCall *call)
{
    Tcl_Obj *waiters = Tcl_NewListObj(0, NULL);
    int code;

    Tcl_IncrRefCount(waiters);
    code = Inspect(call, NULL, waiters);
    if (code == TCL_OK) {
	Tcl_SetObjResult(call->interp, waiters);
    }
    Tcl_DecrRefCount(waiters);
    return code;
}
