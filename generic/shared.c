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
#include "handle.h"

#include <errno.h>

/*
 * IpcExplainTrouble --
 *
 *	Returns what the message about err adds: a new object, or NULL.
 */

Tcl_Obj *
IpcExplainTrouble(
    const OsTrouble *trouble,
    int err)
{
    if (err == EBADMSG && trouble->isGone) {
	return Tcl_NewStringObj("it was truncated or overwritten; unlink it,"
		" and create a new one", -1);
    }
    if ((err != EAGAIN && err != ETIMEDOUT) || !trouble->isStopped) {
	return NULL;
    }
    return (trouble->pid == 0) ? Tcl_NewStringObj("another process is stopped"
	    " in the middle of a change; continue it, or end it", -1)
	    : Tcl_ObjPrintf("process %ld is stopped in the middle of a change;"
		    " continue it, or end it", (long) trouble->pid);
}

/*
 * IpcFailShared --
 *
 *	Fails a call of a handle for an errno value of unix/. EBUSY: a process
 *	is stopped in the middle of an operation.
 */

int
IpcFailShared(
    const IpcCall *call,
    IpcHandle *handle,
    int err)
{
    return IpcFailHandle(call, handle, NULL, (err == EBUSY) ? ETIMEDOUT : err);
}

/*
 * IpcFailSharedOpen --
 *
 *	Fails an open, or a call that inspects an object by name.
 */

int
IpcFailSharedOpen(
    const IpcCall *call,
    int err,
    const IpcOpenOptions *options)
{
    const char *why;

    (void) options;
    switch (err) {
    case ENODEV:
	return IpcFail(call, EINVAL, Tcl_ObjPrintf("the object with this name"
		" is not a %s of this version of the package, or it is"
		" damaged; if nobody uses it, unlink it", call->family->noun));
    case ENOSYS:
	err = ENOTSUP;
	why = "the program that created it waits, or shows that it is alive,"
		" in another way than this one";
	break;
    case EUSERS:
	err = ENOSPC;
	why = "1023 handles, the maximum, already have it open";
	break;
    case EBUSY:
	err = ETIMEDOUT;
	why = "another process is in the middle of a change; if it is stopped,"
		" continue it, or end it";
	break;
    case EBADMSG:
	why = "try again, in case it could be repaired; if that fails too,"
		" unlink it, and create a new one";
	break;
    default:
	return IpcFail(call, err, NULL);
    }
    return IpcFail(call, err, Tcl_NewStringObj(why, -1));
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
