/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ringSend.c --
 *
 *	Sending to rings: $ring send and sendlist.
 */

#include "ringSend.h"
#include "args.h"
#include "error.h"
#include "message.h"
#include "wait.h"

#include <errno.h>
#include <string.h>

/*
 * Messages that are being sent.
 */

typedef struct Batch {
    const OsBytes *messages;
    size_t count;
} Batch;

/*
 * NewBatch --
 *
 *	Returns a copy of a batch and its messages in one block, for ckfree.
 */

static Batch *
NewBatch(
    const Batch *given)
{
    size_t length = 0;
    unsigned char *place;
    OsBytes *messages;
    Batch *batch;

    for (size_t i = 0; i < given->count; i++) {
	length += given->messages[i].length;
    }
    batch = ckalloc(sizeof(*batch) + given->count * sizeof(*messages)
	    + length);
    messages = (OsBytes *) (batch + 1);
    place = (unsigned char *) (messages + given->count);
    for (size_t i = 0; i < given->count; i++) {
	messages[i] = (OsBytes) { place, given->messages[i].length };
	memcpy(place, given->messages[i].bytes, messages[i].length);
	place += messages[i].length;
    }
    *batch = (Batch) { messages, given->count };
    return batch;
}

/*
 * AttemptSend, SendPending --
 *
 *	Send a batch.
 */

static int
AttemptSend(
    IpcHandle *handle,
    void *request,
    OsTime timeout)
{
    const Batch *batch = request;

    return OsRingSend(((RingHandle *) handle)->ring, batch->messages,
	    batch->count, timeout);
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

/*
 * CheckBatch --
 *
 *	Fails a call if its messages can never fit into the ring.
 */

static int
CheckBatch(
    RingHandle *self,
    const IpcCall *call,
    const Batch *batch)
{
    uint64_t size = OsRingGetSize(self->ring), room;

    for (size_t i = 0; i < batch->count; i++) {
	if (batch->messages[i].length > size / 2) {
	    return IpcFail(call, EMSGSIZE, Tcl_ObjPrintf("the ring takes"
		    " messages of at most %lu bytes, half of its size",
		    (unsigned long) (size / 2)));
	}
    }
    room = OsRingMeasure(batch->messages, batch->count);
    if (room > size) {
	return IpcFail(call, EMSGSIZE, Tcl_ObjPrintf("the messages take %lu"
		" bytes, but the ring has only %lu", (unsigned long) room,
		(unsigned long) size));
    }
    return TCL_OK;
}

/*
 * SendNow --
 *
 *	Sends a batch. If the call must wait, scripts can run and change the
 *	values, so the messages are copied first.
 */

static int
SendNow(
    RingHandle *self,
    const IpcCall *call,
    const Batch *batch,
    OsTime timeout)
{
    int err = AttemptSend(&self->handle, (void *) batch, OS_NOW), code;
    Batch *copy;

    if (err == 0) {
	return TCL_OK;
    }
    if (err != ETIMEDOUT || timeout == 0) {
	return IpcFailHandle(call, &self->handle, NULL, (err == ETIMEDOUT)
		? EAGAIN : err);
    }
    copy = NewBatch(batch);
    code = IpcWait(call, &self->handle, timeout, AttemptSend, copy);
    ckfree(copy);
    return code;
}

/*
 * SendBatch --
 *
 *	Sends a batch now, or in the event loop if the call is completed later.
 */

static int
SendBatch(
    RingHandle *self,
    const IpcCall *call,
    const Batch *batch,
    const IpcWaitOptions *options)
{
    if (CheckBatch(self, call, batch) != TCL_OK) {
	return TCL_ERROR;
    }
    if (!IpcCompletesLater(call, options)) {
	return SendNow(self, call, batch, options->timeout);
    }
    return RingStartPending(self, call, &(IpcPendingSpec) {
	.attempt = SendPending,
	.event = OS_WRITABLE,
	.wait = *options,
	.request = NewBatch(batch)
    });
}

/*
 * RingSendMethod --
 *
 *	$ring send message ?-timeout seconds? ?-command prefix?
 */

int
RingSendMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    RingHandle *self = (RingHandle *) handle;
    IpcWaitOptions options = IPC_WAIT_DEFAULTS;
    IpcMessage message;
    int code;

    if (IpcReadOptions(call, 3, ipcWaitOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    code = IpcReadMessage(call, call->objv[2], self->encoding, &message);
    if (code == TCL_OK) {
	OsBytes bytes = { message.bytes, message.length };

	code = SendBatch(self, call, &(Batch) { &bytes, 1 }, &options);
    }
    IpcFreeMessage(&message);
    return code;
}

/*
 * RingSendListMethod --
 *
 *	$ring sendlist messages ?-timeout seconds? ?-command prefix?
 */

static int
SendWords(
    RingHandle *self,
    const IpcCall *call,
    Tcl_Size count,
    Tcl_Obj **words,
    const IpcWaitOptions *options)
{
    OsBytes *bytes = ckalloc((size_t) count * sizeof(*bytes) + 1);
    IpcMessage *messages = (self->encoding == NULL) ? NULL
	    : ckalloc((size_t) count * sizeof(*messages) + 1);
    IpcMessage plain = { .bytes = NULL };
    Tcl_Size done = 0;
    int code = TCL_OK;

    while (code == TCL_OK && done < count) {
	IpcMessage *message = (messages != NULL) ? &messages[done] : &plain;

	code = IpcReadMessage(call, words[done], self->encoding, message);
	if (code == TCL_OK) {
	    bytes[done] = (OsBytes) { message->bytes, message->length };
	}
	done++;
    }
    if (code == TCL_OK) {
	code = SendBatch(self, call, &(Batch) { bytes, (size_t) count },
		options);
    }
    while (messages != NULL && done > 0) {
	IpcFreeMessage(&messages[--done]);
    }
    if (messages != NULL) {
	ckfree(messages);
    }
    ckfree(bytes);
    return code;
}

int
RingSendListMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    IpcWaitOptions options = IPC_WAIT_DEFAULTS;
    Tcl_Obj **words;
    Tcl_Size count;
    Tcl_Obj *list = call->objv[2];
    int code;

    if (IpcReadOptions(call, 3, ipcWaitOptions, &options) != TCL_OK
	    || Tcl_ListObjGetElements(call->interp, list, &count, &words)
		    != TCL_OK) {
	return TCL_ERROR;
    }
    Tcl_IncrRefCount(list);
    code = SendWords((RingHandle *) handle, call, count, words, &options);
    Tcl_DecrRefCount(list);
    return code;
}
