/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osLockNotify.c --
 *
 *	Waiting for a notification without the permits, and notifying waiters.
 */

#include "osLock.h"

#include <limits.h>

/*
 * CountWait --
 *
 *	Shows in the slot that one more call waits for a notification, and
 *	whether it is blocked. Must be called inside the latch.
 */

static void
CountWait(
    OsSharedLock *lock,
    bool isPending)
{
    PosixIpcLock *words = &lock->segment.header->lock;
    PosixIpcSlot *slot = OsLockSlot(lock);

    if (lock->waits == 0) {
	atomic_store(&slot->ticket, atomic_fetch_add(&words->ticket, 1) + 1);
    }
    if (!isPending) {
	atomic_store(&slot->operation, POSIX_IPC_WAIT);
    }
    atomic_fetch_add(&slot->waits, 1);
    lock->waits++;
}

/*
 * OsLockBeginWait --
 *
 *	Begins a wait for a notification: gives back what the handle holds, and
 *	stores how much that was. This happens inside the latch, as do
 *	notifications, so no notification after the release is missed. EPERM:
 *	the handle holds nothing. If isPending is true, the waiter is an event
 *	loop. If it is false, the thread blocks and cannot serve the handle's
 *	pending calls. These give up their place in the line, which could keep
 *	out every process that would notify.
 */

int
OsLockBeginWait(
    OsSharedLock *lock,
    bool isPending,
    uint32_t *permitsPtr)
{
    int err;

    OsLockForgetParent(lock);
    *permitsPtr = lock->held;
    if (lock->held == 0) {
	return EPERM;
    }
    err = OsLockEnter(lock, OS_SECOND);
    if (err != 0) {
	return err;
    }
    if (lock->held < lock->segment.size) {
	err = OsLockGiveSome(lock);
    } else if (OsLockGiveAll(&lock->segment, false) != 0) {
	err = OsSegmentDamaged(&lock->segment);
    }
    lock->held = 0;
    if (err == 0) {
	if (!isPending) {
	    OsLockQuitLine(lock, lock->segment.size > 1);
	}
	CountWait(lock, isPending);
    }
    OsLatchLeave(&lock->segment);
    OsLockWakeAfterRelease(lock);
    return OsLockEnd(lock, err);
}

/*
 * CheckNotified --
 *
 *	Checks whether a wait is over. Returns 0 if it was notified, EOWNERDEAD
 *	if the lock is abandoned, and EAGAIN if the wait continues.
 */

static int
CheckNotified(
    OsSharedLock *lock,
    pid_t *deadPidPtr)
{
    PosixIpcLock *words = &lock->segment.header->lock;

    if (atomic_load(&OsLockSlot(lock)->notifications) != 0) {
	return 0;
    }
    if (atomic_load(&words->owner) == POSIX_IPC_ABANDONED) {
	*deadPidPtr = (pid_t) atomic_load(&words->deadPid);
	return EOWNERDEAD;
    }
    return EAGAIN;
}

/*
 * CheckNotifiedOrDead --
 *
 *	CheckNotified, after looking for dead participants if that is due.
 */

static int
CheckNotifiedOrDead(
    OsSharedLock *lock,
    pid_t *deadPidPtr)
{
    OsSegment *segment = &lock->segment;
    int err = CheckNotified(lock, deadPidPtr);

    if (err == EAGAIN && OsLockIsLookDue(lock, OS_LOCK_QUEUE)) {
	err = OsLatchEnter(segment, OS_LATCH_ATTEMPT);
	if (err == 0) {
	    OsLockLookForDead(segment);
	    OsLatchLeave(segment);
	    err = CheckNotified(lock, deadPidPtr);
	}
    }
    return (err == EBUSY) ? EAGAIN : err;
}

/*
 * OsLockWait --
 *
 *	Waits for a notification, for at most timeout. Returns 0, ETIMEDOUT,
 *	EINTR, or an error that any call for a lock can return. EOWNERDEAD is
 *	also returned if the lock is abandoned during the wait. After the last
 *	of these calls, OsLockEndWait must be called.
 *
 *	Trap: a wake says nothing. It may be late, and meant for a former wait
 *	of this handle, which had seen its notification before it slept.
 */

int
OsLockWait(
    OsSharedLock *lock,
    OsTime timeout,
    pid_t *deadPidPtr)
{
    OsTime now = (timeout == OS_NOW) ? OS_NOW : OsClock(), left = timeout;
    OsTime end = OsAfter(now, timeout);

    for (;;) {
	int err = OsLockBegin(lock);

	if (err != 0) {
	    return err;
	}
	err = CheckNotifiedOrDead(lock, deadPidPtr);
	if (err == EAGAIN && left > 0) {
	    err = OsFutexWait(&OsLockSlot(lock)->notifications, 0,
		    (left < OS_SEGMENT_SLICE) ? left : OS_SEGMENT_SLICE);
	    err = (err == EINTR) ? EINTR
		    : (err != 0 && OsSegmentCheckSize(&lock->segment) != 0)
		    ? EBADMSG : EAGAIN;
	}
	err = OsLockEnd(lock, err);
	if (err != EAGAIN || left <= 0) {
	    return (err == EAGAIN) ? ETIMEDOUT : err;
	}
	left = end - OsClock();
    }
}

/*
 * OsLockEndWait --
 *
 *	Ends a wait that OsLockBeginWait began. Returns whether it was
 *	notified, even after its timeout.
 *
 *	If a process is stopped in the latch, this continues without the latch:
 *	if the wait remained counted forever, it would consume notifications
 *	meant for others. The stopped process may still notify this wait; the
 *	notification then goes to the next wait of the slot.
 */

bool
OsLockEndWait(
    OsSharedLock *lock)
{
    bool isNotified = false, isInLatch;
    int err;

    OsLockForgetParent(lock);
    if (lock->waits == 0) {
	return false;
    }
    err = OsLockEnter(lock, OS_LATCH_ATTEMPT);
    isInLatch = (err == 0);
    if (isInLatch || (err == EBUSY && OsLockBegin(lock) == 0)) {
	PosixIpcSlot *slot = OsLockSlot(lock);

	if (atomic_load(&slot->operation) == POSIX_IPC_WAIT) {
	    atomic_store(&slot->operation, 0);
	}
	isNotified = (atomic_load(&slot->notifications) != 0);
	if (isNotified) {
	    atomic_fetch_sub(&slot->notifications, 1);
	}
	atomic_fetch_sub(&slot->waits, 1);
	if (isInLatch) {
	    OsLockLeave(lock, 0);
	} else {
	    OsLockEnd(lock, 0);
	}
    }
    lock->waits -= (lock->waits > 0);
    return isNotified;
}

/*
 * FindWaiter --
 *
 *	Returns the slot of the living participant that has waited longest for a
 *	notification, or NULL. Must be called inside the latch.
 */

static PosixIpcSlot *
FindWaiter(
    OsSegment *segment)
{
    uint32_t count = OsSegmentCountSlots(segment);
    PosixIpcSlot *first = NULL;

    for (uint32_t i = 0; i < count; i++) {
	PosixIpcSlot *slot = &segment->slots[i];

	if (atomic_load(&slot->waits) <= atomic_load(&slot->notifications)
		|| (first != NULL && atomic_load(&slot->ticket)
			> atomic_load(&first->ticket))) {
	    continue;
	}
	if (OsSegmentSeemsDead(segment, i)) {
	    OsLockReap(segment, i);
	} else {
	    first = slot;
	}
    }
    return first;
}

/*
 * CountUnnotified --
 *
 *	Returns how many waits of a slot have not been notified yet.
 */

static uint32_t
CountUnnotified(
    const PosixIpcSlot *slot)
{
    uint32_t waits = atomic_load(&slot->waits);
    uint32_t notifications = atomic_load(&slot->notifications);

    return (waits > notifications) ? waits - notifications : 0;
}

/*
 * OsLockNotify --
 *
 *	Notifies at most count waiters, in the order in which they began to
 *	wait, and stores how many it has notified. The handle need not hold the
 *	lock. All waits of a slot are notified by one addition, not in a loop:
 *	another program may have written a huge number of waits.
 *
 *	While the handle holds all permits, a waiter that woke up could only go
 *	back to sleep. So the release wakes it instead. If this process dies
 *	before that, or holds the lock for a long time, the waiter looks again
 *	after its slice of 0.1 s.
 *
 *	Ordering: the addition to notifications commits. It is seq_cst, and
 *	comes before the change of owner that releases the lock and the wake
 *	that follows. Before a waiter sleeps, the kernel compares notifications
 *	with its queue of waiters locked. So either it sees the addition, or the
 *	wake finds the waiter asleep.
 */

int
OsLockNotify(
    OsSharedLock *lock,
    size_t count,
    size_t *wokenPtr)
{
    int err = OsLockEnter(lock, OS_SECOND);

    *wokenPtr = 0;
    if (err != 0) {
	return err;
    }
    while (*wokenPtr < count) {
	PosixIpcSlot *slot = FindWaiter(&lock->segment);
	size_t waits = (slot == NULL) ? 0 : CountUnnotified(slot);

	if (waits == 0) {
	    break;
	}
	if (waits > count - *wokenPtr) {
	    waits = count - *wokenPtr;
	}
	atomic_fetch_add(&slot->notifications, (uint32_t) waits);
	*wokenPtr += waits;
	lock->owed = (lock->owed != 0) ? OS_LOCK_SEVERAL
		: (uint32_t) (slot - lock->segment.slots) + 1;
    }
    OsLatchLeave(&lock->segment);
    if (lock->held != lock->segment.size) {
	OsLockWakeNotified(lock);
    }
    return OsLockEnd(lock, 0);
}
