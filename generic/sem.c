/*
 * sem.c --
 *
 *	Semaphores: posix_ipc::sem open and its handles.
 */

#include "posixIpc.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct SemHandle {
    IpcHandle handle;
    OsSem *sem;
    int held;			/* units that bodies of "with" hold */
    pid_t holder;		/* in this process */
} SemHandle;

/*
 * Hold, LetGo --
 *
 *	A body of "with" holds one more unit; one less, which is released
 *	in the process that took it, and not in one that was forked meanwhile.
 *	LetGo returns 0 or an errno value.
 */

static void
Hold(
    SemHandle *sem)
{
    if (sem->holder != getpid()) {
	sem->holder = getpid();
	sem->held = 0;
    }
    sem->held++;
}

static int
LetGo(
    SemHandle *sem,
    pid_t holder)
{
    if (sem->held == 0 || holder != getpid()) {
	return 0;
    }
    sem->held--;
    return OsSemPost(sem->sem);
}

/*
 * OpenSem, CloseSem --
 *
 *	What handle.c asks of a family.
 */

static int
OpenSem(
    IpcHandle *handle,
    const char *name,
    const IpcOpenOptions *options)
{
    return OsSemOpen(name, options->flags, (mode_t) options->mode,
	    (unsigned) options->value, &((SemHandle *) handle)->sem);
}

static int
CloseSem(
    IpcHandle *handle)
{
    SemHandle *sem = (SemHandle *) handle;

    for (int held = sem->held; held > 0; held--) {
	LetGo(sem, sem->holder);
    }
    sem->held = 0;
    return OsSemClose(sem->sem);
}

/*
 * GetValue --
 *
 *	The attribute -value: units that are free now.
 */

static int
GetValue(
    IpcHandle *handle,
    Tcl_Obj **valuePtr)
{
    int value;
    int err = OsSemGetValue(((SemHandle *) handle)->sem, &value);

    if (err == 0) {
	*valuePtr = Tcl_NewIntObj(value);
    }
    return err;
}

/*
 * The options of calls that wait.
 */

typedef struct WaitOptions {
    OsTime timeout;
    Tcl_Obj *prefix;
} WaitOptions;

static const IpcOption acquireOptions[] = {
    { "-timeout", IpcReadTimeout, offsetof(WaitOptions, timeout) },
    { "-command", IpcReadPrefix, offsetof(WaitOptions, prefix) },
    { NULL, NULL, 0 }
};

static const IpcOption withOptions[] = {
    { "-timeout", IpcReadTimeout, offsetof(WaitOptions, timeout) },
    { NULL, NULL, 0 }
};

/*
 * AttemptAcquire, Acquire --
 *
 *	Take a unit, waiting for it if need be. A free one is taken without
 *	looking when the wait would end.
 */

static int
AttemptAcquire(
    IpcHandle *handle,
    void *request,
    OsTime timeout)
{
    (void) request;
    return OsSemWait(((SemHandle *) handle)->sem, timeout);
}

static int
Acquire(
    IpcHandle *handle,
    const IpcCall *call,
    OsTime timeout)
{
    int err = OsSemTryWait(((SemHandle *) handle)->sem);

    if (err == EAGAIN && timeout != 0) {
	return IpcWait(call, handle, timeout, AttemptAcquire, NULL);
    }
    return (err == 0) ? TCL_OK : IpcFail(call, err, NULL);
}

/*
 * AcquireLater, WatchSem, ServeSem --
 *
 *	Take units from the event loop, in the order of the calls. While some
 *	wait, one unit is fetched at a time: it would be lost with the process.
 */

static int
AcquireLater(
    IpcHandle *handle,
    const IpcAsync *call,
    Tcl_Obj **resultPtr)
{
    OsSem *sem = ((SemHandle *) handle)->sem;
    int err = OsSemTakeFetched(sem);

    (void) call;
    (void) resultPtr;
    return (err == EAGAIN) ? OsSemTryWait(sem) : err;
}

static int
WatchSem(
    IpcHandle *handle)
{
    return OsSemFetch(((SemHandle *) handle)->sem, IpcGetWatch(), handle,
	    handle->calls > 0);
}

static void
ServeSem(
    IpcHandle *handle,
    int events)
{
    (void) events;
    if (IpcServeCall(handle, OS_POSTED)) {
	if (handle->calls > 0) {
	    IpcMakeReady(handle, 0);
	}
    } else {
	int err = WatchSem(handle);

	if (err != 0) {
	    IpcFailCalls(handle, err);
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
    WaitOptions options = { .timeout = OS_NEVER };

    if (IpcReadOptions(call, 2, acquireOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    if (options.prefix != NULL || call->await != NULL) {
	return IpcStart(call, handle, &(IpcAsyncSpec) {
	    .attempt = AcquireLater,
	    .event = OS_POSTED,
	    .timeout = options.timeout,
	    .prefix = options.prefix
	});
    }
    return Acquire(handle, call, options.timeout);
}

/*
 * PostMany --
 *
 *	Releases count units, and counts them in *releasedPtr. Tcl is served
 *	meanwhile, for two thousand million take a minute. Returns TCL_OK with
 *	an errno value in *errPtr, or the code with which the call is to end.
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
 *	Releases count units, or none where the value shows that they would
 *	be too many. Others release too, so it may stop short all the same.
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
	snprintf(text, sizeof(text), "%" PRId64 " more than the %d that are"
		" free exceed %" PRId64, count, value, most);
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
    return (err == 0) ? TCL_OK : IpcFail(call, err, NULL);
}

/*
 * EndWith --
 *
 *	The body of "with" has ended, in whatever way: releases the unit,
 *	unless closing the handle has done so. No script runs here, so it
 *	works for a coroutine or an interpreter that is being deleted. The
 *	second datum is no pointer, but the process that took the unit.
 */

static int
EndWith(
    ClientData data[],
    Tcl_Interp *interp,
    int result)
{
    SemHandle *sem = data[0];
    IpcCall release = {
	.interp = interp, .verb = "release", .family = &ipcSem,
	.name = sem->handle.name
    };
    pid_t holder;
    int err;

    if (result == TCL_ERROR) {
	Tcl_AppendObjToErrorInfo(interp, Tcl_ObjPrintf(
		"\n    (\"with\" body line %d)", Tcl_GetErrorLine(interp)));
    }
    memcpy(&holder, &data[1], sizeof(holder));
    err = LetGo(sem, holder);
    if (err != 0 && result != TCL_ERROR) {
	result = IpcFail(&release, err, NULL);
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
    WaitOptions options = { .timeout = OS_NEVER };
    IpcCall acquire = *call;
    ClientData holder = NULL;
    int code;

    if (call->objc % 2 == 0) {
	return IpcFailUsage(call);
    }
    acquire.objc--;
    if (IpcReadOptions(&acquire, 2, withOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    code = Acquire(handle, &acquire, options.timeout);
    if (code != TCL_OK) {
	return code;
    }
    Hold(sem);
    IpcHoldHandle(handle);
    memcpy(&holder, &sem->holder, sizeof(sem->holder));
    Tcl_NRAddCallback(call->interp, EndWith, sem, holder, NULL, NULL);
    return Tcl_NREvalObj(call->interp, call->objv[call->objc - 1], 0);
}

/*
 * The tables of this family.
 */

static const IpcOption openOptions[] = {
    IPC_COMMON_OPTIONS,
    { "-value",	IpcReadSemValue, offsetof(IpcOpenOptions, value) },
    { NULL, NULL, 0 }
};

static const IpcMethod methods[] = {
    { "acquire", AcquireMethod,	"acquire", 0, -1,
	    "?-timeout seconds? ?-command prefix?", IPC_CAN_AWAIT },
    { "release", ReleaseMethod,	"release", 0, 1, "?count?", 0 },
    { "with",	WithMethod,	"acquire", 1, -1, "?-timeout seconds? body", 0 },
    { "cancel",	IpcCancelMethod, "cancel", 1, 1, "token", 0 },
    IPC_COMMON_METHODS
};

static const IpcAttribute attributes[] = {
    { "-name",	IpcGetName,	NULL,	true },
    { "-value",	GetValue,	NULL,	false },
    { NULL, NULL, NULL, false }
};

const IpcFamily ipcSem = {
    .id = OS_SEM,
    .noun = "semaphore",
    .prefix = "sem",
    .handleSize = sizeof(SemHandle),
    .openUsage = "name ?-flags list? ?-mode mode? ?-value n? ?-as command?",
    .openOptions = openOptions,
    .methods = methods,
    .attributes = attributes,
    .open = OpenSem,
    .close = CloseSem,
    .unlink = OsSemUnlink,
    .watch = WatchSem,
    .serve = ServeSem
};
