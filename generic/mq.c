/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mq.c --
 *
 *	Message queues: posix_ipc::mq open and its handles. mqEvent.c has their
 *	events.
 */

#include "mq.h"
#include "catalog.h"
#include "error.h"
#include "field.h"
#include "message.h"
#include "method.h"
#include "mqEvent.h"
#include "open.h"
#include "pending.h"
#include "text.h"
#include "wait.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/*
 * ReadLimit, ReadMaxMessages, ReadMaxMessageSize --
 *
 *	Read a limit of a new queue, at least 1. There is no upper bound here,
 *	because only the system knows whether the caller may exceed its maximum.
 */

static int
ReadLimit(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    OsFact most,
    int64_t *where)
{
    int64_t limit;

    if (IpcGetInteger(call, value, &limit) != TCL_OK) {
	return TCL_ERROR;
    }
    return IpcReadInteger(call, what, value, 1,
	    (limit >= 1) ? LONG_MAX : OsGetFact(most), where);
}

static int
ReadMaxMessages(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    return ReadLimit(call, what, value, OS_MQ_MESSAGES_MAX, where);
}

static int
ReadMaxMessageSize(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    return ReadLimit(call, what, value, OS_MQ_SIZE_MAX, where);
}

/*
 * OpenCommand --
 *
 *	posix_ipc::mq open name ?-flags list? ?-mode mode? ?-maxmessages n?
 *	    ?-maxmessagesize n? ?-read bool? ?-write bool? ?-blocking bool?
 *	    ?-encoding enc? ?-as command?
 */

typedef struct OpenOptions {
    IpcOpenOptions common;
    int64_t maxMessages;	/* 0: the system's default */
    int64_t maxMessageSize;	/* bytes; 0: the system's default */
    int read;
    int write;
    int blocking;
    Tcl_Obj *encoding;		/* NULL: none */
} OpenOptions;

static const IpcOption openOptions[] = {
    IPC_OPEN_OPTIONS(IpcReadFlags),
    { "-maxmessages", ReadMaxMessages, offsetof(OpenOptions, maxMessages) },
    { "-maxmessagesize", ReadMaxMessageSize,
	    offsetof(OpenOptions, maxMessageSize) },
    { "-read",	IpcReadBoolean,	offsetof(OpenOptions, read) },
    { "-write",	IpcReadBoolean,	offsetof(OpenOptions, write) },
    { "-blocking", IpcReadBoolean, offsetof(OpenOptions, blocking) },
    { "-encoding", IpcReadEncoding, offsetof(OpenOptions, encoding) },
    { NULL, NULL, 0 }
};

static int
OpenCommand(
    IpcCall *call)
{
    OpenOptions options = {
	.common = IPC_OPEN_DEFAULTS, .read = 1, .write = 1, .blocking = 1
    };

    IpcSetName(call, call->objv[1]);
    if (IpcReadOptions(call, 2, openOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    if (!options.read && !options.write) {
	return IpcFail(call, EINVAL, Tcl_NewStringObj(
		"-read or -write must be true", -1));
    }
    return IpcOpen(call, &options.common);
}

/*
 * GetLimits --
 *
 *	Stores the limits of a new queue; both are zero if the options leave
 *	both to the system. Returns 0, or an errno value if only one is left to
 *	the system and its default cannot be read.
 */

static int
GetLimits(
    const OpenOptions *options,
    OsMqLimits *limits)
{
    int64_t messages = options->maxMessages, size = options->maxMessageSize;
    int err = 0;

    if (messages == 0 && size != 0) {
	err = OsReadFact(OS_MQ_MESSAGES_DEFAULT, &messages);
    } else if (messages != 0 && size == 0) {
	err = OsReadFact(OS_MQ_SIZE_DEFAULT, &size);
    }
    *limits = (OsMqLimits) { (long) messages, (long) size };
    return err;
}

/*
 * OpenMq, FailOpenMq, CloseMq --
 *
 *	The procedures that open.c and method.c need from a family.
 */

static int
OpenMq(
    IpcHandle *handle,
    const char *name,
    const IpcOpenOptions *common)
{
    const OpenOptions *options = (const OpenOptions *) common;
    MqHandle *mq = (MqHandle *) handle;
    OsMqLimits limits;
    int err = GetLimits(options, &limits);

    if (err == 0) {
	err = OsMqOpen(name, common->flags, (mode_t) common->mode,
		options->read != 0, options->write != 0,
		(limits.maxMessages != 0) ? &limits : NULL,
		&handle->object, &mq->mq);
    }
    if (err == 0) {
	mq->read = options->read;
	mq->write = options->write;
	mq->blocking = options->blocking;
	IpcSetEncoding(&mq->encoding, options->encoding);
    }
    return err;
}

static int
FailOpenMq(
    const IpcCall *call,
    int err,
    const IpcOpenOptions *options)
{
    OsMqLimits limits;

    (void) GetLimits((const OpenOptions *) options, &limits);
    return IpcFailLimit(call, err, (options->flags & OS_CREAT) ? &limits : NULL);
}

static int
CloseMq(
    IpcHandle *handle)
{
    MqHandle *mq = (MqHandle *) handle;

    IpcSetEncoding(&mq->encoding, NULL);
    MqForgetEvents(mq);
    return OsMqClose(mq->mq);
}

/*
 * GetDescriptor, GetLimit, GetCurrentMessages --
 *
 *	Attributes. The offset of a limit is its offset in OsMqLimits.
 */

static int
GetDescriptor(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    (void) offset;
    *valuePtr = Tcl_NewIntObj(OsMqDescriptor(((MqHandle *) record)->mq));
    return 0;
}

static int
GetLimit(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    OsMqLimits limits = *OsMqGetLimits(((MqHandle *) record)->mq);

    return IpcGetLong(&limits, offset, valuePtr);
}

static int
GetCurrentMessages(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    long messages;
    int err = OsMqGetDepth(((MqHandle *) record)->mq, &messages);

    (void) offset;
    if (err == 0) {
	*valuePtr = IpcNewInteger(messages);
    }
    return err;
}

/*
 * ConfigureBlocking --
 *
 *	configure -blocking.
 */

static int
ConfigureBlocking(
    IpcHandle *handle,
    const IpcCall *call,
    size_t offset,
    Tcl_Obj *value,
    bool commit)
{
    int blocking;

    (void) offset;
    if (IpcReadBoolean(call, "-blocking", value, &blocking) != TCL_OK) {
	return TCL_ERROR;
    }
    if (commit) {
	((MqHandle *) handle)->blocking = blocking;
    }
    return TCL_OK;
}

/*
 * A message that is being sent or received.
 */

typedef struct Message {
    unsigned char *bytes;
    size_t length;		/* bytes; before a receive, the room */
    unsigned priority;
} Message;

/*
 * ReadOptions --
 *
 *	IpcReadOptions for a call that may wait. On a handle with -blocking 0 no
 *	call waits.
 */

static int
ReadOptions(
    const MqHandle *mq,
    const IpcCall *call,
    Tcl_Size first,
    const IpcOption *table,
    IpcWaitOptions *options)	/* first in the record of the table */
{
    int code = IpcReadOptions(call, first, table, options);

    if (!mq->blocking) {
	options->timeout = 0;
    }
    return code;
}

/*
 * AttemptSend, SendPending, NewRequest, SendMessage, SendMethod --
 *
 *	$mq send message ?-timeout seconds? ?-priority n? ?-command prefix?
 */

typedef struct SendOptions {
    IpcWaitOptions wait;
    int64_t priority;
} SendOptions;

static const IpcOption sendOptions[] = {
    IPC_WAIT_OPTIONS,
    { "-priority", IpcReadPriority, offsetof(SendOptions, priority) },
    { NULL, NULL, 0 }
};

static int
AttemptSend(
    IpcHandle *handle,
    void *request,
    OsTime timeout)
{
    const Message *message = request;

    return OsMqSend(((MqHandle *) handle)->mq, message->bytes,
	    message->length, message->priority, timeout);
}

static int
SendPending(
    IpcHandle *handle,
    const void *request,
    Tcl_Obj **resultPtr)
{
    (void) resultPtr;
    return AttemptSend(handle, (void *) request, OS_NOW);
}

static Message *
NewRequest(
    const Message *message)
{
    Message *request = ckalloc(sizeof(*request) + message->length);

    *request = *message;
    request->bytes = (unsigned char *) (request + 1);
    memcpy(request->bytes, message->bytes, message->length);
    return request;
}

static int
SendMessage(
    MqHandle *mq,
    const IpcCall *call,
    const unsigned char *bytes,
    size_t length,
    const SendOptions *options)
{
    long most = OsMqGetLimits(mq->mq)->maxMessageSize;
    Message message = {
	.bytes = (unsigned char *) bytes,
	.length = length,
	.priority = (unsigned) options->priority
    };

    if (length > (size_t) most) {
	return IpcFail(call, EMSGSIZE, Tcl_ObjPrintf(
		"the queue takes messages of at most %ld bytes", most));
    }
    if (IpcCompletesLater(call, &options->wait)) {
	return IpcStartPending(call, &mq->handle, &(IpcPendingSpec) {
	    .attempt = SendPending,
	    .event = OS_WRITABLE,
	    .wait = options->wait,
	    .request = NewRequest(&message)
	});
    }
    return IpcWait(call, &mq->handle, options->wait.timeout, AttemptSend,
	    &message);
}

static int
SendMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    MqHandle *mq = (MqHandle *) handle;
    SendOptions options = { .wait = IPC_WAIT_DEFAULTS };
    IpcMessage message;
    int code;

    if (ReadOptions(mq, call, 3, sendOptions, &options.wait) != TCL_OK) {
	return TCL_ERROR;
    }
    if (!mq->write) {
	return IpcFail(call, EACCES,
		Tcl_NewStringObj("opened with -write 0", -1));
    }
    code = IpcReadMessage(call, call->objv[2], mq->encoding, &message);
    if (code == TCL_OK) {
	code = SendMessage(mq, call, message.bytes, message.length, &options);
    }
    IpcFreeMessage(&message);
    return code;
}

/*
 * The buffer for a message that is being received: on the stack, unless the
 * queue takes messages longer than the default of Linux.
 */

typedef struct Room {
    Message message;
    unsigned char small[8192];	/* bytes */
} Room;

/*
 * MakeRoom, FreeRoom --
 *
 *	Bracket the use of a buffer for the longest message of a queue.
 *	MakeRoom returns 0 or ENOMEM.
 */

static int
MakeRoom(
    const MqHandle *mq,
    Room *room)
{
    size_t length = (size_t) OsMqGetLimits(mq->mq)->maxMessageSize;

    room->message.length = length;
    room->message.bytes = (length <= sizeof(room->small)) ? room->small
	    : (unsigned char *) attemptckalloc(length);
    return (room->message.bytes != NULL) ? 0 : ENOMEM;
}

static void
FreeRoom(
    Room *room)
{
    if (room->message.bytes != room->small) {
	ckfree(room->message.bytes);
    }
}

/*
 * NewReceivedObj --
 *
 *	Returns a list of a message and its priority.
 */

static Tcl_Obj *
NewReceivedObj(
    const MqHandle *mq,
    const Message *message)
{
    Tcl_Obj *words[2] = {
	IpcNewMessageObj(mq->encoding, message->bytes, message->length),
	IpcNewInteger(message->priority)
    };

    return Tcl_NewListObj(2, words);
}

/*
 * AttemptReceive, ReceivePending, ReceiveNow, ReceiveMethod --
 *
 *	$mq receive ?-timeout seconds? ?-command prefix?
 */

static int
AttemptReceive(
    IpcHandle *handle,
    void *request,
    OsTime timeout)
{
    Message *message = request;

    return OsMqReceive(((MqHandle *) handle)->mq, message->bytes,
	    &message->length, &message->priority, timeout);
}

static int
ReceivePending(
    IpcHandle *handle,
    const void *request,
    Tcl_Obj **resultPtr)
{
    const MqHandle *mq = (MqHandle *) handle;
    Room room;
    int err = MakeRoom(mq, &room);

    (void) request;
    if (err == 0) {
	err = AttemptReceive(handle, &room.message, OS_NOW);
	if (err == 0) {
	    *resultPtr = NewReceivedObj(mq, &room.message);
	}
	FreeRoom(&room);
    }
    return err;
}

static int
ReceiveNow(
    MqHandle *mq,
    const IpcCall *call,
    OsTime timeout)
{
    Room room;
    int code;

    if (MakeRoom(mq, &room) != 0) {
	return IpcFail(call, ENOMEM, NULL);
    }
    code = IpcWait(call, &mq->handle, timeout, AttemptReceive, &room.message);
    if (code == TCL_OK) {
	Tcl_SetObjResult(call->interp, NewReceivedObj(mq, &room.message));
    }
    FreeRoom(&room);
    return code;
}

static int
ReceiveMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    MqHandle *mq = (MqHandle *) handle;
    IpcWaitOptions options = IPC_WAIT_DEFAULTS;

    if (ReadOptions(mq, call, 2, ipcWaitOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    if (!mq->read) {
	return IpcFail(call, EACCES,
		Tcl_NewStringObj("opened with -read 0", -1));
    }
    if (IpcCompletesLater(call, &options)) {
	return IpcStartPending(call, handle, &(IpcPendingSpec) {
	    .attempt = ReceivePending,
	    .event = OS_READABLE,
	    .wait = options
	});
    }
    return ReceiveNow(mq, call, options.timeout);
}

/*
 * The tables of this family.
 */

static const IpcSubcommand subcommands[] = {
    { "open",	OpenCommand,	"open",	1, -1,
	    "name ?-flags list? ?-mode mode? ?-maxmessages n?"
	    " ?-maxmessagesize n? ?-read bool? ?-write bool?"
	    " ?-blocking bool? ?-encoding enc? ?-as command?" },
    IPC_CATALOG_SUBCOMMANDS
};

static const IpcMethod methods[] = {
    { "send",	SendMethod,	"send to", 1, -1,
	    "message ?-timeout seconds? ?-priority n? ?-command prefix?",
	    IPC_CAN_AWAIT },
    { "receive", ReceiveMethod,	"receive from", 0, -1,
	    "?-timeout seconds? ?-command prefix?", IPC_CAN_AWAIT },
    { "notify",	MqNotifyMethod,	"register with", 0, 2,
	    "?-command prefix | -signal signal?", 0 },
    { "event",	MqEventMethod,	"watch", 1, 2,
	    "readable|writable ?script?", 0 },
    { "cancel",	IpcCancelMethod, "cancel a call on", 1, 1, "token", 0 },
    IPC_COMMON_METHODS
};

static const IpcAttribute attributes[] = {
    IPC_COMMON_ATTRIBUTES,
    { "-mqd",	GetDescriptor,	0, NULL, false },
    { "-maxmessages", GetLimit,	offsetof(OsMqLimits, maxMessages), NULL,
	    false },
    { "-maxmessagesize", GetLimit, offsetof(OsMqLimits, maxMessageSize), NULL,
	    false },
    { "-currentmessages", GetCurrentMessages, 0, NULL, false },
    { "-blocking", IpcGetInt,	offsetof(MqHandle, blocking),
	    ConfigureBlocking, false },
    { "-encoding", IpcGetEncoding, offsetof(MqHandle, encoding),
	    IpcConfigureEncoding, false },
    { "-read",	IpcGetInt,	offsetof(MqHandle, read), NULL, false },
    { "-write",	IpcGetInt,	offsetof(MqHandle, write), NULL, false },
    { NULL, NULL, 0, NULL, false }
};

_Static_assert(sizeof(pid_t) == sizeof(int), "IpcGetInt gets a pid_t");

static const IpcInfoKey infoKeys[] = {
    { "maxmessages", OS_INFO_QUEUE, IpcGetLong,
	    offsetof(OsInfo, limits.maxMessages) },
    { "maxmessagesize", OS_INFO_QUEUE, IpcGetLong,
	    offsetof(OsInfo, limits.maxMessageSize) },
    { "currentmessages", OS_INFO_QUEUE, IpcGetLong,
	    offsetof(OsInfo, messages) },
    { "bytes",	OS_INFO_FILE,	IpcGetWide, offsetof(OsInfo, bytes) },
    { "notifypid", OS_INFO_FILE, IpcGetInt, offsetof(OsInfo, notifyPid) },
    { NULL, 0, NULL, 0 }
};

const IpcFamily ipcMq = {
    .os = &osMqFamily,
    .noun = "message queue",
    .prefix = "mq",
    .handleSize = sizeof(MqHandle),
    .subcommands = subcommands,
    .methods = methods,
    .attributes = attributes,
    .infoKeys = infoKeys,
    .open = OpenMq,
    .fail = FailOpenMq,
    .close = CloseMq,
    .unlink = OsMqUnlink,
    .watch = MqWatch,
    .serve = MqServe
};
