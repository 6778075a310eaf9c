/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * memoryWait.c --
 *
 *	Waiting until a word of a segment changes: the method wait.
 */

#include "memory.h"

#include "args.h"
#include "error.h"
#include "field.h"
#include "image.h"
#include "pending.h"
#include "shmHandle.h"
#include "wait.h"

#include <errno.h>

/*
 * A wait, and the value found at its end.
 */

typedef struct WaitRequest {
    IpcWaitOptions options;	/* first: ipcWaitOptions */
    int64_t offset;
    int32_t value;		/* it waits while this is there */
    int32_t found;
    OsShmWaiter *waiter;	/* in the event loop, or NULL */
} WaitRequest;

/*
 * ReadWait --
 *
 *	Reads the words of a wait.
 */

static int
ReadWait(
    const IpcCall *call,
    WaitRequest *request)
{
    uint64_t bits;

    if (IpcReadPlace(call, "offset", call->objv[2], &request->offset) != TCL_OK
	    || IpcCheckAligned(call, request->offset, IPC_WORD) != TCL_OK
	    || IpcReadScalar(call, &ipcScalars[TYPE_INT32], call->objv[3],
		    request->offset, &bits) != TCL_OK) {
	return TCL_ERROR;
    }
    request->value = (int32_t) bits;
    return IpcReadOptions(call, 4, ipcWaitOptions, request);
}

/*
 * AttemptWait --
 *
 *	Waits, and checks the segment ten times a second, because truncation
 *	wakes no waiter.
 */

static int
AttemptWait(
    IpcHandle *handle,
    void *data,
    OsTime timeout)
{
    const OsTime longest = OS_SECOND / 10;
    const OsTime start = (timeout == OS_NOW) ? OS_NOW : OsClock();
    WaitRequest *request = data;
    OsTime left = timeout;
    int err;

    for (;;) {
	err = OsShmWait(((IpcShmHandle *) handle)->shm, request->offset,
		request->value, (left < longest) ? left : longest,
		&request->found);
	if (err != ETIMEDOUT || timeout == OS_NOW) {
	    return err;
	}
	left = timeout - (OsClock() - start);
	if (left <= 0) {
	    return err;
	}
    }
}

/*
 * WaitLater, ReleaseWait --
 *
 *	A wait in the event loop. WaitLater reads the word and requests an event
 *	when it changes; ReleaseWait cancels that request.
 */

static int
WaitLater(
    IpcHandle *handle,
    const void *data,
    Tcl_Obj **resultPtr)
{
    OsShm *shm = ((IpcShmHandle *) handle)->shm;
    WaitRequest *request = (WaitRequest *) data;
    int err = OsShmWait(shm, request->offset, request->value, OS_NOW,
	    &request->found);

    if (err == 0) {
	*resultPtr = IpcNewInteger(request->found);
    } else if (err == ETIMEDOUT) {
	err = OsShmWaitLater(shm, request->offset, request->value,
		IpcGetWatch(), handle, &request->waiter);
	err = (err == 0) ? EAGAIN : err;
    }
    return err;
}

static void
ReleaseWait(
    void *data)
{
    WaitRequest *request = data;

    OsShmDropWaiter(request->waiter);
    request->waiter = NULL;
}

/*
 * IpcExplainWait --
 *
 *	Returns what the message about err adds if a wait has failed.
 */

Tcl_Obj *
IpcExplainWait(
    IpcHandle *handle,
    const void *request,
    int err)
{
    return (err != ERANGE || request == NULL) ? NULL
	    : IpcDescribeShmAccess(((IpcShmHandle *) handle)->shm,
		    ((const WaitRequest *) request)->offset, IPC_WORD);
}

/*
 * IpcWatchMemory, IpcServeMemory --
 *
 *	The procedures that the event loop calls for a segment. Each wait has a
 *	waiter of its own, so there is nothing to do when one of them has ended.
 */

int
IpcWatchMemory(
    IpcHandle *handle)
{
    (void) handle;
    return 0;
}

void
IpcServeMemory(
    IpcHandle *handle,
    int events)
{
    (void) events;
    if (IpcServeUnordered(handle)) {
	IpcMakeReady(handle, 0);
    }
}

/*
 * IpcWaitMethod --
 *
 *	$shm wait offset value ?-timeout seconds? ?-command prefix?
 */

int
IpcWaitMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    WaitRequest request = { .options = IPC_WAIT_DEFAULTS };
    int code;

    if (ReadWait(call, &request) != TCL_OK) {
	return TCL_ERROR;
    }
    if (IpcCompletesLater(call, &request.options)) {
	WaitRequest *later = (WaitRequest *) ckalloc(sizeof(*later));

	*later = request;
	return IpcStartPending(call, handle, &(IpcPendingSpec) {
	    .attempt = WaitLater, .event = IPC_UNORDERED,
	    .wait = request.options, .request = later, .release = ReleaseWait
	});
    }
    code = IpcWait(call, handle, request.options.timeout, AttemptWait, &request);
    if (code == TCL_OK) {
	Tcl_SetObjResult(call->interp, IpcNewInteger(request.found));
    }
    return code;
}
