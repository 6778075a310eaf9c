/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lockHandle.c --
 *
 *	Code that the methods of locks share: how their calls fail, and the
 *	record of the calls that wait. It uses no other lock*.c file.
 */

#include "lockHandle.h"
#include "error.h"
#include "shared.h"

#include <errno.h>
#include <stdio.h>

/*
 * LockRefine --
 *
 *	Adds the last owner, or the number of permits, to the error of a call
 *	that has just failed.
 */

void
LockRefine(
    IpcHandle *handle,
    Tcl_Interp *interp,
    int err)
{
    LockHandle *self = (LockHandle *) handle;
    OsLockState state;
    char pid[24];

    if (err == EINVAL && self->lock != NULL
	    && OsLockGetState(self->lock, &state) == 0) {
	Tcl_AppendPrintfToObj(Tcl_GetObjResult(interp),
		": the lock has %u permit%s", (unsigned) state.permits,
		(state.permits == 1) ? "" : "s");
    }
    if (err == EOWNERDEAD) {
	snprintf(pid, sizeof(pid), "%ld", (long) self->deadPid);
	Tcl_SetErrorCode(interp, "POSIXIPC", "OWNERDIED", pid, (char *) NULL);
	Tcl_AppendPrintfToObj(Tcl_GetObjResult(interp), (self->deadPid == 0)
		? ": it was corrupt; take it over with \"acquire -takeover 1\" or"
		" \"with -recover\""
		: ": process %s died or gave it up, holding all permits; take it"
		" over with \"acquire -takeover 1\" or \"with -recover\"", pid);
    }
}

/*
 * LockFail --
 *
 *	Fails a call for an errno value of unix/.
 */

int
LockFail(
    LockHandle *self,
    const IpcCall *call,
    int err)
{
    if (err == EPERM) {
	return IpcFail(call, err, Tcl_NewStringObj(
		"the handle holds no permits", -1));
    }
    IpcFailShared(call, &self->handle, err);
    LockRefine(&self->handle, call->interp, err);
    return TCL_ERROR;
}

/*
 * LockFreeWait --
 *
 *	Removes a wait for a notification from its handle, and ends it if it
 *	has not been notified yet.
 */

void
LockFreeWait(
    LockHandle *self,
    LockWait *wait)
{
    LockWait **link = &self->waits;

    while (*link != wait) {
	link = &(*link)->next;
    }
    *link = wait->next;
    if (!wait->isOver && self->lock != NULL) {
	OsLockEndWait(self->lock);
    }
    ckfree(wait);
}

/*
 * LockShowPending --
 *
 *	Shows in the lock how many calls of the event loop wait for permits.
 *	This happens before the first of them is tried, so that later requests
 *	queue behind it. A failure ends the calls. In a child process, the calls
 *	belong to the parent.
 */

void
LockShowPending(
    LockHandle *self)
{
    const LockRequest *first
	    = IpcFirstRequest(&self->handle, EVENT_PERMITS);
    size_t calls = IpcCountPending(&self->handle);
    int err;

    if (IpcGetWatch() == NULL) {
	return;
    }
    for (const LockWait *wait = self->waits; wait != NULL;
	    wait = wait->next) {
	calls -= !wait->isOver;	/* the lock counts those itself */
    }
    err = OsLockShowPending(self->lock, (uint32_t) calls,
	    (first != NULL) ? first->permits : UINT32_MAX);
    if (err != 0) {
	IpcFailPending(&self->handle, err);
	while (self->waits != NULL) {
	    LockFreeWait(self, self->waits);
	}
    }
}
