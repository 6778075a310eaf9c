/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * shared.c --
 *
 *	What the families of shared segments (locks, rings, topics) have in
 *	common: how their calls fail.
 */

#include "shared.h"
#include "error.h"
#include "field.h"

#include <errno.h>

/*
 * IpcFailShared --
 *
 *	Fails a call for an errno value of unix/. EBUSY: a process is stopped
 *	in the middle of an operation.
 */

int
IpcFailShared(
    const IpcCall *call,
    int err)
{
    return (err != EBUSY) ? IpcFail(call, err, NULL)
	    : IpcFail(call, ETIMEDOUT, Tcl_ObjPrintf("a process is stopped"
		    " in the middle of an operation on the %s",
		    call->family->noun));
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
    (void) options;
    switch (err) {
    case ENODEV:
	return IpcFail(call, EINVAL, Tcl_ObjPrintf("the name belongs to"
		" something else, to a %s of another version of the package, or"
		" to a damaged one, which you can unlink", call->family->noun));
    case ENOSYS:
	return IpcFail(call, ENOSYS, Tcl_NewStringObj("the program that"
		" created it uses another mechanism to wait", -1));
    case EUSERS:
	return IpcFail(call, ENOSPC, Tcl_NewStringObj("1023 handles already"
		" have it open, the maximum", -1));
    default:
	return IpcFail(call, err, NULL);
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
    Tcl_ListObjAppendElement(NULL, list, IpcNewInteger(value));
}
