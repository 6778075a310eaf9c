/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osLockPermits.c --
 *
 *	Permits: taking them, the line of waiters, and giving them back.
 */

#include "osLock.h"

#include <limits.h>
#include <unistd.h>

/*
 * TakeAll --
 *
 *	Takes all permits by one change of owner: from 0 to this participant's
 *	id, or from ABANDONED to ABANDONED with that id. For a lock of more than
 *	one permit, it must be called inside the latch while no slot has a
 *	grant.
 *
 *	Ordering: the change acquires, so everything that the caller does
 *	under the lock comes after it. It is seq_cst for OsBellArm. EAGAIN:
 *	the lock has an owner.
 */

static int
TakeAll(
    OsSegment *segment,
    int flags,
    pid_t *deadPidPtr)
{
    PosixIpcLock *words = &segment->header->lock;
    uint32_t owner = 0, deadPid;

    *deadPidPtr = 0;
    if (atomic_compare_exchange_strong(&words->owner, &owner, segment->me)) {
	return 0;
    }
    if (owner != POSIX_IPC_ABANDONED) {
	return EAGAIN;
    }
    deadPid = OS_LOAD(&words->deadPid);
    if ((flags & OS_LOCK_TAKEOVER) && !atomic_compare_exchange_strong(
	    &words->owner, &owner, segment->me | POSIX_IPC_ABANDONED)) {
	return EAGAIN;
    }
    *deadPidPtr = (pid_t) deadPid;
    return (flags & OS_LOCK_TAKEOVER) ? 0 : EOWNERDEAD;
}

/*
 * IsBehind --
 *
 *	Returns whether a participant that began to wait earlier waits for all
 *	permits. Must be called inside the latch.
 */

static bool
IsBehind(
    OsSharedLock *lock)
{
    OsSegment *segment = &lock->segment;
    uint32_t count = OsSegmentCountSlots(segment);
    uint64_t mine = lock->isInLine ? atomic_load(&OsLockSlot(lock)->ticket)
	    : UINT64_MAX;

    if (atomic_load(&segment->header->lock.allWaiting) == 0) {
	return false;
    }
    for (uint32_t i = 0; i < count; i++) {
	PosixIpcSlot *slot = &segment->slots[i];

	if ((int) i != segment->slot && atomic_load(&slot->want)
		== segment->size && atomic_load(&slot->ticket) < mine) {
	    return true;
	}
    }
    return false;
}

/*
 * IsImpossible --
 *
 *	Returns whether the value of owner is impossible: it has a bit that
 *	owner never has, or it is the id of this participant, which does not
 *	hold the lock.
 */

static bool
IsImpossible(
    OsSegment *segment,
    uint32_t owner)
{
    return (owner & POSIX_IPC_WAITERS) != 0
	    || (owner & POSIX_IPC_ID) == segment->me;
}

/*
 * TakeSome --
 *
 *	Takes permits inside the latch. The store of grant commits: if this
 *	process dies after it, the permits are those of a dead participant, and
 *	used is recomputed. EBADMSG: used is impossible.
 */

static int
TakeSome(
    OsSharedLock *lock,
    uint32_t permits,
    int flags,
    pid_t *deadPidPtr)
{
    OsSegment *segment = &lock->segment;
    PosixIpcLock *words = &segment->header->lock;
    uint32_t all = (uint32_t) segment->size;
    uint32_t owner = atomic_load(&words->owner);
    uint32_t used = atomic_load(&words->used);

    if (used > all || IsImpossible(segment, owner)) {
	return OsSegmentDamaged(segment);
    }
    if (owner == POSIX_IPC_ABANDONED && (used == 0
	    || !(flags & OS_LOCK_TAKEOVER))) {
	return TakeAll(segment, flags, deadPidPtr);
    }
    if (owner != 0 || permits > all - used || IsBehind(lock)) {
	return EAGAIN;
    }
    if (permits == all) {
	return TakeAll(segment, flags, deadPidPtr);
    }
    atomic_store(&OsLockSlot(lock)->grant, permits);
    atomic_store(&words->used, used + permits);
    return 0;
}

/*
 * JoinLine, OsLockQuitLine --
 *
 *	JoinLine shows in the slot what the handle waits for; OsLockQuitLine
 *	clears that. If one of the handle's calls has ended and the next one
 *	wants a different number of permits, the handle keeps its place. A lock
 *	of one permit serves whichever waiter comes first, so there the slot
 *	only informs others, and no latch is needed. For other locks, both are
 *	called inside the latch, unless a process is stopped there: then
 *	allWaiting may stay too high.
 */

static void
JoinLine(
    OsSharedLock *lock,
    uint32_t permits,
    int flags,
    bool isInLatch)
{
    PosixIpcLock *words = &lock->segment.header->lock;
    PosixIpcSlot *slot = OsLockSlot(lock);
    uint32_t wanted;

    atomic_store(&slot->operation, (uint32_t) POSIX_IPC_ACQUIRE
	    | ((flags & OS_LOCK_PENDING) ? (uint32_t) POSIX_IPC_PENDING : 0));
    if (!lock->isInLine) {
	atomic_store(&slot->ticket, atomic_fetch_add(&words->ticket, 1) + 1);
	lock->isInLine = true;
    }
    wanted = atomic_exchange(&slot->want, permits);
    if (lock->segment.size > 1 && wanted != permits) {
	if (permits == lock->segment.size) {
	    atomic_fetch_add(&words->allWaiting, 1);
	} else if (wanted == lock->segment.size && isInLatch) {
	    OsLockRecount(&lock->segment);
	}
    }
}

void
OsLockQuitLine(
    OsSharedLock *lock,
    bool isInLatch)
{
    PosixIpcSlot *slot = OsLockSlot(lock);
    uint32_t want;

    if (lock->isInLine) {
	want = atomic_exchange(&slot->want, 0);
	atomic_store(&slot->operation, 0);
	lock->isInLine = false;
	if (isInLatch && want == lock->segment.size) {
	    OsLockRecount(&lock->segment);
	}
    }
}

/*
 * BeginInLine, EndInLine --
 *
 *	Bracket a change of the handle's place in the line. If the lock has
 *	several permits, the change is made inside the latch, or without it if a
 *	process is stopped there. BeginInLine returns 0 or an errno value.
 */

static int
BeginInLine(
    OsSharedLock *lock,
    bool *isInLatchPtr)
{
    int err = EBUSY;

    if (lock->segment.size > 1) {
	err = OsLockEnter(lock, OS_LATCH_ATTEMPT);
    }
    *isInLatchPtr = (err == 0);
    return (err == EBUSY) ? OsLockBegin(lock) : err;
}

static int
EndInLine(
    OsSharedLock *lock,
    bool isInLatch)
{
    return isInLatch ? OsLockLeave(lock, 0) : OsLockEnd(lock, 0);
}

/*
 * OsLockShowPending --
 *
 *	Shows how many calls of an event loop wait for permits. want is the
 *	number that the first of them asks for, or 0 for all. From now on that
 *	call has a place in the line, even if it waits for a grant of this
 *	handle to end.
 */

int
OsLockShowPending(
    OsSharedLock *lock,
    uint32_t calls,
    uint32_t permits)
{
    OsSegment *segment = &lock->segment;
    uint32_t all = (uint32_t) segment->size;
    bool isInLatch;
    int err;

    OsLockForgetParent(lock);
    if (calls == 0 && lock->pending == 0) {
	return 0;
    }
    if (calls == 0 || permits > all) {
	/* Without OsLockBegin, so that a later call reports damage. */
	lock->pending = calls;
	if (OsSegmentHasSlot(segment)) {
	    OsGuardEnter(segment->header, segment->mapped, NULL);
	    atomic_store(&OsLockSlot(lock)->pending, calls);
	    OsSegmentEnd(segment, 0);
	}
	return 0;
    }
    err = BeginInLine(lock, &isInLatch);
    if (err != 0) {
	return err;
    }
    lock->pending = calls;
    atomic_store(&OsLockSlot(lock)->pending, calls);
    JoinLine(lock, (permits == 0) ? all : permits, OS_LOCK_PENDING,
	    isInLatch);
    return EndInLine(lock, isInLatch);
}

/*
 * OsLockLeaveLine --
 *
 *	Gives up the place in the line that OS_LOCK_QUEUE has given, if any, and
 *	wakes the waiters behind it. If a process is stopped in the latch,
 *	allWaiting stays as it is: it may be too high, which only makes others
 *	look at the slots.
 */

void
OsLockLeaveLine(
    OsSharedLock *lock)
{
    bool isInLatch;

    OsLockForgetParent(lock);
    if (!lock->isInLine || BeginInLine(lock, &isInLatch) != 0) {
	return;
    }
    OsLockQuitLine(lock, isInLatch);
    OsBellRing(&lock->segment, POSIX_IPC_BELL, INT_MAX);
    OsBellRing(&lock->segment, POSIX_IPC_BELL_LOOPS, INT_MAX);
    EndInLine(lock, isInLatch);
}

/*
 * LookAtOwner --
 *
 *	Looks at the owner of a lock of one permit. Returns 0 if trying again
 *	may succeed, EAGAIN if the caller must wait, or an error. If a process
 *	is stopped in the latch, the caller waits as it would for an owner.
 */

static int
LookAtOwner(
    OsSegment *segment)
{
    uint32_t owner = atomic_load(&segment->header->lock.owner);
    int err;

    segment->lastReap = OsClock();
    if (!IsImpossible(segment, owner) && ((owner & POSIX_IPC_ID) == 0
	    || !OsSegmentIsDead(segment, owner))) {
	return EAGAIN;
    }
    err = OsLatchEnter(segment, OS_LATCH_ATTEMPT);
    if (err == 0) {
	owner = atomic_load(&segment->header->lock.owner);
	if (IsImpossible(segment, owner)) {
	    err = OsSegmentDamaged(segment);
	} else {
	    OsLockLookForDead(segment);
	}
	OsLatchLeave(segment);
    }
    return (err == EBUSY) ? EAGAIN : err;
}

/*
 * TryAlone --
 *
 *	Tries to take a lock of one permit.
 */

static int
TryAlone(
    OsSharedLock *lock,
    int flags,
    pid_t *deadPidPtr)
{
    OsSegment *segment = &lock->segment;
    int err = TakeAll(segment, flags, deadPidPtr);

    if (err == EAGAIN && OsLockIsLookDue(lock, flags)) {
	err = LookAtOwner(segment);
	if (err == 0) {
	    err = TakeAll(segment, flags, deadPidPtr);
	}
    }
    return err;
}

/*
 * TryInLatch --
 *
 *	Tries to take permits of a lock that has more than one. Keeps a place in
 *	the line only if the call must wait, or for the pending calls of the
 *	handle. If the call must wait because a process is stopped in the latch,
 *	it takes its place without the latch.
 */

static int
TryInLatch(
    OsSharedLock *lock,
    uint32_t permits,
    int flags,
    pid_t *deadPidPtr)
{
    OsSegment *segment = &lock->segment;
    int err = OsLatchEnter(segment, OS_LATCH_ATTEMPT);

    if (err == EBUSY) {
	if (flags & OS_LOCK_QUEUE) {
	    JoinLine(lock, permits, flags, false);
	}
	return EAGAIN;
    }
    if (err != 0) {
	return err;
    }
    err = TakeSome(lock, permits, flags, deadPidPtr);
    if (err == EAGAIN && OsLockIsLookDue(lock, flags)
	    && OsLockLookForDead(segment)) {
	err = TakeSome(lock, permits, flags, deadPidPtr);
    }
    if (err == EAGAIN && (flags & OS_LOCK_QUEUE)) {
	JoinLine(lock, permits, flags, true);
    } else if ((flags & OS_LOCK_PENDING) || lock->pending == 0) {
	OsLockQuitLine(lock, true);
    }
    OsLatchLeave(segment);
    return err;
}

/*
 * OsLockTry --
 *
 *	Takes permits; 0 means all. With OS_LOCK_TAKEOVER, takes an abandoned
 *	lock too, with all its permits, and stores the pid of its last owner in
 *	*deadPidPtr; in all other cases stores 0 there.
 *
 *	EAGAIN: the call must wait; with OS_LOCK_QUEUE it has a place in the
 *	line until a later call takes the permits or fails with another error,
 *	or until OsLockLeaveLine. EDEADLK: the handle already holds permits.
 *	EINVAL: the lock has fewer permits than that.
 */

int
OsLockTry(
    OsSharedLock *lock,
    uint32_t permits,
    int flags,			/* OS_LOCK_TAKEOVER ... */
    pid_t *deadPidPtr)
{
    uint32_t all = (uint32_t) lock->segment.size;
    int err = OsLockBegin(lock);

    if (err != 0) {
	return err;
    }
    if (permits == 0) {
	permits = all;
    }
    if (permits > all || lock->held > 0) {
	return OsLockEnd(lock, (permits > all) ? EINVAL : EDEADLK);
    }
    *deadPidPtr = 0;
    if (all > 1) {
	err = TryInLatch(lock, permits, flags, deadPidPtr);
    } else {
	err = TryAlone(lock, flags, deadPidPtr);
	if (err == EAGAIN && (flags & OS_LOCK_QUEUE)) {
	    JoinLine(lock, permits, flags, false);
	} else if (lock->isInLine) {
	    OsLockQuitLine(lock, false);
	}
    }
    if (err == 0) {
	uint32_t owner = OS_LOAD(&lock->segment.header->lock.owner);

	lock->held = ((owner & POSIX_IPC_ID) == lock->segment.me)
		? all : permits;
	lock->tookOver = (owner & POSIX_IPC_ABANDONED) != 0;
    }
    return OsLockEnd(lock, err);
}

/*
 * TryAgain --
 *
 *	One round of a blocking acquire: arms the bell, tries, and if it must
 *	wait, sleeps for a slice. A lock of one permit wakes one waiter at a
 *	time, so a waiter that has slept and takes the lock marks that others
 *	may be asleep.
 */

static int
TryAgain(
    OsSharedLock *lock,
    uint32_t permits,
    int flags,
    OsTime left,
    pid_t *deadPidPtr)
{
    uint32_t value;
    int err = OsLockBegin(lock);

    if (err != 0) {
	return err;
    }
    value = OsBellArm(&lock->segment, POSIX_IPC_BELL);
    err = OsLockEnd(lock, 0);
    if (err == 0) {
	err = OsLockTry(lock, permits, flags, deadPidPtr);
    }
    if (err != EAGAIN) {
	return err;
    }
    err = OsBellWait(&lock->segment, POSIX_IPC_BELL, value, left);
    return (err == 0 || err == ETIMEDOUT) ? EAGAIN : OsLockLose(lock, err);
}

/*
 * OsLockAcquire --
 *
 *	OsLockTry, waiting for at most timeout. After ETIMEDOUT, and after EINTR
 *	(a signal handler ran), the next call still has the place in the line,
 *	until OsLockLeaveLine. A call with OS_NOW takes no place.
 */

int
OsLockAcquire(
    OsSharedLock *lock,
    uint32_t permits,
    int flags,
    OsTime timeout,
    pid_t *deadPidPtr)
{
    int err = OsLockTry(lock, permits,
	    (timeout == OS_NOW) ? flags : flags | OS_LOCK_QUEUE, deadPidPtr);
    OsTime now, end;

    if (err != EAGAIN || timeout == OS_NOW) {
	return (err == EAGAIN) ? ETIMEDOUT : err;
    }
    now = OsClock();
    end = OsAfter(now, timeout);
    while (err == EAGAIN && now < end) {
	err = TryAgain(lock, permits, flags | OS_LOCK_QUEUE, end - now,
		deadPidPtr);
	now = OsClock();
    }
    return (err == EAGAIN) ? ETIMEDOUT : err;
}

/*
 * OsLockGiveAll --
 *
 *	Gives all permits back by one change of owner, to 0 or ABANDONED. The
 *	change is a release for everything done under the lock, and is seq_cst
 *	for OsBellRing. EBADMSG: the handle is not the owner, because another
 *	program has overwritten the word. The caller then calls
 *	OsSegmentDamaged, because another handle may hold the lock as well.
 */

int
OsLockGiveAll(
    OsSegment *segment,
    bool abandon)
{
    PosixIpcLock *words = &segment->header->lock;
    uint32_t owner = segment->me, next = 0;

    if (abandon) {
	/* Stored while still the owner: if this process dies here, the pid is
	 * right too. */
	OS_STORE(&words->deadPid, (uint32_t) getpid());
	next = POSIX_IPC_ABANDONED;
    }
    if (atomic_compare_exchange_strong(&words->owner, &owner, next)
	    || (owner == (segment->me | POSIX_IPC_ABANDONED)
		    && atomic_compare_exchange_strong(&words->owner, &owner,
			    next))) {
	return 0;
    }
    return EBADMSG;
}

/*
 * OsLockGiveSome --
 *
 *	Gives a grant in the slot back, inside the latch. The store of grant
 *	commits.
 */

int
OsLockGiveSome(
    OsSharedLock *lock)
{
    PosixIpcLock *words = &lock->segment.header->lock;
    uint32_t used = atomic_load(&words->used);

    if (atomic_exchange(&OsLockSlot(lock)->grant, 0) != lock->held
	    || used < lock->held) {
	return OsSegmentDamaged(&lock->segment);
    }
    atomic_store(&words->used, used - lock->held);
    return 0;
}

/*
 * OsLockWakeNotified --
 *
 *	Wakes the waiters that the handle has notified. Called outside the
 *	latch, because a waiter that wakes up enters it.
 */

void
OsLockWakeNotified(
    OsSharedLock *lock)
{
    OsSegment *segment = &lock->segment;
    uint32_t owed = lock->owed, count = OsSegmentCountSlots(segment);

    lock->owed = 0;
    if (owed != OS_LOCK_SEVERAL) {
	if (owed != 0) {
	    OsFutexWake(&segment->slots[owed - 1].notifications, INT_MAX);
	}
	return;
    }
    for (uint32_t i = 0; i < count; i++) {
	PosixIpcSlot *slot = &segment->slots[i];

	if (atomic_load(&slot->notifications) != 0) {
	    OsFutexWake(&slot->notifications, INT_MAX);
	}
    }
}

/*
 * OsLockWakeAfterRelease --
 *
 *	Wakes the waiters that can continue after a release: one waiter if the
 *	lock has one permit, and those that were notified while the handle held
 *	all permits.
 */

void
OsLockWakeAfterRelease(
    OsSharedLock *lock)
{
    OsSegment *segment = &lock->segment;

    OsBellRing(segment, POSIX_IPC_BELL, (segment->size == 1) ? 1 : INT_MAX);
    OsBellRing(segment, POSIX_IPC_BELL_LOOPS, INT_MAX);
    if (lock->owed != 0) {
	OsLockWakeNotified(lock);
    }
}

/*
 * OsLockRelease --
 *
 *	Gives back what the handle holds. With abandon, marks the lock as
 *	abandoned by this process; EINVAL unless the handle holds all permits.
 *
 *	EPERM: the handle holds nothing.
 */

int
OsLockRelease(
    OsSharedLock *lock,
    bool abandon)
{
    OsSegment *segment = &lock->segment;
    bool hasAll;
    int err;

    OsLockForgetParent(lock);
    hasAll = (lock->held == segment->size);
    if (lock->held == 0 || (abandon && !hasAll)) {
	return (lock->held == 0) ? EPERM : EINVAL;
    }
    err = hasAll ? OsLockBegin(lock) : OsLockEnter(lock, OS_SECOND);
    if (err != 0) {
	return err;
    }
    if (hasAll) {
	err = OsLockGiveAll(segment, abandon);
	if (err != 0 && OsLatchEnter(segment, OS_SECOND) == 0) {
	    OsSegmentDamaged(segment);
	    OsLatchLeave(segment);
	}
    } else {
	err = OsLockGiveSome(lock);
	OsLatchLeave(segment);
    }
    lock->held = 0;
    if (abandon) {
	lock->owed = 0;
	OsLockWakeAll(segment);
    } else {
	OsLockWakeAfterRelease(lock);
    }
    return OsLockEnd(lock, err);
}
