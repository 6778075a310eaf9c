/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osLockRepair.c --
 *
 *	Repairing locks after the death of a participant and after damage.
 */

#include "osLock.h"

#include "osFamily.h"

#include <limits.h>

#define MOST_PERMITS 1000000

/*
 * Measure --
 *
 *	A lock has no data; the size in its header is the number of permits.
 */

static uint64_t
Measure(
    uint64_t permits)
{
    return (permits >= 1 && permits <= MOST_PERMITS) ? 0 : UINT64_MAX;
}

/*
 * OsLockRecount --
 *
 *	Recomputes used and allWaiting from the slots. Must be called inside the
 *	latch. EBADMSG: the grants are impossible.
 *
 *	If this process is stopped here, a waiter can join the line without the
 *	latch: it stores want, then adds to allWaiting. allWaiting is set to 0
 *	before the slots are read, and the sum is added afterward, so such a
 *	waiter is always counted, perhaps twice.
 */

int
OsLockRecount(
    OsSegment *segment)
{
    PosixIpcLock *words = &segment->header->lock;
    uint32_t count = OsSegmentCountSlots(segment), allWaiting = 0;
    uint64_t used = 0;

    atomic_store(&words->allWaiting, 0);
    for (uint32_t i = 0; i < count; i++) {
	uint32_t grant = atomic_load(&segment->slots[i].grant);

	if (grant != 0 && grant >= segment->size) {
	    return EBADMSG;
	}
	used += grant;
	allWaiting += (atomic_load(&segment->slots[i].want) == segment->size);
    }
    if (used > segment->size) {
	return EBADMSG;
    }
    atomic_store(&words->used, (uint32_t) used);
    atomic_fetch_add(&words->allWaiting, allWaiting);
    return 0;
}

/*
 * OsLockWakeAll --
 *
 *	Wakes all waiters of all bells.
 */

void
OsLockWakeAll(
    OsSegment *segment)
{
    uint32_t count = OsSegmentCountSlots(segment);

    OsBellRing(segment, POSIX_IPC_BELL, INT_MAX);
    OsBellRing(segment, POSIX_IPC_BELL_LOOPS, INT_MAX);
    for (uint32_t i = 0; i < count; i++) {
	PosixIpcSlot *slot = &segment->slots[i];

	if (atomic_load(&slot->waits) != 0) {
	    OsFutexWake(&slot->notifications, INT_MAX);
	}
    }
}

/*
 * Abandon --
 *
 *	Marks the lock of a dead owner as abandoned, if owner still has the
 *	value seen. Must be called inside the latch; otherwise another process
 *	could store its deadPid between the two stores.
 *
 *	Ordering: the exchange of owner releases deadPid, so a process that
 *	reads ABANDONED (acquire) reads this pid. Before the exchange the lock
 *	belongs to the dead owner; after it the lock is abandoned.
 */

static void
Abandon(
    OsSegment *segment,
    uint32_t owner)
{
    PosixIpcLock *words = &segment->header->lock;
    uint32_t number = (owner & POSIX_IPC_ID_SLOT) - 1;
    uint32_t pid = (number < POSIX_IPC_SLOTS)
	    ? atomic_load(&segment->slots[number].pid) : 0;

    OS_STORE(&words->deadPid, pid);
    if (atomic_compare_exchange_strong(&words->owner, &owner,
	    POSIX_IPC_ABANDONED)) {
	OsLockWakeAll(segment);
    }
}

/*
 * OsLockReap --
 *
 *	Cleans up after the dead participant of a slot. If owner contains the
 *	number of this slot, that owner is dead: the slot's next user, which may
 *	be the caller, has not held anything yet. After each store the state is
 *	valid; used comes last, and is recomputed if this process dies before.
 */

void
OsLockReap(
    OsSegment *segment,
    uint32_t number)
{
    PosixIpcSlot *slot = &segment->slots[number];
    uint32_t owner = atomic_load(&segment->header->lock.owner);
    bool hadSome = (atomic_load(&slot->grant) | atomic_load(&slot->want)) != 0;

    if ((owner & POSIX_IPC_ID_SLOT) == number + 1) {
	Abandon(segment, owner);
    }
    OsSegmentClearSlot(slot);
    if (hadSome) {
	if (OsLockRecount(segment) != 0) {
	    OsSegmentDamaged(segment);
	    segment->damageSeen--;	/* the next Begin reports it to this
					 * process */
	}
	OsLockWakeAll(segment);
    }
}

/*
 * Repair --
 *
 *	Recomputes the derived numbers after a death inside the latch. If there
 *	are both an owner of all permits and grants in slots, the state is
 *	corrupt.
 */

static int
Repair(
    OsSegment *segment)
{
    PosixIpcLock *words = &segment->header->lock;
    uint32_t owner = atomic_load(&words->owner);
    int err = OsLockRecount(segment);

    if (err == 0 && ((owner & POSIX_IPC_WAITERS)
	    || ((owner & POSIX_IPC_ID) != 0
		    && atomic_load(&words->used) != 0))) {
	err = EBADMSG;
    }
    return err;
}

/*
 * Reset --
 *
 *	Marks a corrupt lock as abandoned, without a dead owner. Also ends all
 *	waits for notifications, because what is left of one in a slot would
 *	consume a notification.
 */

static void
Reset(
    OsSegment *segment)
{
    PosixIpcLock *words = &segment->header->lock;

    for (uint32_t i = 0; i < POSIX_IPC_SLOTS; i++) {
	atomic_store(&segment->slots[i].grant, 0);
	atomic_store(&segment->slots[i].want, 0);
    }
    atomic_store(&words->used, 0);
    atomic_store(&words->allWaiting, 0);
    atomic_store(&words->deadPid, 0);
    atomic_store(&words->owner, POSIX_IPC_ABANDONED);
    OsLockWakeAll(segment);
    for (uint32_t i = 0; i < POSIX_IPC_SLOTS; i++) {
	atomic_store(&segment->slots[i].operation, 0);
	atomic_store(&segment->slots[i].waits, 0);
	atomic_store(&segment->slots[i].notifications, 0);
	atomic_store(&segment->slots[i].pending, 0);
    }
}

const OsFamily osLockFamily = {
    .catalog = &osFolderCatalog,
    .prefix = OS_OWN_PREFIX "lock.",
    .isOpen = true,
    .isMapped = true,
    .spaceLimit = OS_SHM_BYTES_MAX
};

const OsSegmentType osLockType = {
    POSIX_IPC_LOCK, &osLockFamily, Measure, OsLockReap, Repair, Reset
};

/*
 * OsLockIsLookDue --
 *
 *	Returns whether to look for the dead before reporting that a lock is in
 *	use: always if the call does not wait, because event loops learn of a
 *	death by such calls; otherwise every 0.1 s.
 */

bool
OsLockIsLookDue(
    OsSharedLock *lock,
    int flags)
{
    return !(flags & OS_LOCK_QUEUE) || (flags & OS_LOCK_PENDING)
	    || OsClock() - lock->segment.lastReap >= OS_SEGMENT_SLICE;
}

/*
 * OsLockLookForDead --
 *
 *	Cleans up after dead participants, inside the latch. Returns whether
 *	there were any.
 */

bool
OsLockLookForDead(
    OsSegment *segment)
{
    uint32_t owner = atomic_load(&segment->header->lock.owner);
    bool isDead = (owner & POSIX_IPC_ID) != 0
	    && OsSegmentIsDead(segment, owner);

    if (isDead) {
	Abandon(segment, owner);
    }
    return (OsSegmentReap(segment) > 0) || isDead;
}
