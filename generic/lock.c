/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lock.c --
 *
 *	Locks that survive their owner: posix_ipc::lock open and its handles,
 *	except the methods in lockPermits.c, lockNotify.c and lockWith.c. A
 *	handle holds one grant at a time.
 */

#include "lock.h"
#include "error.h"
#include "field.h"
#include "lockHandle.h"
#include "method.h"
#include "object.h"
#include "open.h"
#include "package.h"
#include "shared.h"
#include "text.h"

#include <errno.h>

/*
 * OpenCommand, OpenLock --
 *
 *	posix_ipc::lock open name ?-flags list? ?-mode mode? ?-permits n?
 *	    ?-as command?
 */

typedef struct OpenOptions {
    IpcOpenOptions common;
    int64_t permits;
} OpenOptions;

static int
ReadAllPermits(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    return IpcReadInteger(call, what, value, 1, 1000000, where);
}

static const IpcOption openOptions[] = {
    IPC_OPEN_OPTIONS(IpcReadFlags),
    { "-permits", ReadAllPermits, offsetof(OpenOptions, permits) },
    { NULL, NULL, 0 }
};

static int
OpenCommand(
    IpcCall *call)
{
    OpenOptions options = { .common = IPC_OPEN_DEFAULTS, .permits = 1 };

    IpcSetName(call, call->objv[1]);
    return (IpcReadOptions(call, 2, openOptions, &options) != TCL_OK)
	    ? TCL_ERROR : IpcOpen(call, &options.common);
}

static int
OpenLock(
    IpcHandle *handle,
    const char *name,
    const IpcOpenOptions *options)
{
    LockHandle *self = (LockHandle *) handle;

    self->lastEvent = EVENT_FIRST_WAIT;
    return OsLockOpen(name, options->flags, (mode_t) options->mode,
	    (uint32_t) ((const OpenOptions *) options)->permits,
	    &handle->object, &self->lock);
}

/*
 * CloseLock --
 *
 *	Closes the lock. If the interpreter is being deleted or the thread
 *	exits, the data that the lock protects may be half changed, so the close
 *	is not clean.
 */

static int
CloseLock(
    IpcHandle *handle)
{
    LockHandle *self = (LockHandle *) handle;
    bool isClean = !handle->package->isEnding
	    && !Tcl_InterpDeleted(handle->item.interp);

    while (self->waits != NULL) {
	LockFreeWait(self, self->waits);
    }
    OsLockClose(self->lock, isClean);
    self->lock = NULL;
    return 0;
}

/*
 * GetState --
 *
 *	The attributes -permits, -free, -held and -abandoned: a field of the
 *	state.
 */

static int
GetState(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    OsLockState state;
    int err = OsLockGetState(((LockHandle *) record)->lock, &state);

    if (err == 0) {
	*valuePtr = IpcNewInteger(*(uint32_t *) ((char *) &state + offset));
    }
    return (err == EBUSY) ? ETIMEDOUT : err;
}

/*
 * ExplainLock --
 *
 *	Returns what the message about err adds.
 */

static Tcl_Obj *
ExplainLock(
    IpcHandle *handle,
    const void *request,
    int err)
{
    OsTrouble trouble;

    (void) request;
    OsLockFindTrouble(((LockHandle *) handle)->lock, &trouble);
    return IpcExplainTrouble(&trouble, err);
}

/*
 * WatchLock --
 *
 *	Called when a pending call has ended: stops watching for events that
 *	only this call waited for. The calls behind it may want fewer permits,
 *	so they are tried.
 */

static int
WatchLock(
    IpcHandle *handle)
{
    LockHandle *self = (LockHandle *) handle;
    bool needsLine = IpcIsPending(handle, EVENT_PERMITS);
    LockWait *next;

    for (LockWait *wait = self->waits; wait != NULL; wait = next) {
	next = wait->next;
	if (!IpcIsPending(handle, wait->event)) {
	    LockFreeWait(self, wait);
	} else {
	    needsLine |= wait->isOver;
	}
    }
    if (!needsLine) {
	OsLockLeaveLine(self->lock);
    }
    if (handle->firstPending != NULL) {
	IpcMakeReady(handle, 0);
    }
    LockShowPending(self);
    return 0;
}

/*
 * ServeCalls --
 *
 *	Tries the calls that wait. Returns whether a callback was run.
 */

static bool
ServeCalls(
    LockHandle *self)
{
    for (LockWait *wait = self->waits; wait != NULL; wait = wait->next) {
	if (IpcServePending(&self->handle, wait->event)) {
	    return true;
	}
    }
    return IpcServePending(&self->handle, EVENT_PERMITS);
}

/*
 * ServeLock --
 *
 *	Called when an event that pending calls wait for may have happened. The
 *	watch is set before the calls are tried, so that no event in between is
 *	missed.
 */

static void
ServeLock(
    IpcHandle *handle,
    int events)
{
    LockHandle *self = (LockHandle *) handle;
    int err;

    (void) events;
    if (handle->firstPending == NULL) {
	return;
    }
    err = OsLockWatch(self->lock, IpcGetWatch(), &handle->item);
    if (err != 0 && err != EBADMSG) {
	IpcFailPending(handle, err);
	WatchLock(handle);
	return;
    }
    if (!ServeCalls(self)) {
	if (self->waits != NULL) {
	    LockShowPending(self);	/* a wait may acquire again now */
	}
    } else if (handle->firstPending != NULL) {
	IpcMakeReady(handle, 0);
    }
}

/*
 * AddOwner, InspectLock --
 *
 *	The keys of info that only locks have: permits, free, abandoned,
 *	owners and waiters; and the waiters of a lock.
 */

static int
AddOwner(
    void *data,
    pid_t pid,
    uint32_t permits)
{
    Tcl_Obj *words[2] = {
	IpcNewInteger(pid), IpcNewInteger(permits)
    };

    Tcl_ListObjAppendElement(NULL, data, Tcl_NewListObj(2, words));
    return 0;
}

static int
InspectLock(
    const char *name,
    Tcl_Obj *keys,
    Tcl_Obj *waiters)
{
    Tcl_Obj *owners = Tcl_NewListObj(0, NULL);
    OsLockState state;
    int err;

    Tcl_IncrRefCount(owners);
    err = (keys == NULL)
	    ? OsLockInspect(name, &state, NULL, IpcAddWaiter, waiters)
	    : OsLockInspect(name, &state, AddOwner, NULL, owners);
    if (err == 0 && keys != NULL) {
	IpcPut(keys, "permits", state.permits);
	IpcPut(keys, "free", state.free);
	IpcPut(keys, "abandoned", state.deadPid);
	Tcl_ListObjAppendElement(NULL, keys, Tcl_NewStringObj("owners", -1));
	Tcl_ListObjAppendElement(NULL, keys, owners);
	IpcPut(keys, "waiters", state.waiters);
    }
    Tcl_DecrRefCount(owners);
    return err;
}

/*
 * The tables of this family.
 */

_Static_assert(sizeof(pid_t) == sizeof(uint32_t), "GetState gets a pid_t");

static const IpcSubcommand subcommands[] = {
    { "open",	OpenCommand,	"open",	1, -1,
	    "name ?-flags list? ?-mode mode? ?-permits n? ?-as command?" },
    IPC_CATALOG_SUBCOMMANDS
};

static const IpcMethod methods[] = {
    { "acquire", LockAcquireMethod, "acquire", 0, -1, "?-permits k?"
	    " ?-timeout seconds? ?-takeover bool? ?-command prefix?",
	    IPC_CAN_AWAIT },
    { "release", LockReleaseMethod, "release", 0, 2, "?-abandon bool?", 0 },
    { "with",	LockWithMethod,	"acquire", 1, -1, "?-permits k?"
	    " ?-timeout seconds? ?-recover script? body", 0 },
    { "wait",	LockWaitMethod,	"wait for a notification of", 0, -1,
	    "?-timeout seconds? ?-command prefix?", IPC_CAN_AWAIT },
    { "notify",	LockNotifyMethod, "notify waiters of", 0, 1, "?count?", 0 },
    { "cancel",	IpcCancelMethod, "cancel a call on", 1, 1, "token", 0 },
    IPC_COMMON_METHODS
};

static const IpcAttribute attributes[] = {
    IPC_COMMON_ATTRIBUTES,
    { "-permits", GetState,	offsetof(OsLockState, permits), NULL, false },
    { "-free",	GetState,	offsetof(OsLockState, free), NULL, false },
    { "-held",	GetState,	offsetof(OsLockState, held), NULL, false },
    { "-abandoned", GetState, offsetof(OsLockState, deadPid), NULL, false },
    { NULL, NULL, 0, NULL, false }
};

const IpcFamily ipcLock = {
    .os = &osLockFamily,
    .noun = "lock",
    .prefix = "lock",
    .handleSize = sizeof(LockHandle),
    .subcommands = subcommands,
    .methods = methods,
    .attributes = attributes,
    .open = OpenLock,
    .fail = IpcFailSharedOpen,
    .close = CloseLock,
    .unlink = OsLockUnlink,
    .watch = WatchLock,
    .serve = ServeLock,
    .explain = ExplainLock,
    .refine = LockRefine,
    .inspect = InspectLock
};
