/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ringReceive.c --
 *
 *	Receiving from rings: $ring receive, receivelist and take, and the
 *	methods that end a take: ack, requeue and with.
 *
 *	A message is received into memory that was allocated beforehand, because
 *	no Tcl code may run inside the ring's latch. Most messages fit on the
 *	stack. For a longer one, the call learns its length, makes a Tcl value
 *	of that size, and tries again.
 */

#include "ringReceive.h"
#include "args.h"
#include "error.h"
#include "field.h"
#include "message.h"
#include "method.h"
#include "shared.h"
#include "text.h"
#include "wait.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A message that is being received, and its room.
 */

typedef struct Room {
    OsRingMessage message;
    int (*get)(OsRing *ring, OsRingMessage *message, OsTime timeout);
    IpcRoom space;
} Room;

static void
InitRoom(
    Room *room,
    int (*get)(OsRing *ring, OsRingMessage *message, OsTime timeout))
{
    IpcInitRoom(&room->space, &room->message.bytes, &room->message.room);
    room->get = get;
}

/*
 * AttemptGet --
 *
 *	Receives or takes a message, with more room if it does not fit.
 */

static int
AttemptGet(
    IpcHandle *handle,
    void *request,
    OsTime timeout)
{
    OsRing *ring = ((RingHandle *) handle)->ring;
    Room *room = request;
    OsRingMessage *message = &room->message;
    int err = room->get(ring, message, timeout);

    while (err == EMSGSIZE && (err = IpcEnlargeRoom(&room->space,
	    message->length, &message->bytes, &message->room)) == 0) {
	err = room->get(ring, message, timeout);
    }
    return err;
}

/*
 * RingNewTokenObj --
 *
 *	Returns the token of a message.
 */

static const char tokenPrefix[] = "message#";

Tcl_Obj *
RingNewTokenObj(
    uint64_t id)
{
    char token[32];

    snprintf(token, sizeof(token), "%s%" PRIu64, tokenPrefix, id);
    return Tcl_NewStringObj(token, -1);
}

/*
 * NewMessage, NewTaken --
 *
 *	Return the results of receive and take.
 */

typedef Tcl_Obj *NewResult(const RingHandle *self, Room *room);

static Tcl_Obj *
NewMessage(
    const RingHandle *self,
    Room *room)
{
    return IpcTakeMessage(&room->space, self->encoding, room->message.bytes,
	    room->message.length);
}

static Tcl_Obj *
NewTaken(
    const RingHandle *self,
    Room *room)
{
    Tcl_Obj *words[3] = {
	NewMessage(self, room),
	RingNewTokenObj(room->message.id),
	IpcNewInteger(room->message.attempts)
    };

    return Tcl_NewListObj(3, words);
}

/*
 * GetLater, ReceivePending, TakePending --
 *
 *	Receive or take a message for a call that is completed later.
 */

static int
GetLater(
    IpcHandle *handle,
    int (*get)(OsRing *ring, OsRingMessage *message, OsTime timeout),
    NewResult *newResult,
    Tcl_Obj **resultPtr)
{
    Room room;
    int err;

    InitRoom(&room, get);
    err = AttemptGet(handle, &room, OS_NOW);
    if (err == 0) {
	*resultPtr = newResult((RingHandle *) handle, &room);
    }
    IpcFreeRoom(&room.space);
    return err;
}

static int
ReceivePending(
    IpcHandle *handle,
    const void *request,
    Tcl_Obj **resultPtr)
{
    (void) request;
    return GetLater(handle, OsRingReceive, NewMessage, resultPtr);
}

static int
TakePending(
    IpcHandle *handle,
    const void *request,
    Tcl_Obj **resultPtr)
{
    (void) request;
    return GetLater(handle, OsRingTake, NewTaken, resultPtr);
}

/*
 * Get --
 *
 *	$ring receive and $ring take, with ?-timeout seconds? ?-command prefix?
 */

static int
Get(
    RingHandle *self,
    const IpcCall *call,
    int (*get)(OsRing *ring, OsRingMessage *message, OsTime timeout),
    NewResult *newResult,
    IpcPendingAttempt *later)
{
    IpcWaitOptions options = IPC_WAIT_DEFAULTS;
    Room room;
    int code;

    if (IpcReadOptions(call, 2, ipcWaitOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    if (IpcCompletesLater(call, &options)) {
	return RingStartPending(self, call, &(IpcPendingSpec) {
	    .attempt = later,
	    .event = OS_READABLE,
	    .wait = options
	});
    }
    InitRoom(&room, get);
    code = IpcWait(call, &self->handle, options.timeout, AttemptGet, &room);
    if (code == TCL_OK) {
	Tcl_SetObjResult(call->interp, newResult(self, &room));
    }
    IpcFreeRoom(&room.space);
    return code;
}

int
RingReceiveMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    return Get((RingHandle *) handle, call, OsRingReceive, NewMessage,
	    ReceivePending);
}

int
RingTakeMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    return Get((RingHandle *) handle, call, OsRingTake, NewTaken, TakePending);
}

/*
 * AttemptList --
 *
 *	Receives messages, with more room if they do not fit.
 */

static int
AttemptList(
    IpcHandle *handle,
    void *request,
    OsTime timeout)
{
    OsRingList *list = request;
    int err;

    while ((err = OsRingReceiveList(((RingHandle *) handle)->ring, list,
	    timeout)) == EMSGSIZE) {
	size_t room = list->length + list->length / 4;
	void *bytes = attemptckalloc(room);

	if (bytes == NULL) {
	    return ENOMEM;
	}
	if (list->bytes != NULL) {
	    ckfree(list->bytes);
	}
	list->bytes = bytes;
	list->room = room;
    }
    return err;
}

/*
 * NewList --
 *
 *	Returns the list of received messages.
 */

static Tcl_Obj *
NewList(
    const RingHandle *self,
    const OsRingList *list)
{
    Tcl_Obj *value = Tcl_NewListObj((Tcl_Size) list->count, NULL);
    size_t offset = 0, length;
    const void *bytes;

    while ((bytes = OsRingNextOf(list, &offset, &length)) != NULL) {
	Tcl_ListObjAppendElement(NULL, value,
		IpcNewMessageObj(self->encoding, bytes, length));
    }
    return value;
}

static void
FreeList(
    OsRingList *list)
{
    if (list->bytes != NULL) {
	ckfree(list->bytes);
    }
}

static int
ListPending(
    IpcHandle *handle,
    const void *request,
    Tcl_Obj **resultPtr)
{
    OsRingList list = { .most = *(const size_t *) request };
    int err = AttemptList(handle, &list, OS_NOW);

    if (err == 0) {
	*resultPtr = NewList((RingHandle *) handle, &list);
    }
    FreeList(&list);
    return err;
}

/*
 * RingReceiveListMethod --
 *
 *	$ring receivelist ?-max n? ?-timeout seconds? ?-command prefix?
 */

typedef struct ListOptions {
    IpcWaitOptions wait;
    int64_t most;		/* messages */
} ListOptions;

static const IpcOption listOptions[] = {
    { "-max",	IpcReadCount,	offsetof(ListOptions, most) },
    IPC_WAIT_OPTIONS,
    { NULL, NULL, 0 }
};

int
RingReceiveListMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    ListOptions options = { .wait = IPC_WAIT_DEFAULTS, .most = INT32_MAX };
    OsRingList list = { .bytes = NULL };
    size_t *request;
    int code;

    if (IpcReadOptions(call, 2, listOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    list.most = (options.most < INT32_MAX) ? (size_t) options.most : INT32_MAX;
    if (IpcCompletesLater(call, &options.wait)) {
	request = ckalloc(sizeof(*request));
	*request = list.most;
	return RingStartPending((RingHandle *) handle, call, &(IpcPendingSpec) {
	    .attempt = ListPending,
	    .event = OS_READABLE,
	    .wait = options.wait,
	    .request = request
	});
    }
    code = IpcWait(call, handle, options.wait.timeout, AttemptList, &list);
    if (code == TCL_OK) {
	Tcl_SetObjResult(call->interp, NewList((RingHandle *) handle, &list));
    }
    FreeList(&list);
    return code;
}

/*
 * ReadToken --
 *
 *	Reads the token of a message that was taken. Returns whether it is a
 *	token.
 */

static bool
ReadToken(
    const char *token,
    uint64_t *idPtr)
{
    size_t length = strlen(tokenPrefix);
    char *end;

    if (strncmp(token, tokenPrefix, length) != 0
	    || token[length] < '1' || token[length] > '9') {
	return false;
    }
    errno = 0;
    *idPtr = strtoull(token + length, &end, 10);
    return *end == '\0' && errno == 0;
}

/*
 * EndTake, RingAckMethod, RingRequeueMethod --
 *
 *	$ring ack token; $ring requeue token.
 */

static int
EndTake(
    RingHandle *self,
    const IpcCall *call,
    int (*end)(OsRing *ring, uint64_t id))
{
    const char *token = Tcl_GetString(call->objv[2]);
    uint64_t id;
    int err = ReadToken(token, &id) ? end(self->ring, id) : EINVAL;

    if (err == EINVAL) {
	return IpcFail(call, err, Tcl_ObjPrintf("\"%s\" is not the token"
		" of a message that this handle has taken", token));
    }
    return (err == 0) ? TCL_OK : IpcFailShared(call, &self->handle, err);
}

int
RingAckMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    return EndTake((RingHandle *) handle, call, OsRingAck);
}

int
RingRequeueMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    return EndTake((RingHandle *) handle, call, OsRingRequeue);
}

/*
 * EndWith --
 *
 *	The body of "with" has ended in any way: acknowledges the message, or,
 *	after an error, gives it back. No script runs here, so it also works if
 *	the coroutine or the interpreter is being deleted. If the handle was
 *	closed, closing it has given the message back; in a forked child, the
 *	message belongs to the parent. If another process is stopped in the
 *	latch, the take ends later, because no other process can end it.
 */

typedef struct With {
    RingHandle *self;		/* held */
    uint64_t id;
} With;

static int
EndWith(
    ClientData data[],
    Tcl_Interp *interp,
    int result)
{
    With *with = data[0];
    RingHandle *self = with->self;
    IpcCall call = IpcNameHandle(&self->handle, "acknowledge a message of");
    int err = 0;

    IpcTraceScript(interp, result, "\"with\" body");
    if (self->ring != NULL) {
	err = OsRingFinish(self->ring, with->id, result != TCL_ERROR);
    }
    if (err != 0 && err != EINVAL && result != TCL_ERROR) {
	result = IpcFailShared(&call, &self->handle, err);
    }
    IpcDropHandle(&self->handle);
    ckfree(with);
    return result;
}

/*
 * RunBody --
 *
 *	Sets the variable of "with" to the message that was taken, and evaluates
 *	the body. A trace of the variable can run any script. If the variable
 *	cannot be set, the message is given back.
 */

static int
RunBody(
    RingHandle *self,
    const IpcCall *call,
    Tcl_Obj *message,
    uint64_t id)
{
    int code = TCL_OK;
    With *with;

    if (Tcl_ObjSetVar2(call->interp, call->objv[call->objc - 2], NULL, message,
	    TCL_LEAVE_ERR_MSG) == NULL) {
	code = TCL_ERROR;
    } else if (!IpcIsUsable(&self->handle)) {
	code = IpcFail(call, EBADF, NULL);
    }
    if (code != TCL_OK) {
	if (self->ring != NULL) {
	    OsRingFinish(self->ring, id, false);
	}
	return code;
    }
    with = ckalloc(sizeof(*with));
    *with = (With) { self, id };
    IpcHoldHandle(&self->handle);
    Tcl_NRAddCallback(call->interp, EndWith, with, NULL, NULL, NULL);
    return Tcl_NREvalObj(call->interp, call->objv[call->objc - 1], 0);
}

/*
 * RingWithMethod --
 *
 *	$ring with ?-timeout seconds? varName body
 */

int
RingWithMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    RingHandle *self = (RingHandle *) handle;
    IpcWaitOptions options = IPC_WAIT_DEFAULTS;
    IpcCall take = *call;
    Tcl_Obj *message;
    Room room;
    int code;

    if (call->objc % 2 != 0) {
	return IpcFailUsage(call);
    }
    take.objc -= 2;
    if (IpcReadOptions(&take, 2, ipcTimeoutOption, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    InitRoom(&room, OsRingTake);
    code = IpcWait(call, handle, options.timeout, AttemptGet, &room);
    if (code == TCL_OK) {
	message = NewMessage(self, &room);
	Tcl_IncrRefCount(message);
	IpcHoldHandle(handle);
	code = RunBody(self, call, message, room.message.id);
	IpcDropHandle(handle);
	Tcl_DecrRefCount(message);
    }
    IpcFreeRoom(&room.space);
    return code;
}
