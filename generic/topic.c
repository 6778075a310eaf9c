/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * topic.c --
 *
 *	Topics: posix_ipc::topic open and its handles.
 *
 *	A handle has only one position, so its pending calls are served in
 *	order, and each message goes to one of them.
 *
 *	The watch reports only once that there is something to read. So a handle
 *	is served again as long as it is readable, with one callback per event.
 *	The topic is watched again only after that, because watching costs more
 *	than a message.
 */

#include "topic.h"
#include "error.h"
#include "field.h"
#include "message.h"
#include "method.h"
#include "open.h"
#include "pending.h"
#include "script.h"
#include "shared.h"
#include "text.h"
#include "wait.h"

#include <errno.h>

typedef struct TopicHandle {
    IpcHandle handle;
    OsTopic *topic;
    int readonly;
    Tcl_Encoding encoding;	/* NULL: binary */
    Tcl_Obj *script;		/* of "event readable", or NULL */
    bool isScriptsTurn;		/* before a pending call */
    bool isWatched;		/* so watching it cannot fail any more */
} TopicHandle;

/*
 * ReadRoom, ReadStart --
 *
 *	ReadRoom reads the room of a new topic into an int64_t. ReadStart reads
 *	where a reader begins into an OsTopicStart.
 */

static int
ReadRoom(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    return IpcReadInteger(call, what, value, 4096, INT64_C(1) << 31, where);
}

static int
ReadStart(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    static const char *const starts[] = { "new", "oldest", "latest", NULL };
    int index;

    if (Tcl_GetIndexFromObj(call->interp, value, starts, what, TCL_EXACT,
	    &index) != TCL_OK) {
	return TCL_ERROR;
    }
    *(OsTopicStart *) where = (OsTopicStart) index;
    return TCL_OK;
}

/*
 * OpenCommand, OpenTopic, CloseTopic --
 *
 *	posix_ipc::topic open name ?-flags list? ?-mode mode? ?-size bytes?
 *	    ?-from where? ?-encoding enc? ?-readonly bool? ?-as command?
 */

typedef struct OpenOptions {
    IpcOpenOptions common;
    int64_t size;		/* bytes */
    OsTopicStart start;
    int readonly;
    Tcl_Obj *encoding;		/* NULL: none */
} OpenOptions;

static const IpcOption openOptions[] = {
    IPC_OPEN_OPTIONS(IpcReadFlags),
    { "-size",	ReadRoom,	offsetof(OpenOptions, size) },
    { "-from",	ReadStart,	offsetof(OpenOptions, start) },
    { "-encoding", IpcReadEncoding, offsetof(OpenOptions, encoding) },
    { "-readonly", IpcReadBoolean, offsetof(OpenOptions, readonly) },
    { NULL, NULL, 0 }
};

static int
OpenCommand(
    IpcCall *call)
{
    OpenOptions options = {
	.common = IPC_OPEN_DEFAULTS, .size = 1 << 20, .start = OS_TOPIC_NEW
    };

    IpcSetName(call, call->objv[1]);
    if (IpcReadOptions(call, 2, openOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    if (options.readonly && ((options.common.flags & OS_CREAT)
	    || Tcl_GetString(call->name)[0] == '\0')) {
	return IpcFail(call, EACCES, Tcl_NewStringObj(
		"-readonly 1 can't create a topic", -1));
    }
    return IpcOpen(call, &options.common);
}

static int
OpenTopic(
    IpcHandle *handle,
    const char *name,
    const IpcOpenOptions *common)
{
    const OpenOptions *options = (const OpenOptions *) common;
    TopicHandle *self = (TopicHandle *) handle;
    OsTopicRequest request = {
	.flags = common->flags, .mode = (mode_t) common->mode,
	.size = (uint64_t) options->size, .start = options->start,
	.readonly = options->readonly != 0
    };
    int err = OsTopicOpen(name, &request, &handle->object, &self->topic);

    if (err == 0) {
	self->readonly = options->readonly;
	IpcSetEncoding(&self->encoding, options->encoding);
    }
    return err;
}

static int
CloseTopic(
    IpcHandle *handle)
{
    TopicHandle *self = (TopicHandle *) handle;

    IpcSetScript(&self->script, NULL);
    IpcSetEncoding(&self->encoding, NULL);
    OsTopicClose(self->topic);
    self->topic = NULL;
    return 0;
}

/*
 * GetSize, GetPublished --
 *
 *	Attributes.
 */

static int
GetSize(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    (void) offset;
    *valuePtr = IpcNewInteger((int64_t)
	    OsTopicGetSize(((TopicHandle *) record)->topic));
    return 0;
}

static int
GetPublished(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    OsTopicState state;
    int err = OsTopicGetState(((TopicHandle *) record)->topic, &state);

    (void) offset;
    if (err == 0) {
	*valuePtr = IpcNewInteger((int64_t) state.published);
    }
    return (err == EBUSY) ? ETIMEDOUT : err;
}

/*
 * ExplainTopic --
 *
 *	Returns what the message about err adds.
 */

static Tcl_Obj *
ExplainTopic(
    IpcHandle *handle,
    const void *request,
    int err)
{
    OsTrouble trouble;

    (void) request;
    OsTopicFindTrouble(((TopicHandle *) handle)->topic, &trouble);
    return IpcExplainTrouble(&trouble, err);
}

/*
 * PublishMethod --
 *
 *	$topic publish message
 */

static int
PublishMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    TopicHandle *self = (TopicHandle *) handle;
    IpcMessage message;
    int err, code;

    if (self->readonly) {
	return IpcFailReadonly(call);
    }
    code = IpcReadMessage(call, call->objv[2], self->encoding, &message);
    if (code == TCL_OK) {
	err = OsTopicPublish(self->topic, message.bytes, message.length);
	if (err == EMSGSIZE) {
	    code = IpcFail(call, err, Tcl_ObjPrintf(
		    "the topic takes messages of at most %ld bytes",
		    (long) (OsTopicGetSize(self->topic) / 2)));
	} else if (err != 0) {
	    code = IpcFailShared(call, handle, err);
	}
    }
    IpcFreeMessage(&message);
    return code;
}

/*
 * A message that is being received, and its room.
 */

typedef struct Room {
    OsTopicMessage message;
    IpcRoom space;
} Room;

static void
InitRoom(
    Room *room)
{
    IpcInitRoom(&room->space, &room->message.bytes, &room->message.room);
}

static int
EnlargeRoom(
    Room *room)
{
    return IpcEnlargeRoom(&room->space, room->message.length,
	    &room->message.bytes, &room->message.room);
}

/*
 * NewMessageObj --
 *
 *	Returns the Tcl value of a received message.
 */

static Tcl_Obj *
NewMessageObj(
    const TopicHandle *self,
    Room *room)
{
    return IpcTakeMessage(&room->space, self->encoding, room->message.bytes,
	    room->message.length);
}

/*
 * NewReceivedObj --
 *
 *	Returns a list of a message and the number of those missed before it.
 */

static Tcl_Obj *
NewReceivedObj(
    const TopicHandle *self,
    Room *room)
{
    Tcl_Obj *words[2] = {
	NewMessageObj(self, room),
	IpcNewInteger((int64_t) room->message.missed)
    };

    return Tcl_NewListObj(2, words);
}

/*
 * AttemptReceive, ReceivePending, ReceiveMethod --
 *
 *	$topic receive ?-timeout seconds? ?-command prefix?
 */

static int
AttemptReceive(
    IpcHandle *handle,
    void *request,
    OsTime timeout)
{
    OsTopic *topic = ((TopicHandle *) handle)->topic;
    Room *room = request;
    int err = OsTopicReceive(topic, &room->message, timeout);

    while (err == EMSGSIZE && (err = EnlargeRoom(room)) == 0) {
	err = OsTopicReceive(topic, &room->message, OS_NOW);
    }
    return (err == EBUSY) ? ETIMEDOUT : err;
}

static int
ReceivePending(
    IpcHandle *handle,
    const void *request,
    Tcl_Obj **resultPtr)
{
    Room room;
    int err;

    (void) request;
    InitRoom(&room);
    err = AttemptReceive(handle, &room, OS_NOW);
    if (err == 0) {
	*resultPtr = NewReceivedObj((TopicHandle *) handle, &room);
    }
    IpcFreeRoom(&room.space);
    return err;
}

static int
ReceiveMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    IpcWaitOptions options = IPC_WAIT_DEFAULTS;
    Room room;
    int code;

    if (IpcReadOptions(call, 2, ipcWaitOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    if (IpcCompletesLater(call, &options)) {
	return IpcStartPending(call, handle, &(IpcPendingSpec) {
	    .attempt = ReceivePending,
	    .event = OS_READABLE,
	    .wait = options
	});
    }
    InitRoom(&room);
    code = IpcWait(call, handle, options.timeout, AttemptReceive, &room);
    if (code == TCL_OK) {
	Tcl_SetObjResult(call->interp,
		NewReceivedObj((TopicHandle *) handle, &room));
    }
    IpcFreeRoom(&room.space);
    return code;
}

/*
 * LatestMethod --
 *
 *	$topic latest
 */

static int
LatestMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    TopicHandle *self = (TopicHandle *) handle;
    Room room;
    int err;

    InitRoom(&room);
    do {
	err = OsTopicReadLatest(self->topic, &room.message);
    } while (err == EMSGSIZE && (err = EnlargeRoom(&room)) == 0);
    if (err == 0) {
	Tcl_SetObjResult(call->interp, NewMessageObj(self, &room));
    }
    IpcFreeRoom(&room.space);
    return (err == 0) ? TCL_OK : (err != ENOENT)
	    ? IpcFailShared(call, handle, err)
	    : IpcFail(call, err, Tcl_NewStringObj(
		    "no message has been published yet", -1));
}

/*
 * RunScript --
 *
 *	Evaluates the script of "event readable" if the topic is readable.
 *	Returns whether it was.
 */

static bool
RunScript(
    TopicHandle *self)
{
    if (self->script == NULL || !OsTopicIsReadable(self->topic)) {
	return false;
    }
    IpcEvaluateScript(&self->handle, ipcReadableEvent, &self->script);
    return true;
}

/*
 * WatchTopic --
 *
 *	Called when a script is set, or when a pending call has ended. The watch
 *	is never removed, because it reports an unneeded event at most once. The
 *	first call shows whether the topic can be watched; if it cannot, the
 *	script is refused.
 */

static int
WatchTopic(
    IpcHandle *handle)
{
    TopicHandle *self = (TopicHandle *) handle;
    int err = 0;

    if (self->script != NULL) {
	if (!self->isWatched) {
	    err = OsTopicWatch(self->topic, IpcGetWatch(), &handle->item);
	    self->isWatched = (err == 0);
	}
	IpcMakeReady(handle, 0);
    }
    return (err == EBADMSG) ? 0 : err;
}

/*
 * ServeTopic --
 *
 *	Called when there may be something to read, or when a call is new: runs
 *	one callback, alternating between pending calls and the script. If there
 *	is nothing to read, watches the topic and then checks it again, so that
 *	no message is missed.
 */

static void
ServeTopic(
    IpcHandle *handle,
    int events)
{
    TopicHandle *self = (TopicHandle *) handle;
    bool isScriptsTurn = self->isScriptsTurn;
    int err;

    (void) events;
    self->isScriptsTurn = !isScriptsTurn;
    if ((isScriptsTurn && RunScript(self))
	    || IpcServePending(handle, OS_READABLE)
	    || (!isScriptsTurn && RunScript(self))) {
	IpcMakeReady(handle, 0);
	return;
    }
    if (handle->firstPending == NULL && self->script == NULL) {
	return;
    }
    err = OsTopicWatch(self->topic, IpcGetWatch(), &handle->item);
    if (err != 0 && err != EBADMSG) {
	IpcFailPending(handle, err);
    } else if (OsTopicIsReadable(self->topic)) {
	IpcMakeReady(handle, 0);
    }
}

/*
 * EventMethod --
 *
 *	$topic event readable ?script?
 */

static int
EventMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    return IpcEventMethod(handle, call, ipcReadableEvent,
	    &((TopicHandle *) handle)->script, OS_READABLE);
}

/*
 * InspectTopic --
 *
 *	The keys of info that only topics have: size, published, bytes; and
 *	the waiters of a topic.
 */

static int
InspectTopic(
    const char *name,
    Tcl_Obj *keys,
    Tcl_Obj *waiters)
{
    OsTopicState state;
    int err = OsTopicInspect(name, &state, (waiters != NULL) ? IpcAddWaiter
	    : NULL, waiters);

    if (err == 0 && keys != NULL) {
	IpcPut(keys, "size", (int64_t) state.size);
	IpcPut(keys, "published", (int64_t) state.published);
	IpcPut(keys, "bytes", (int64_t) state.bytes);
    }
    return err;
}

/*
 * The tables of this family.
 */

static const IpcSubcommand subcommands[] = {
    { "open",	OpenCommand,	"open",	1, -1,
	    "name ?-flags list? ?-mode mode? ?-size bytes? ?-from where?"
	    " ?-encoding enc? ?-readonly bool? ?-as command?" },
    IPC_CATALOG_SUBCOMMANDS
};

static const IpcMethod methods[] = {
    { "publish", PublishMethod,	"publish to", 1, 1, "message", 0 },
    { "receive", ReceiveMethod,	"receive from", 0, -1,
	    "?-timeout seconds? ?-command prefix?", IPC_CAN_AWAIT },
    { "latest",	LatestMethod,	"read the latest message of", 0, 0, NULL, 0 },
    { "event",	EventMethod,	"watch", 1, 2, "readable ?script?", 0 },
    { "cancel",	IpcCancelMethod, "cancel a call on", 1, 1, "token", 0 },
    IPC_COMMON_METHODS
};

static const IpcAttribute attributes[] = {
    IPC_COMMON_ATTRIBUTES,
    { "-size",	GetSize,	0, NULL, false },
    { "-encoding", IpcGetEncoding, offsetof(TopicHandle, encoding),
	    IpcConfigureEncoding, false },
    { "-readonly", IpcGetInt,	offsetof(TopicHandle, readonly), NULL, false },
    { "-published", GetPublished, 0, NULL, false },
    { NULL, NULL, 0, NULL, false }
};

const IpcFamily ipcTopic = {
    .os = &osTopicFamily,
    .noun = "topic",
    .prefix = "topic",
    .handleSize = sizeof(TopicHandle),
    .subcommands = subcommands,
    .methods = methods,
    .attributes = attributes,
    .open = OpenTopic,
    .fail = IpcFailSharedOpen,
    .close = CloseTopic,
    .unlink = OsTopicUnlink,
    .watch = WatchTopic,
    .serve = ServeTopic,
    .explain = ExplainTopic,
    .inspect = InspectTopic
};
