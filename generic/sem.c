/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sem.c --
 *
 *	Semaphores: posix_ipc::sem open and its handles.
 *
 *	The trap is "with": the body may close or destroy the handle, delete the
 *	interpreter or fork, and the coroutine that runs it may be deleted. In
 *	every case the unit is released exactly once, by the process that took
 *	it.
 */

#include "sem.h"
#include "catalog.h"
#include "error.h"
#include "field.h"
#include "method.h"
#include "open.h"
#include "pending.h"
#include "shm.h"
#include "shmHandle.h"
#include "text.h"
#include "wait.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

typedef struct SemHandle {
    IpcHandle handle;
    OsSem *sem;
    int held;			/* units that bodies of "with" hold */
    unsigned generation;	/* OsGetGeneration of the process in which
				 * those bodies run */
} SemHandle;

/*
 * Hold, Unhold --
 *
 *	Count the units that bodies of "with" hold. Unhold also releases the
 *	unit, unless this is a child process that was forked meanwhile, and
 *	returns 0 or an errno value.
 */

static void
Hold(
    SemHandle *sem)
{
    if (sem->generation != OsGetGeneration()) {
	sem->generation = OsGetGeneration();
	sem->held = 0;
    }
    sem->held++;
}

static int
Unhold(
    SemHandle *sem,
    unsigned generation)
{
    if (sem->held == 0 || generation != OsGetGeneration()) {
	return 0;
    }
    sem->held--;
    return OsSemPost(sem->sem);
}

/*
 * OpenCommand, OpenSem --
 *
 *	posix_ipc::sem open name ?-flags list? ?-mode mode? ?-value n?
 *	    ?-as command?
 */

typedef struct OpenOptions {
    IpcOpenOptions common;
    int64_t value;
} OpenOptions;

static const IpcOption openOptions[] = {
    IPC_OPEN_OPTIONS(IpcReadFlags),
    { "-value",	IpcReadSemValue, offsetof(OpenOptions, value) },
    { NULL, NULL, 0 }
};

static int
OpenCommand(
    IpcCall *call)
{
    OpenOptions options = { .common = IPC_OPEN_DEFAULTS, .value = 0 };

    IpcSetName(call, call->objv[1]);
    return (IpcReadOptions(call, 2, openOptions, &options) != TCL_OK)
	    ? TCL_ERROR : IpcOpen(call, &options.common);
}

static int
OpenSem(
    IpcHandle *handle,
    const char *name,
    const IpcOpenOptions *options)
{
    return OsSemOpen(name, options->flags, (mode_t) options->mode,
	    (unsigned) ((const OpenOptions *) options)->value,
	    &handle->object, &((SemHandle *) handle)->sem);
}

/*
 * AtCommand, OpenAt --
 *
 *	posix_ipc::sem at shm offset ?-value n? ?-as command?
 */

typedef struct AtOptions {
    IpcShmHandle *shm;
    int64_t offset;
    int64_t value;		/* -1: keep the value that it has */
    Tcl_Obj *command;		/* NULL: the package chooses the name */
} AtOptions;

static const IpcOption atOptions[] = {
    { "-value",	IpcReadSemValue, offsetof(AtOptions, value) },
    { "-as",	IpcReadWord,	offsetof(AtOptions, command) },
    { NULL, NULL, 0 }
};

static const IpcFamily semAt;

static int
OpenAt(
    IpcCall *call,
    IpcHandle *handle,
    void *data)
{
    const AtOptions *options = data;
    unsigned value = (unsigned) options->value;
    int err = OsSemAt(options->shm->shm, options->offset,
	    (options->value >= 0) ? &value : NULL, &handle->object,
	    &((SemHandle *) handle)->sem);

    if (err == EINVAL) {
	return IpcFail(call, err, Tcl_NewStringObj(
		"the offset is not aligned for a semaphore", -1));
    } else if (err != 0) {
	return IpcFailAccess(call, err, options->shm->shm, options->offset,
		osSemSize);
    }
    handle->objectName = options->shm->handle.name;
    Tcl_IncrRefCount(handle->objectName);
    return TCL_OK;
}

static int
AtCommand(
    IpcCall *call)
{
    AtOptions options = { .value = -1 };
    IpcHandle *shm = IpcFindHandle(call->interp, call->objv[1]);
    char number[24];

    IpcSetName(call, call->objv[1]);
    if (shm == NULL || shm->family != &ipcShm) {
	return IpcFail(call, EINVAL, Tcl_NewStringObj(
		"not the handle of a shared memory segment", -1));
    }
    IpcSetName(call, shm->name);
    if (IpcReadPlace(call, "offset", call->objv[2], &options.offset) != TCL_OK
	    || IpcReadOptions(call, 3, atOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    snprintf(number, sizeof(number), "%" PRId64, options.offset);
    IpcSetName(call, Tcl_ObjPrintf("%s+%s", Tcl_GetString(shm->name),
	    number));
    if (!shm->isOpen) {
	return IpcFail(call, EBADF, NULL);
    }
    options.shm = (IpcShmHandle *) shm;
    return IpcMakeHandle(call, &semAt, options.command, OpenAt, &options);
}

/*
 * FailSem --
 *
 *	Fails an open for err.
 */

static int
FailSem(
    const IpcCall *call,
    int err,
    const IpcOpenOptions *options)
{
    (void) options;
    return (err != ENOTSUP) ? IpcFail(call, err, NULL)
	    : IpcFail(call, err, Tcl_NewStringObj("its file is too short for"
		    " a semaphore: a program with another word size or another"
		    " C library created it, or a process has truncated it", -1));
}

/*
 * ExplainAt --
 *
 *	Returns what the message about err adds, for a semaphore in a segment.
 */

static Tcl_Obj *
ExplainAt(
    IpcHandle *handle,
    const void *request,
    int err)
{
    int64_t offset, size;

    (void) request;
    if (err != ERANGE) {
	return NULL;
    }
    OsSemGetPlace(((SemHandle *) handle)->sem, &offset, &size);
    return IpcDescribeAccess(offset, osSemSize, size);
}

/*
 * CloseSem --
 *
 *	Closes the semaphore, after giving back the units that bodies of "with"
 *	hold.
 */

static int
CloseSem(
    IpcHandle *handle)
{
    SemHandle *sem = (SemHandle *) handle;

    for (int held = sem->held; held > 0; held--) {
	Unhold(sem, sem->generation);
    }
    sem->held = 0;
    return OsSemClose(sem->sem);
}

/*
 * GetValue --
 *
 *	The attribute -value: the number of units that are free now.
 */

static int
GetValue(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    int value;
    int err = OsSemGetValue(((SemHandle *) record)->sem, &value);

    (void) offset;
    if (err == 0) {
	*valuePtr = Tcl_NewIntObj(value);
    }
    return err;
}

/*
 * AttemptAcquire --
 *
 *	Takes a unit, waiting for timeout nanoseconds if none is free.
 */

static int
AttemptAcquire(
    IpcHandle *handle,
    void *request,
    OsTime timeout)
{
    OsSem *sem = ((SemHandle *) handle)->sem;

    (void) request;
    return (timeout == OS_NOW) ? OsSemTryWait(sem) : OsSemWait(sem, timeout);
}

/*
 * AcquirePending, WatchSem, ServeSem --
 *
 *	Take units in the event loop, in the order of the calls. While calls
 *	wait, one unit is fetched at a time, because fetched units are lost if
 *	the process is killed.
 */

static int
AcquirePending(
    IpcHandle *handle,
    const void *request,
    Tcl_Obj **resultPtr)
{
    OsSem *sem = ((SemHandle *) handle)->sem;
    int err = OsSemTakeFetched(sem);

    (void) request;
    (void) resultPtr;
    return (err == EAGAIN) ? OsSemTryWait(sem) : err;
}

static int
WatchSem(
    IpcHandle *handle)
{
    return OsSemFetch(((SemHandle *) handle)->sem, IpcGetWatch(),
	    &handle->item, handle->firstPending != NULL);
}

static void
ServeSem(
    IpcHandle *handle,
    int events)
{
    (void) events;
    if (IpcServePending(handle, OS_POSTED)) {
	if (handle->firstPending != NULL) {
	    IpcMakeReady(handle, 0);
	}
    } else {
	int err = WatchSem(handle);

	if (err != 0) {
	    IpcFailPending(handle, err);
	}
    }
}

/*
 * AcquireMethod --
 *
 *	$sem acquire ?-timeout seconds? ?-command prefix?
 */

static int
AcquireMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    IpcWaitOptions options = IPC_WAIT_DEFAULTS;

    if (IpcReadOptions(call, 2, ipcWaitOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    if (IpcCompletesLater(call, &options)) {
	return IpcStartPending(call, handle, &(IpcPendingSpec) {
	    .attempt = AcquirePending,
	    .event = OS_POSTED,
	    .wait = options
	});
    }
    return IpcWait(call, handle, options.timeout, AttemptAcquire, NULL);
}

/*
 * PostMany --
 *
 *	Releases count units, and counts them in *releasedPtr. Two billion units
 *	take a minute, so Tcl is served meanwhile. Returns TCL_OK and stores 0
 *	or an errno value in *errPtr, or returns the code with which the call is
 *	to end.
 */

static int
PostMany(
    SemHandle *sem,
    const IpcCall *call,
    int64_t count,
    int64_t *releasedPtr,
    int *errPtr)
{
    const int64_t burst = 1 << 16;
    bool hadSignal;
    int code = TCL_OK;

    while (code == TCL_OK && *errPtr == 0 && *releasedPtr < count) {
	*errPtr = OsSemPost(sem->sem);
	*releasedPtr += (*errPtr == 0);
	if (*releasedPtr % burst == 0) {
	    code = IpcServeTcl(call, &hadSignal);
	    if (*errPtr == 0 && *releasedPtr < count
		    && !IpcIsUsable(&sem->handle)) {
		*errPtr = EBADF;
	    }
	}
    }
    return code;
}

/*
 * ReleaseMany --
 *
 *	Releases count units, or none if they would exceed the maximum value.
 *	Other processes release units too, so the call may still fail midway.
 */

static int
ReleaseMany(
    SemHandle *sem,
    const IpcCall *call,
    int64_t count)
{
    int64_t most = OsGetFact(OS_SEM_VALUE_MAX);
    int64_t released = 0;
    char text[128];
    int value = 0, code;
    int err = OsSemGetValue(sem->sem, &value);

    if (err == ENOSYS) {
	err = 0;
    } else if (err == 0 && count > most - value) {
	snprintf(text, sizeof(text), "%d %s free, and a semaphore holds at most"
		" %" PRId64, value, value == 1 ? "unit is" : "units are", most);
	return IpcFail(call, EOVERFLOW, Tcl_NewStringObj(text, -1));
    }
    IpcHoldHandle(&sem->handle);
    code = PostMany(sem, call, count, &released, &err);
    if (code == TCL_OK && err != 0) {
	snprintf(text, sizeof(text), "after %" PRId64 " of %" PRId64,
		released, count);
	code = IpcFail(call, err, Tcl_NewStringObj(text, -1));
    }
    IpcDropHandle(&sem->handle);
    return code;
}

/*
 * ReleaseMethod --
 *
 *	$sem release ?count?
 */

static int
ReleaseMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    SemHandle *sem = (SemHandle *) handle;
    int64_t count;
    int err;

    if (call->objc == 3) {
	if (IpcReadCount(call, "count", call->objv[2], &count) != TCL_OK) {
	    return TCL_ERROR;
	}
	return ReleaseMany(sem, call, count);
    }
    err = OsSemPost(sem->sem);
    return (err == 0) ? TCL_OK : IpcFailHandle(call, handle, NULL, err);
}

/*
 * EndWith --
 *
 *	The body of "with" has ended in any way: releases the unit, unless
 *	closing the handle has done so. No script runs here, so it also works
 *	if the coroutine or the interpreter is being deleted. The second datum
 *	is not a pointer but the generation of the process that took the unit.
 */

static int
EndWith(
    ClientData data[],
    Tcl_Interp *interp,
    int result)
{
    SemHandle *sem = data[0];
    IpcCall release = IpcNameHandle(&sem->handle, "release");
    unsigned generation = (unsigned) (uintptr_t) data[1];
    int err;

    IpcTraceScript(interp, result, "\"with\" body");
    err = Unhold(sem, generation);
    if (err != 0 && result != TCL_ERROR) {
	result = IpcFailHandle(&release, &sem->handle, NULL, err);
    }
    IpcDropHandle(&sem->handle);
    return result;
}

/*
 * WithMethod --
 *
 *	$sem with ?-timeout seconds? body
 */

static int
WithMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    SemHandle *sem = (SemHandle *) handle;
    IpcWaitOptions options = IPC_WAIT_DEFAULTS;
    IpcCall acquire = *call;
    int code;

    if (call->objc % 2 == 0) {
	return IpcFailUsage(call);
    }
    acquire.objc--;
    if (IpcReadOptions(&acquire, 2, ipcTimeoutOption, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    code = IpcWait(&acquire, handle, options.timeout, AttemptAcquire, NULL);
    if (code != TCL_OK) {
	return code;
    }
    Hold(sem);
    IpcHoldHandle(handle);
    Tcl_NRAddCallback(call->interp, EndWith, sem,
	    (ClientData) (uintptr_t) sem->generation, NULL, NULL);
    return Tcl_NREvalObj(call->interp, call->objv[call->objc - 1], 0);
}

/*
 * The tables of this family.
 */

static const IpcSubcommand subcommands[] = {
    { "open",	OpenCommand,	"open",	1, -1,
	    "name ?-flags list? ?-mode mode? ?-value n? ?-as command?" },
    { "at",	AtCommand,	"open",	2, -1,
	    "shm offset ?-value n? ?-as command?" },
    IPC_CATALOG_SUBCOMMANDS
};

static const IpcMethod methods[] = {
    { "acquire", AcquireMethod,	"acquire", 0, -1,
	    "?-timeout seconds? ?-command prefix?", IPC_CAN_AWAIT },
    { "release", ReleaseMethod,	"release", 0, 1, "?count?", 0 },
    { "with",	WithMethod,	"acquire", 1, -1, "?-timeout seconds? body", 0 },
    { "cancel",	IpcCancelMethod, "cancel a call on", 1, 1, "token", 0 },
    IPC_COMMON_METHODS
};

static const IpcAttribute attributes[] = {
    IPC_COMMON_ATTRIBUTES,
    { "-value",	GetValue,	0, NULL, false },
    { NULL, NULL, 0, NULL, false }
};

static const IpcInfoKey infoKeys[] = {
    { "value",	OS_INFO_VALUE,	IpcGetInt, offsetof(OsInfo, value) },
    { "waiters", OS_INFO_WAITERS, IpcGetInt, offsetof(OsInfo, waiters) },
    { NULL, 0, NULL, 0 }
};

const IpcFamily ipcSem = {
    .os = &osSemFamily,
    .noun = "semaphore",
    .prefix = "sem",
    .handleSize = sizeof(SemHandle),
    .subcommands = subcommands,
    .methods = methods,
    .attributes = attributes,
    .infoKeys = infoKeys,
    .open = OpenSem,
    .fail = FailSem,
    .close = CloseSem,
    .unlink = OsSemUnlink,
    .watch = WatchSem,
    .serve = ServeSem
};

static const IpcFamily semAt = {
    .os = &osShmFamily,
    .noun = "semaphore",
    .prefix = "sem",
    .handleSize = sizeof(SemHandle),
    .methods = methods,
    .attributes = attributes,
    .close = CloseSem,
    .explain = ExplainAt,
    .watch = WatchSem,
    .serve = ServeSem
};
