/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring.c --
 *
 *	Rings: posix_ipc::ring open and its handles. ringSend.c and
 *	ringReceive.c send and receive; ringPeek.c peeks at messages.
 *
 *	The event loop first tries the scripts and pending calls of a handle.
 *	Only if there was nothing to do does it watch the ring, because watching
 *	costs as much as several messages. Then it tries the handle again, so
 *	that no event in between is missed.
 */

#include "ring.h"
#include "error.h"
#include "field.h"
#include "message.h"
#include "method.h"
#include "open.h"
#include "pending.h"
#include "ringPeek.h"
#include "ringReceive.h"
#include "ringSend.h"
#include "script.h"
#include "shared.h"
#include "text.h"

#include <errno.h>

/*
 * OpenCommand, OpenRing, CloseRing --
 *
 *	posix_ipc::ring open name ?-flags list? ?-mode mode? ?-size bytes?
 *	    ?-encoding enc? ?-as command?
 */

typedef struct OpenOptions {
    IpcOpenOptions common;
    int64_t size;
    Tcl_Obj *encoding;		/* NULL: none */
} OpenOptions;

static int
ReadRingSize(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    return IpcReadInteger(call, what, value, 4096, INT64_C(1) << 32, where);
}

static const IpcOption openOptions[] = {
    IPC_OPEN_OPTIONS(IpcReadFlags),
    { "-size",	ReadRingSize,	offsetof(OpenOptions, size) },
    { "-encoding", IpcReadEncoding, offsetof(OpenOptions, encoding) },
    { NULL, NULL, 0 }
};

static int
OpenCommand(
    IpcCall *call)
{
    OpenOptions options = { .common = IPC_OPEN_DEFAULTS, .size = 1 << 20 };

    IpcSetName(call, call->objv[1]);
    return (IpcReadOptions(call, 2, openOptions, &options) != TCL_OK)
	    ? TCL_ERROR : IpcOpen(call, &options.common);
}

static int
OpenRing(
    IpcHandle *handle,
    const char *name,
    const IpcOpenOptions *common)
{
    const OpenOptions *options = (const OpenOptions *) common;
    RingHandle *self = (RingHandle *) handle;
    int err = OsRingOpen(name, common->flags, (mode_t) common->mode,
	    (uint64_t) options->size, &handle->object, &self->ring);

    if (err == 0) {
	IpcSetEncoding(&self->encoding, options->encoding);
    }
    return err;
}

static int
CloseRing(
    IpcHandle *handle)
{
    RingHandle *self = (RingHandle *) handle;

    IpcSetEncoding(&self->encoding, NULL);
    IpcSetScript(&self->scripts[0], NULL);
    IpcSetScript(&self->scripts[1], NULL);
    OsRingClose(self->ring);
    self->ring = NULL;
    return 0;
}

/*
 * GetState --
 *
 *	The attributes -size, -messages, -bytes and -taken: each is a field of
 *	the state.
 */

static int
GetState(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    OsRingState state;
    int err = OsRingGetState(((RingHandle *) record)->ring, &state);

    return (err == 0) ? IpcGetWide(&state, offset, valuePtr)
	    : (err == EBUSY) ? ETIMEDOUT : err;
}

/*
 * ExplainRing --
 *
 *	Returns what the message about err adds.
 */

static Tcl_Obj *
ExplainRing(
    IpcHandle *handle,
    const void *request,
    int err)
{
    OsTrouble trouble;

    (void) request;
    OsRingFindTrouble(((RingHandle *) handle)->ring, &trouble);
    return IpcExplainTrouble(&trouble, err);
}

/*
 * WatchRing --
 *
 *	Called when the events that scripts and pending calls wait for have
 *	changed: makes the event loop check the ring. The first watch for the
 *	event of a script can fail if the system has no memory or no thread for
 *	it; the method event reports that.
 */

static int
WatchRing(
    IpcHandle *handle)
{
    RingHandle *self = (RingHandle *) handle;
    int events = (self->scripts[0] != NULL ? OS_READABLE : 0)
	    | (self->scripts[1] != NULL ? OS_WRITABLE : 0);
    int err = 0;

    OsRingSetPending(self->ring, IpcCountPending(handle));
    if ((events & ~self->watched) != 0) {
	err = OsRingWatch(self->ring, IpcGetWatch(), events, &handle->item);
	self->watched |= (err == 0) ? events : 0;
    }
    if (events != 0) {
	IpcMakeReady(handle, 0);
    }
    return (err == EBADMSG) ? 0 : err;
}

/*
 * ServeTurn, ServeOne --
 *
 *	Serve one of the scripts and calls that may wait for the ring: the first
 *	in turn that need not wait. Return whether a callback was run.
 */

#define TURNS 4

static bool
ServeTurn(
    RingHandle *self,
    int turn)
{
    const IpcEvent *event = &ipcBothEvents[turn / 2];
    Tcl_Obj **script = &self->scripts[turn / 2];

    if (turn % 2 == 0) {
	return IpcServePending(&self->handle, event->event);
    }
    if (*script == NULL || !(OsRingPoll(self->ring) & event->event)) {
	return false;
    }
    IpcEvaluateScript(&self->handle, event, script);
    return true;
}

static bool
ServeOne(
    RingHandle *self)
{
    int first = self->turn;

    for (int i = 0; i < TURNS; i++) {
	self->turn = (first + i + 1) % TURNS;
	if (ServeTurn(self, (first + i) % TURNS)) {
	    return true;
	}
    }
    return false;
}

/*
 * ServeRing --
 *
 *	Called when an event that scripts or pending calls wait for may have
 *	happened.
 */

static void
ServeRing(
    IpcHandle *handle,
    int events)
{
    RingHandle *self = (RingHandle *) handle;
    int wanted = IpcGetWanted(handle, self->scripts), err;

    (void) events;
    OsRingSetPending(self->ring, IpcCountPending(handle));
    if (wanted == 0) {
	return;
    }
    if (ServeOne(self)) {
	IpcMakeReady(handle, 0);
	return;
    }
    err = OsRingWatch(self->ring, IpcGetWatch(), wanted, &handle->item);
    if (err != 0 && err != EBADMSG) {
	IpcFailPending(handle, err);
    } else if (ServeOne(self)) {
	IpcMakeReady(handle, 0);
    }
}

/*
 * InspectRing --
 *
 *	The keys of info that only rings have: size, messages, bytes, taken and
 *	waiters; and the waiters of a ring.
 */

static int
InspectRing(
    const char *name,
    Tcl_Obj *keys,
    Tcl_Obj *waiters)
{
    OsRingState state;
    int err = OsRingInspect(name, &state, (waiters != NULL) ? IpcAddWaiter
	    : NULL, waiters);

    if (err == 0 && keys != NULL) {
	IpcPut(keys, "size", state.size);
	IpcPut(keys, "messages", state.messages);
	IpcPut(keys, "bytes", state.bytes);
	IpcPut(keys, "taken", state.taken);
	IpcPut(keys, "waiters", state.waiters);
    }
    return err;
}

/*
 * EventMethod --
 *
 *	$ring event readable|writable ?script?
 */

static int
EventMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    return IpcEventMethod(handle, call, ipcBothEvents,
	    ((RingHandle *) handle)->scripts, OS_READABLE | OS_WRITABLE);
}

/*
 * The tables of this family.
 */

static const IpcSubcommand subcommands[] = {
    { "open",	OpenCommand,	"open",	1, -1,
	    "name ?-flags list? ?-mode mode? ?-size bytes? ?-encoding enc?"
	    " ?-as command?" },
    { "peek",	RingPeekCommand, "look into", 1, -1,
	    "name ?-max n? ?-bytes n?" },
    IPC_CATALOG_SUBCOMMANDS
};

static const IpcMethod methods[] = {
    { "send",	RingSendMethod,	"send to", 1, -1,
	    "message ?-timeout seconds? ?-command prefix?", IPC_CAN_AWAIT },
    { "sendlist", RingSendListMethod, "send to", 1, -1,
	    "messages ?-timeout seconds? ?-command prefix?", IPC_CAN_AWAIT },
    { "receive", RingReceiveMethod,	"receive from", 0, -1,
	    "?-timeout seconds? ?-command prefix?", IPC_CAN_AWAIT },
    { "receivelist", RingReceiveListMethod, "receive from", 0, -1,
	    "?-max n? ?-timeout seconds? ?-command prefix?", IPC_CAN_AWAIT },
    { "take",	RingTakeMethod,	"take from", 0, -1,
	    "?-timeout seconds? ?-command prefix?", IPC_CAN_AWAIT },
    { "ack",	RingAckMethod,	"acknowledge a message of", 1, 1, "token", 0 },
    { "requeue", RingRequeueMethod, "requeue a message of", 1, 1, "token", 0 },
    { "with",	RingWithMethod,	"take from", 2, -1,
	    "?-timeout seconds? varName body", 0 },
    { "event",	EventMethod,	"watch", 1, 2, "readable|writable ?script?",
	    0 },
    { "cancel",	IpcCancelMethod, "cancel a call on", 1, 1, "token", 0 },
    IPC_COMMON_METHODS
};

static const IpcAttribute attributes[] = {
    IPC_COMMON_ATTRIBUTES,
    { "-size",	GetState,	offsetof(OsRingState, size), NULL, false },
    { "-encoding", IpcGetEncoding, offsetof(RingHandle, encoding),
	    IpcConfigureEncoding, false },
    { "-messages", GetState,	offsetof(OsRingState, messages), NULL, false },
    { "-bytes",	GetState,	offsetof(OsRingState, bytes), NULL, false },
    { "-taken",	GetState,	offsetof(OsRingState, taken), NULL, false },
    { NULL, NULL, 0, NULL, false }
};

const IpcFamily ipcRing = {
    .os = &osRingFamily,
    .noun = "ring",
    .prefix = "ring",
    .handleSize = sizeof(RingHandle),
    .subcommands = subcommands,
    .methods = methods,
    .attributes = attributes,
    .open = OpenRing,
    .fail = IpcFailSharedOpen,
    .close = CloseRing,
    .unlink = OsRingUnlink,
    .watch = WatchRing,
    .serve = ServeRing,
    .explain = ExplainRing,
    .inspect = InspectRing
};
