/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * await.c --
 *
 *	posix_ipc::await: a coroutine makes a call that is completed later, and
 *	stays suspended until then.
 *
 *	Traps: a script may resume the coroutine before the call completes; the
 *	coroutine is then suspended again. Deleting a coroutine runs no script,
 *	so a call that has not ended is abandoned in an NRE callback. In a
 *	forked child process the call never completes; the coroutine stays
 *	suspended.
 */

#include "await.h"
#include "method.h"
#include "pending.h"

/*
 * A coroutine that awaits a call. The record lives until the coroutine
 * continues, or is deleted.
 */

typedef struct Await {
    IpcReceiver receiver;	/* first */
    Tcl_Command coroutine;
    Tcl_Obj *result;		/* NULL before the outcome is known */
    Tcl_Obj *options;		/* return options, with the code */
} Await;

/*
 * Resume --
 *
 *	Resumes the coroutine, because the outcome is known.
 */

static void
Resume(
    IpcReceiver *receiver,
    IpcHandle *handle,
    int code,
    Tcl_Obj *result,
    Tcl_Obj *options)
{
    Await *await = (Await *) receiver;
    Tcl_Obj *name = Tcl_NewObj();

    (void) code;
    await->result = result;
    await->options = options;
    Tcl_IncrRefCount(result);
    Tcl_IncrRefCount(options);
    Tcl_GetCommandFullName(handle->item.interp, await->coroutine, name);
    IpcEvaluate(handle, Tcl_NewListObj(1, &name), "coroutine that awaits");
}

/*
 * Suspend, GoOn --
 *
 *	Suspend suspends the coroutine by Tcl's command yield. GoOn runs after
 *	that command: it returns the outcome, suspends the coroutine again if
 *	there is none yet, or lets a coroutine that is being deleted end.
 */

static int Suspend(Tcl_Interp *interp, Await *await);

static int
GoOn(
    ClientData data[],
    Tcl_Interp *interp,
    int code)
{
    Await *await = data[0];

    if (await->result != NULL) {
	if (code == TCL_OK) {
	    Tcl_SetObjResult(interp, await->result);
	    code = Tcl_SetReturnOptions(interp, await->options);
	}
	Tcl_DecrRefCount(await->result);
	Tcl_DecrRefCount(await->options);
    } else if (code == TCL_OK) {
	return Suspend(interp, await);
    } else {
	code = TCL_ERROR;
	if (await->receiver.pending != NULL) {
	    IpcAbandon(await->receiver.pending);
	}
    }
    ckfree(await);
    return code;
}

static int
Suspend(
    Tcl_Interp *interp,
    Await *await)
{
    Tcl_NRAddCallback(interp, GoOn, await, NULL, NULL, NULL);
    return Tcl_NREvalObj(interp, Tcl_NewStringObj("::yield", -1), 0);
}

/*
 * FindCoroutine --
 *
 *	Returns the command of the running coroutine. If there is none, returns
 *	NULL and leaves an error in the interpreter.
 */

static Tcl_Command
FindCoroutine(
    Tcl_Interp *interp)
{
    Tcl_Command token = NULL;

    if (Tcl_EvalEx(interp, "::info coroutine", -1, 0) != TCL_OK) {
	return NULL;
    }
    token = Tcl_GetCommandFromObj(interp, Tcl_GetObjResult(interp));
    if (token == NULL) {
	Tcl_SetObjResult(interp, Tcl_NewStringObj(
		"await can only be called in a coroutine", -1));
	Tcl_SetErrorCode(interp, "TCL", "COROUTINE", "ILLEGAL_AWAIT",
		(char *) NULL);
    }
    return token;
}

/*
 * IpcAwaitNRCmd, IpcAwaitCmd --
 *
 *	posix_ipc::await handle method ?arg ...?
 */

int
IpcAwaitNRCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    IpcHandle *handle;
    Tcl_Command coroutine;
    Await *await;

    (void) clientData;
    if (objc < 3) {
	Tcl_WrongNumArgs(interp, 1, objv, "handle method ?arg ...?");
	return TCL_ERROR;
    }
    coroutine = FindCoroutine(interp);
    handle = (coroutine == NULL) ? NULL : IpcFindHandle(interp, objv[1]);
    if (handle == NULL) {
	return TCL_ERROR;
    }
    await = ckalloc(sizeof(*await));
    *await = (Await) {
	.receiver = { .receive = Resume }, .coroutine = coroutine
    };
    if (IpcInvoke(handle, interp, objc - 1, objv + 1, &await->receiver)
	    != TCL_OK) {
	ckfree(await);
	return TCL_ERROR;
    }
    return Suspend(interp, await);
}

int
IpcAwaitCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    return Tcl_NRCallObjProc(interp, IpcAwaitNRCmd, clientData, objc, objv);
}
