/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ringPeek.c --
 *
 *	Peeking at the messages of a ring: posix_ipc::ring peek.
 */

#include "ringPeek.h"
#include "args.h"
#include "error.h"
#include "field.h"
#include "message.h"
#include "ringReceive.h"
#include "shared.h"
#include "text.h"

#include <errno.h>

typedef struct PeekOptions {
    int64_t most;		/* messages */
    int64_t longest;		/* bytes of each */
} PeekOptions;

static const IpcOption peekOptions[] = {
    { "-max",	IpcReadCount,	offsetof(PeekOptions, most) },
    { "-bytes",	IpcReadSize,	offsetof(PeekOptions, longest) },
    { NULL, NULL, 0 }
};

/*
 * AddMessage --
 *
 *	Appends a message to a list, in the form in which take returns one.
 */

static int
AddMessage(
    void *data,
    const OsRingMessage *message)
{
    Tcl_Obj *words[3] = {
	IpcNewMessageObj(NULL, message->bytes, message->length),
	RingNewTokenObj(message->id),
	IpcNewInteger(message->attempts)
    };

    Tcl_ListObjAppendElement(NULL, data, Tcl_NewListObj(3, words));
    return 0;
}

/*
 * Peek --
 *
 *	Peeks at the ring that the call names.
 */

static int
Peek(
    IpcCall *call,
    const PeekOptions *options,
    Tcl_Obj *messages)
{
    Tcl_DString name;
    int code, err = 0;

    Tcl_DStringInit(&name);
    code = IpcTakeName(call, call->objv[1], &name);
    if (code == TCL_OK) {
	err = OsRingPeek(Tcl_DStringValue(&name), (size_t) options->most,
		(size_t) options->longest, AddMessage, messages);
    }
    Tcl_DStringFree(&name);
    if (err == EBUSY) {
	return IpcFail(call, ETIMEDOUT, Tcl_NewStringObj("other processes"
		" change it too fast, or one of them was stopped or killed"
		" while changing it", -1));
    }
    return (err == 0) ? code : IpcFailSharedOpen(call, err, NULL);
}

/*
 * RingPeekCommand --
 *
 *	posix_ipc::ring peek name ?-max n? ?-bytes n?
 */

int
RingPeekCommand(
    IpcCall *call)
{
    PeekOptions options = { .most = 1, .longest = INT32_MAX };
    Tcl_Obj *messages;
    int code;

    IpcSetName(call, call->objv[1]);
    if (IpcReadOptions(call, 2, peekOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    options.most = (options.most < INT32_MAX) ? options.most : INT32_MAX;
    options.longest = (options.longest < INT32_MAX) ? options.longest
	    : INT32_MAX;
    messages = Tcl_NewListObj(0, NULL);
    Tcl_IncrRefCount(messages);
    code = Peek(call, &options, messages);
    if (code == TCL_OK) {
	Tcl_SetObjResult(call->interp, messages);
    }
    Tcl_DecrRefCount(messages);
    return code;
}
