/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lock.c --
 *
 *	The operations of locks. After each death, a survivor must find the lock
 *	as it was before or as it is after the operation, and be able to take
 *	it.
 */

#include "steps.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static uint32_t permits;	/* of the current operation */
static OsSharedLock *survivor;	/* the survivor's handle */
static OsSharedLock *second;	/* another one */
static OsSharedLock *own;	/* the child's handle */
static pid_t deadPid, predecessor;
static uint32_t held;

/*
 * Renew --
 *
 *	Leaves the lock clean and free: takes all permits, by takeover if
 *	necessary, and releases them. Returns the result of taking them: 0, or
 *	EOWNERDEAD with deadPid set. Returns -1 if the lock cannot be taken, or
 *	another handle cannot take it afterward.
 */

static int
Renew(void)
{
    pid_t ignored;
    int err = OsLockAcquire(survivor, 0, 0, 2 * OS_SECOND, &deadPid);

    if (err == EOWNERDEAD && OsLockTry(survivor, 0, OS_LOCK_TAKEOVER, &ignored)
	    != 0) {
	return -1;
    }
    if ((err != 0 && err != EOWNERDEAD)
	    || OsLockRelease(survivor, false) != 0
	    || OsLockTry(second, 0, 0, &ignored) != 0
	    || OsLockRelease(second, false) != 0) {
	fprintf(stderr, "renew: %s\n", strerror(err));
	return -1;
    }
    return err;
}

/*
 * The operations of the child.
 */

static void
RunOpen(void)
{
    own = OpenLock(permits);
}

static void
RunClose(void)
{
    OsLockClose(own, true);
}

static void
RunAcquire(void)
{
    Must("acquire", OsLockAcquire(own, 1, 0, OS_SECOND, &deadPid));
}

static void
ReadyAcquired(void)
{
    RunOpen();
    RunAcquire();
}

static void
RunAcquireSome(void)
{
    Must("acquire", OsLockAcquire(own, permits - 1, 0, OS_SECOND, &deadPid));
}

static void
RunAcquireAll(void)
{
    Must("acquire", OsLockAcquire(own, 0, 0, OS_SECOND, &deadPid));
}

static void
ReadyAcquiredSome(void)
{
    RunOpen();
    RunAcquireSome();
}

static void
ReadyAcquiredAll(void)
{
    RunOpen();
    RunAcquireAll();
}

static void
RunRelease(void)
{
    Must("release", OsLockRelease(own, false));
}

static void
RunAbandon(void)
{
    Must("abandon", OsLockRelease(own, true));
}

static void
RunTakeOver(void)
{
    Must("takeover", OsLockTry(own, 1, OS_LOCK_TAKEOVER, &deadPid));
}

static void
ReadyTakenOver(void)
{
    RunOpen();
    RunTakeOver();
}

static void
RunFail(void)
{
    int err = OsLockTry(own, 0, 0, &deadPid);

    Must("try", (err == EOWNERDEAD) ? 0 : EINVAL);
}

static void
RunWait(void)
{
    Must("wait", OsLockBeginWait(own, false, &held));
}

static void
ReadyWaiting(void)
{
    ReadyAcquired();
    RunWait();
}

static void
RunEndWait(void)
{
    OsLockEndWait(own);
}

static void
RunNotify(void)
{
    size_t woken;

    Must("notify", OsLockNotify(own, 1, &woken));
}

static void
ReadyNotified(void)
{
    ReadyAcquired();
    RunNotify();
}

static void
RunQueue(void)
{
    int err = OsLockTry(own, 0, OS_LOCK_QUEUE, &deadPid);

    Must("queue", (err == EAGAIN) ? 0 : EINVAL);
}

static void
ReadyQueued(void)
{
    RunOpen();
    RunQueue();
}

static void
RunShowPending(void)
{
    Must("pending", OsLockShowPending(own, 2, 0));
}

static void
ReadyPendingForOne(void)
{
    RunOpen();
    Must("pending", OsLockShowPending(own, 1, 1));
}

static void
RunLeaveLine(void)
{
    OsLockLeaveLine(own);
}

/*
 * The preparations of the survivor.
 */

static void
PrepareNothing(void)
{
}

/*
 * PrepareDead --
 *
 *	A predecessor has died holding all permits, and no process has noticed
 *	that yet.
 */

static void
PrepareDead(void)
{
    predecessor = Fork();
    if (predecessor == 0) {
	OpenLock(permits);		/* the slot that the child will take */
	ReadyAcquiredAll();
	raise(SIGKILL);
    }
    WaitFor(predecessor);
}

/*
 * PrepareDeadHere --
 *
 *	Like PrepareDead, but the child will take the dead owner's slot.
 */

static void
PrepareDeadHere(void)
{
    predecessor = Fork();
    if (predecessor == 0) {
	ReadyAcquiredAll();
	raise(SIGKILL);
    }
    WaitFor(predecessor);
}

/*
 * PrepareDeadSome --
 *
 *	A predecessor has died holding some permits.
 */

static void
PrepareDeadSome(void)
{
    predecessor = Fork();
    if (predecessor == 0) {
	OpenLock(permits);
	ReadyAcquiredSome();
	raise(SIGKILL);
    }
    WaitFor(predecessor);
}

/*
 * PrepareAbandoned --
 *
 *	Like PrepareDead, but the death has already been noticed.
 */

static void
PrepareAbandoned(void)
{
    int err;

    PrepareDead();
    err = OsLockTry(survivor, 0, 0, &deadPid);
    Must("abandoned", (err == EOWNERDEAD) ? 0 : EINVAL);
}

static void
PrepareHeld(void)
{
    Must("hold", OsLockTry(second, 1, 0, &deadPid));
}

/*
 * QueueBeside, PrepareStop --
 *
 *	While the child is stopped, the survivor begins to wait for all permits.
 *	If the child is inside the latch, it does so without the latch; setting
 *	stopped shortens its attempt to enter.
 */

static void
QueueBeside(void)
{
    int err;

    segment->stopped = atomic_load(&segment->header->latch) & POSIX_IPC_ID;
    err = OsLockTry(survivor, 0, OS_LOCK_QUEUE, &deadPid);
    Must("queue", (err == EAGAIN) ? 0 : EINVAL);
}

static void
PrepareStop(void)
{
    PrepareHeld();
    beside = QueueBeside;
}

static void
PrepareWaiter(void)
{
    PrepareHeld();
    Must("wait", OsLockBeginWait(second, false, &held));
}

static void
PrepareNoName(void)
{
    OsLockUnlink(name);
}

/*
 * The checks of the survivor.
 */

static int
CheckTaking(
    pid_t child)
{
    int err = Renew();

    return (err == 0) ? 0 : (err == EOWNERDEAD && deadPid == child) ? 1 : -1;
}

static int
CheckGiving(
    pid_t child)
{
    int state = CheckTaking(child);

    return (state < 0) ? -1 : !state;
}

static int
CheckFree(
    pid_t child)
{
    (void) child;
    return (Renew() == 0) ? 1 : -1;
}

static int
CheckAbandoned(
    pid_t child)
{
    return (Renew() == EOWNERDEAD && deadPid == child) ? 1 : -1;
}

static int
CheckTakeOver(
    pid_t child)
{
    if (Renew() != EOWNERDEAD) {
	return -1;
    }
    return (deadPid == predecessor) ? 0 : (deadPid == child) ? 1 : -1;
}

static int
CheckPredecessor(
    pid_t child)
{
    (void) child;
    return (Renew() == EOWNERDEAD && deadPid == predecessor) ? 1 : -1;
}

/*
 * CheckWait --
 *
 *	Checks that no process is left waiting, and that the lock is as after a
 *	release.
 */

static int
CheckWait(
    pid_t child)
{
    size_t woken;

    if (OsLockNotify(survivor, 9, &woken) != 0 || woken != 0) {
	return -1;
    }
    return CheckGiving(child);
}

/*
 * FindNotice, CheckNotify --
 *
 *	FindNotice returns 1 if the waiter has been notified, 0 if only the
 *	survivor can notify it, which it does, and -1 if that fails. CheckNotify
 *	also checks that the lock is then free.
 */

static int
FindNotice(void)
{
    bool isNotified = OsLockWait(second, OS_NOW, &deadPid) == 0;
    size_t woken;

    if (OsLockNotify(survivor, 1, &woken) != 0 || woken != !isNotified
	    || OsLockWait(second, OS_NOW, &deadPid) != 0
	    || !OsLockEndWait(second)) {
	return -1;
    }
    return isNotified;
}

static int
CheckNotify(
    pid_t child)
{
    int state = FindNotice();

    return (CheckFree(child) == 1) ? state : -1;
}

/*
 * CheckNotifyByOwner, CheckGivingToNotified --
 *
 *	CheckNotifyByOwner is like CheckNotify, but the lock must then be
 *	abandoned. CheckGivingToNotified checks that the waiter has been
 *	notified, whether or not the release, which wakes it, was completed.
 */

static int
CheckNotifyByOwner(
    pid_t child)
{
    int state = FindNotice();

    return (CheckAbandoned(child) == 1) ? state : -1;
}

static int
CheckGivingToNotified(
    pid_t child)
{
    return (FindNotice() == 1) ? CheckGiving(child) : -1;
}

/*
 * CheckQueue --
 *
 *	Checks that the dead waiter keeps no process from taking free permits.
 */

static int
CheckQueue(
    pid_t child)
{
    OsLockState state;

    if (OsLockGetState(survivor, &state) != 0 || state.waiters != 0
	    || (permits > 1 && OsLockTry(survivor, 1, 0, &deadPid) != 0)) {
	return -1;
    }
    if (permits > 1) {
	Must("release", OsLockRelease(survivor, false));
    }
    Must("release", OsLockRelease(second, false));
    return CheckFree(child);
}

/*
 * CheckBehind --
 *
 *	Checks that a newcomer gets no permits, because the survivor waits for
 *	all of them.
 */

static int
CheckBehind(
    pid_t child)
{
    Must("release", OsLockRelease(second, false));
    if (OsLockTry(second, 1, 0, &deadPid) != EAGAIN) {
	fprintf(stderr, "a newcomer was served first\n");
	OsLockRelease(second, false);
	OsLockLeaveLine(survivor);
	return -1;
    }
    OsLockLeaveLine(survivor);
    return CheckFree(child);
}

/*
 * CheckCreate --
 *
 *	Checks that the name either belongs to a complete lock or does not
 *	exist.
 */

static int
CheckCreate(
    pid_t child)
{
    OsSharedLock *lock;
    OsLockState state;
    OsObject object;
    int err = OsLockOpen(name, 0, 0, 0, &object, &lock), result = (err == 0);

    (void) child;
    if (err == ENOENT) {
	err = OsLockOpen(name, OS_CREAT | OS_EXCL, 0600, permits, &object,
		&lock);
    }
    if (err != 0) {
	fprintf(stderr, "open: %s\n", strerror(err));
	return -1;
    }
    if (OsLockGetState(lock, &state) != 0 || state.permits != permits
	    || state.free != permits || OsLockTry(lock, 0, 0, &deadPid) != 0
	    || OsLockRelease(lock, false) != 0) {
	result = -1;
    }
    OsLockClose(lock, true);
    return result;
}

static const Operation operations[] = {
    { "acquire 1 of 1", 1, PrepareNothing, RunOpen, RunAcquire, CheckTaking,
	false },
    { "release 1 of 1", 1, PrepareNothing, ReadyAcquired, RunRelease,
	CheckGiving, false },
    { "abandon 1 of 1", 1, PrepareNothing, ReadyAcquired, RunAbandon,
	CheckAbandoned, false },
    { "take over 1 of 1", 1, PrepareAbandoned, RunOpen, RunTakeOver,
	CheckTakeOver, false },
    { "release after taking over", 1, PrepareAbandoned, ReadyTakenOver,
	RunRelease, CheckGiving, false },
    { "notice a death", 1, PrepareDead, RunOpen, RunFail, CheckPredecessor,
	true },
    { "wait with 1 of 1", 1, PrepareNothing, ReadyAcquired, RunWait, CheckWait,
	false },
    { "end a wait", 1, PrepareNothing, ReadyWaiting, RunEndWait, CheckFree,
	false },
    { "notify", 1, PrepareWaiter, RunOpen, RunNotify, CheckNotify, true },
    { "notify with 1 of 1", 1, PrepareWaiter, ReadyAcquired, RunNotify,
	CheckNotifyByOwner, true },
    { "release to the notified", 1, PrepareWaiter, ReadyNotified, RunRelease,
	CheckGivingToNotified, false },
    { "wait after a notification", 1, PrepareWaiter, ReadyNotified, RunWait,
	CheckGivingToNotified, false },
    { "queue for 1 of 1", 1, PrepareHeld, RunOpen, RunQueue, CheckQueue, true },
    { "acquire 2 of 3", 3, PrepareNothing, RunOpen, RunAcquireSome, CheckFree,
	false },
    { "acquire 3 of 3", 3, PrepareNothing, RunOpen, RunAcquireAll, CheckTaking,
	false },
    { "release 2 of 3", 3, PrepareNothing, ReadyAcquiredSome, RunRelease,
	CheckFree, false },
    { "release 3 of 3", 3, PrepareNothing, ReadyAcquiredAll, RunRelease,
	CheckGiving, false },
    { "take over 3 of 3", 3, PrepareAbandoned, RunOpen, RunTakeOver,
	CheckTakeOver, false },
    { "clean up after a dead owner of 2", 3, PrepareDeadSome, RunOpen,
	RunAcquireAll, CheckTaking, true },
    { "queue for 3 of 3", 3, PrepareHeld, RunOpen, RunQueue, CheckQueue, true },
    { "wait for 3 of 3 in an event loop", 3, PrepareHeld, RunOpen,
	RunShowPending, CheckQueue, true },
    { "wait for 3 instead of 1 there", 3, PrepareHeld, ReadyPendingForOne,
	RunShowPending, CheckQueue, false },
    { "leave the line for 3", 3, PrepareHeld, ReadyQueued, RunLeaveLine,
	CheckQueue, false },
    { "leave the line for 3 beside one that joins it", 3, PrepareStop,
	ReadyQueued, RunLeaveLine, CheckBehind, false },
    { "wait with 1 of 3", 3, PrepareNothing, ReadyAcquired, RunWait, CheckFree,
	false },
    { "open", 3, PrepareNothing, PrepareNothing, RunOpen, CheckFree, true },
    { "open in a slot of a dead owner", 1, PrepareDeadHere, PrepareNothing, RunOpen,
	CheckPredecessor, true },
    { "create", 3, PrepareNoName, PrepareNothing, RunOpen, CheckCreate, true },
    { "close", 3, PrepareNothing, ReadyAcquiredSome, RunClose, CheckFree,
	true },
};

/*
 * Begin, End --
 *
 *	Open and close the survivor's handles.
 */

static OsSegment *
Begin(
    size_t size)
{
    permits = (uint32_t) size;
    survivor = OpenLock(permits);
    second = OpenLock(permits);
    return (OsSegment *) survivor;
}

static void
End(void)
{
    OsLockClose(survivor, true);
    OsLockClose(second, true);
    OsLockUnlink(name);
}

const Kind lockKind = {
    .prefix = "posix_ipc.lock.",
    .operations = operations,
    .count = sizeof(operations) / sizeof(*operations),
    .begin = Begin,
    .end = End
};
