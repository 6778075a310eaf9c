/*
 * mq.c --
 *
 *	Message queues: posix_ipc::mq open and its handles.
 */

#include "mq.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/*
 * SetEncoding --
 *
 *	Sets the encoding of messages to the one that name names, which is
 *	known to exist; NULL and "binary" are none.
 */

static void
SetEncoding(
    MqHandle *mq,
    Tcl_Obj *name)
{
    if (mq->encoding != NULL) {
	Tcl_FreeEncoding(mq->encoding);
    }
    mq->encoding = (name == NULL || strcmp(Tcl_GetString(name), "binary") == 0)
	    ? NULL : Tcl_GetEncoding(NULL, Tcl_GetString(name));
}

/*
 * CheckMq, OpenMq, FailOpenMq, CloseMq --
 *
 *	What handle.c asks of a family.
 */

static int
CheckMq(
    const IpcCall *call,
    const IpcOpenOptions *options)
{
    if (!options->read && !options->write) {
	return IpcFail(call, EINVAL, Tcl_NewStringObj(
		"one of -read and -write must be true", -1));
    }
    return TCL_OK;
}

/*
 * GetLimits --
 *
 *	Stores what a new queue is to hold: zeros, where the options leave all
 *	to the system. Returns 0, or an errno value where the one that they
 *	leave to it can't be read.
 */

static int
GetLimits(
    const IpcOpenOptions *options,
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

static int
OpenMq(
    IpcHandle *handle,
    const char *name,
    const IpcOpenOptions *options)
{
    MqHandle *mq = (MqHandle *) handle;
    OsMqLimits limits;
    int err = GetLimits(options, &limits);

    if (err == 0) {
	err = OsMqOpen(name, options->flags, (mode_t) options->mode,
		options->read != 0, options->write != 0,
		(limits.maxMessages != 0) ? &limits : NULL, &mq->mq);
    }
    if (err == 0) {
	mq->read = (options->read != 0);
	mq->write = (options->write != 0);
	mq->blocking = (options->blocking != 0);
	SetEncoding(mq, options->encoding);
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

    (void) GetLimits(options, &limits);
    return IpcFailLimit(call, err, (options->flags & OS_CREAT) ? &limits : NULL);
}

static int
CloseMq(
    IpcHandle *handle)
{
    MqHandle *mq = (MqHandle *) handle;

    SetEncoding(mq, NULL);
    MqForgetEvents(mq);
    return OsMqClose(mq->mq);
}

/*
 * ReadLimit --
 *
 *	Reads a limit of a new queue.
 */

static int
ReadLimit(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    return IpcReadInteger(call, what, value, 1, LONG_MAX, where);
}

/*
 * GetDescriptor ... GetWrite --
 *
 *	The attributes.
 */

static int
GetDescriptor(
    IpcHandle *handle,
    Tcl_Obj **valuePtr)
{
    *valuePtr = Tcl_NewIntObj(OsMqDescriptor(((MqHandle *) handle)->mq));
    return 0;
}

static int
GetMaxMessages(
    IpcHandle *handle,
    Tcl_Obj **valuePtr)
{
    *valuePtr = Tcl_NewWideIntObj(
	    OsMqGetLimits(((MqHandle *) handle)->mq)->maxMessages);
    return 0;
}

static int
GetMaxMessageSize(
    IpcHandle *handle,
    Tcl_Obj **valuePtr)
{
    *valuePtr = Tcl_NewWideIntObj(
	    OsMqGetLimits(((MqHandle *) handle)->mq)->maxMessageSize);
    return 0;
}

static int
GetCurrentMessages(
    IpcHandle *handle,
    Tcl_Obj **valuePtr)
{
    long messages;
    int err = OsMqGetDepth(((MqHandle *) handle)->mq, &messages);

    if (err == 0) {
	*valuePtr = Tcl_NewWideIntObj(messages);
    }
    return err;
}

static int
GetBlocking(
    IpcHandle *handle,
    Tcl_Obj **valuePtr)
{
    *valuePtr = Tcl_NewBooleanObj(((MqHandle *) handle)->blocking);
    return 0;
}

static int
GetEncoding(
    IpcHandle *handle,
    Tcl_Obj **valuePtr)
{
    Tcl_Encoding encoding = ((MqHandle *) handle)->encoding;

    *valuePtr = Tcl_NewStringObj((encoding == NULL) ? "binary"
	    : Tcl_GetEncodingName(encoding), -1);
    return 0;
}

static int
GetRead(
    IpcHandle *handle,
    Tcl_Obj **valuePtr)
{
    *valuePtr = Tcl_NewBooleanObj(((MqHandle *) handle)->read);
    return 0;
}

static int
GetWrite(
    IpcHandle *handle,
    Tcl_Obj **valuePtr)
{
    *valuePtr = Tcl_NewBooleanObj(((MqHandle *) handle)->write);
    return 0;
}

static int
ConfigureBlocking(
    IpcHandle *handle,
    const IpcCall *call,
    Tcl_Obj *value,
    bool commit)
{
    int blocking;

    if (IpcReadBoolean(call, "-blocking", value, &blocking) != TCL_OK) {
	return TCL_ERROR;
    }
    if (commit) {
	((MqHandle *) handle)->blocking = (blocking != 0);
    }
    return TCL_OK;
}

static int
ConfigureEncoding(
    IpcHandle *handle,
    const IpcCall *call,
    Tcl_Obj *value,
    bool commit)
{
    Tcl_Obj *name;

    if (IpcReadEncoding(call, "-encoding", value, &name) != TCL_OK) {
	return TCL_ERROR;
    }
    if (commit) {
	SetEncoding((MqHandle *) handle, name);
    }
    return TCL_OK;
}

/*
 * A message on its way, and the options of the calls that move it.
 */

typedef struct Message {
    unsigned char *bytes;
    size_t length;		/* bytes; before a receive, the room */
    unsigned priority;
} Message;

typedef struct TransferOptions {
    OsTime timeout;
    Tcl_Obj *prefix;
    int64_t priority;
} TransferOptions;

static const IpcOption sendOptions[] = {
    { "-timeout", IpcReadTimeout, offsetof(TransferOptions, timeout) },
    { "-command", IpcReadPrefix, offsetof(TransferOptions, prefix) },
    { "-priority", IpcReadPriority, offsetof(TransferOptions, priority) },
    { NULL, NULL, 0 }
};

static const IpcOption receiveOptions[] = {
    { "-timeout", IpcReadTimeout, offsetof(TransferOptions, timeout) },
    { "-command", IpcReadPrefix, offsetof(TransferOptions, prefix) },
    { NULL, NULL, 0 }
};

/*
 * Patience --
 *
 *	Returns how long a call with timeout may wait: as the handle says.
 */

static OsTime
Patience(
    const MqHandle *mq,
    OsTime timeout)
{
    return mq->blocking ? timeout : 0;
}

/*
 * AttemptSend, SendLater, SendMessage, SendMethod --
 *
 *	$mq send message ?-timeout seconds? ?-priority n? ?-command prefix?
 */

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
SendLater(
    IpcHandle *handle,
    const IpcAsync *call,
    Tcl_Obj **resultPtr)
{
    (void) resultPtr;
    return OsMqSend(((MqHandle *) handle)->mq,
	    Tcl_DStringValue(&call->message),
	    (size_t) Tcl_DStringLength(&call->message), call->priority, OS_NOW);
}

static int
SendMessage(
    MqHandle *mq,
    const IpcCall *call,
    const unsigned char *bytes,
    size_t length,
    const TransferOptions *options)
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
    if (options->prefix != NULL || call->await != NULL) {
	return IpcStart(call, &mq->handle, &(IpcAsyncSpec) {
	    .attempt = SendLater,
	    .event = OS_WRITABLE,
	    .timeout = Patience(mq, options->timeout),
	    .prefix = options->prefix,
	    .bytes = bytes,
	    .length = length,
	    .priority = message.priority
	});
    }
    return IpcWait(call, &mq->handle, Patience(mq, options->timeout),
	    AttemptSend, &message);
}

static int
SendMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    MqHandle *mq = (MqHandle *) handle;
    TransferOptions options = { .timeout = OS_NEVER, .priority = 0 };
    Tcl_Obj *value = call->objv[2];
    Tcl_DString encoded;
    int code;

    if (IpcReadOptions(call, 3, sendOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    if (!mq->write) {
	return IpcFail(call, EACCES,
		Tcl_NewStringObj("opened with -write 0", -1));
    }
    if (mq->encoding == NULL) {
	Tcl_Size length;
	const unsigned char *bytes = IpcGetBytes(call, value, &length);

	return (bytes == NULL) ? TCL_ERROR
		: SendMessage(mq, call, bytes, (size_t) length, &options);
    }
    Tcl_DStringInit(&encoded);
    code = IpcEncode(call, "message", value, mq->encoding, &encoded);
    if (code == TCL_OK) {
	code = SendMessage(mq, call,
		(const unsigned char *) Tcl_DStringValue(&encoded),
		(size_t) Tcl_DStringLength(&encoded), &options);
    }
    Tcl_DStringFree(&encoded);
    return code;
}

/*
 * NewMessageObj --
 *
 *	Returns a message as a script gets it.
 */

static Tcl_Obj *
NewMessageObj(
    const MqHandle *mq,
    const Message *message)
{
    Tcl_DString decoded;
    Tcl_Obj *value;

    if (mq->encoding == NULL) {
	return Tcl_NewByteArrayObj(message->bytes, (Tcl_Size) message->length);
    }
    Tcl_ExternalToUtfDString(mq->encoding, (const char *) message->bytes,
	    (Tcl_Size) message->length, &decoded);
    value = Tcl_NewStringObj(Tcl_DStringValue(&decoded),
	    Tcl_DStringLength(&decoded));
    Tcl_DStringFree(&decoded);
    return value;
}

/*
 * Room for a message that is being received: on the stack, unless the queue
 * takes long ones.
 */

typedef struct Room {
    Message message;
    unsigned char small[8192];	/* bytes: what Linux takes by default */
} Room;

/*
 * MakeRoom, FreeRoom --
 *
 *	Bracket the use of a room for the longest message of a queue. Returns
 *	0 or ENOMEM.
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
 *	Returns a message and its priority as a script gets them.
 */

static Tcl_Obj *
NewReceivedObj(
    const MqHandle *mq,
    const Message *message)
{
    Tcl_Obj *words[2] = {
	NewMessageObj(mq, message), Tcl_NewWideIntObj(message->priority)
    };

    return Tcl_NewListObj(2, words);
}

/*
 * AttemptReceive, ReceiveLater, ReceiveNow, ReceiveMethod --
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
ReceiveLater(
    IpcHandle *handle,
    const IpcAsync *call,
    Tcl_Obj **resultPtr)
{
    const MqHandle *mq = (MqHandle *) handle;
    Room room;
    int err = MakeRoom(mq, &room);

    (void) call;
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
    TransferOptions options = { .timeout = OS_NEVER };

    if (IpcReadOptions(call, 2, receiveOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    if (!mq->read) {
	return IpcFail(call, EACCES,
		Tcl_NewStringObj("opened with -read 0", -1));
    }
    if (options.prefix != NULL || call->await != NULL) {
	return IpcStart(call, handle, &(IpcAsyncSpec) {
	    .attempt = ReceiveLater,
	    .event = OS_READABLE,
	    .timeout = Patience(mq, options.timeout),
	    .prefix = options.prefix
	});
    }
    return ReceiveNow(mq, call, Patience(mq, options.timeout));
}

/*
 * The tables of this family.
 */

static const IpcOption openOptions[] = {
    IPC_COMMON_OPTIONS,
    { "-maxmessages", ReadLimit, offsetof(IpcOpenOptions, maxMessages) },
    { "-maxmessagesize", ReadLimit,
	    offsetof(IpcOpenOptions, maxMessageSize) },
    { "-read",	IpcReadBoolean,	offsetof(IpcOpenOptions, read) },
    { "-write",	IpcReadBoolean,	offsetof(IpcOpenOptions, write) },
    { "-blocking", IpcReadBoolean, offsetof(IpcOpenOptions, blocking) },
    { "-encoding", IpcReadEncoding, offsetof(IpcOpenOptions, encoding) },
    { NULL, NULL, 0 }
};

static const IpcMethod methods[] = {
    { "send",	SendMethod,	"send to", 1, -1,
	    "message ?-timeout seconds? ?-priority n? ?-command prefix?",
	    IPC_CAN_AWAIT },
    { "receive", ReceiveMethod,	"receive from", 0, -1,
	    "?-timeout seconds? ?-command prefix?", IPC_CAN_AWAIT },
    { "notify",	MqNotifyMethod,	"be notified of", 0, 2,
	    "?-command prefix | -signal signal?", 0 },
    { "event",	MqEventMethod,	"watch", 1, 2,
	    "readable|writable ?script?", 0 },
    { "cancel",	IpcCancelMethod, "cancel", 1, 1, "token", 0 },
    IPC_COMMON_METHODS
};

static const IpcAttribute attributes[] = {
    { "-name",	IpcGetName,	NULL,	true },
    { "-mqd",	GetDescriptor,	NULL,	false },
    { "-maxmessages", GetMaxMessages, NULL, false },
    { "-maxmessagesize", GetMaxMessageSize, NULL, false },
    { "-currentmessages", GetCurrentMessages, NULL, false },
    { "-blocking", GetBlocking,	ConfigureBlocking, false },
    { "-encoding", GetEncoding,	ConfigureEncoding, false },
    { "-read",	GetRead,	NULL,	false },
    { "-write",	GetWrite,	NULL,	false },
    { NULL, NULL, NULL, false }
};

const IpcFamily ipcMq = {
    .id = OS_MQ,
    .noun = "message queue",
    .prefix = "mq",
    .handleSize = sizeof(MqHandle),
    .openUsage = "name ?-flags list? ?-mode mode? ?-maxmessages n?"
	    " ?-maxmessagesize n? ?-read bool? ?-write bool?"
	    " ?-blocking bool? ?-encoding enc? ?-as command?",
    .openOptions = openOptions,
    .methods = methods,
    .attributes = attributes,
    .check = CheckMq,
    .open = OpenMq,
    .fail = FailOpenMq,
    .close = CloseMq,
    .unlink = OsMqUnlink,
    .watch = MqWatch,
    .serve = MqServe
};
