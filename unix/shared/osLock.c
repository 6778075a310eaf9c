/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osLock.c --
 *
 *	Locks that survive their owner: opening, closing, and waiting in an
 *	event loop.
 */

#include "osLock.h"

#include <stdlib.h>

/*
 * Look --
 *
 *	Returns whether an event loop should try again although no bell has
 *	rung: permits are free, or a participant has died.
 */

static bool
Look(
    OsSegment *segment)
{
    PosixIpcLock *words = &segment->header->lock;
    uint32_t owner = atomic_load(&words->owner);
    uint32_t count = OsSegmentCountSlots(segment);
    PosixIpcSlot *own = OsSegmentGetSlot(segment);
    uint32_t want = (atomic_load(&own->grant) == 0) ? atomic_load(&own->want)
	    : 0;

    if (owner == POSIX_IPC_ABANDONED || (owner == 0 && want != 0
	    && want <= segment->size - atomic_load(&words->used))) {
	return true;
    }
    if ((owner & POSIX_IPC_ID) != 0 && OsSegmentIsDead(segment, owner)) {
	return true;
    }
    for (uint32_t i = 0; i < count; i++) {
	PosixIpcSlot *slot = &segment->slots[i];

	if ((atomic_load(&slot->grant) | atomic_load(&slot->want)) != 0
		&& OsSegmentIsDead(segment, PosixIpcId(i,
			atomic_load(&slot->generation)))) {
	    return true;
	}
    }
    return false;
}

/*
 * OsLockOpen --
 *
 *	Opens a lock, or creates one with this number of permits: 1 to 1000000,
 *	otherwise EINVAL. EUSERS: the maximum number of handles already have it
 *	open. The other errors are those of segment.h, and ENOMEM.
 */

int
OsLockOpen(
    const char *name,
    int flags,
    mode_t mode,
    uint32_t permits,
    OsObject *object,
    OsSharedLock **lockPtr)
{
    OsSharedLock *lock;
    int err;

    if ((flags & OS_CREAT) && osLockType.measure(permits) != 0) {
	return EINVAL;
    }
    lock = calloc(1, sizeof(*lock));
    if (lock == NULL) {
	return ENOMEM;
    }
    err = OsSegmentOpenObject(&osLockType, name, flags, mode, permits, false,
	    &lock->segment, object);
    if (err != 0) {
	free(lock);
	return err;
    }
    lock->process = OsGetGeneration();
    OsSegmentInitWaiter(&lock->segment, &lock->waiter, Look);
    OsSegmentInitWaiter(&lock->segment, &lock->notificationWaiter, Look);
    *lockPtr = lock;
    return 0;
}

/*
 * OsLockClose --
 *
 *	Closes a lock, and gives back what the handle holds. If the handle holds
 *	all permits and isClean is false (for example, because a thread ends in
 *	the middle of its work), the lock becomes abandoned. If a stopped
 *	process prevents giving the permits back, other participants clean up
 *	later.
 */

void
OsLockClose(
    OsSharedLock *lock,
    bool isClean)
{
    OsLockForgetParent(lock);
    while (lock->waits > 0) {
	OsLockEndWait(lock);
    }
    OsLockLeaveLine(lock);
    OsLockShowPending(lock, 0, 0);
    if (lock->held > 0) {
	OsLockRelease(lock, !isClean && lock->held == lock->segment.size);
    }
    OsWaiterDrop(&lock->waiter.word);
    OsWaiterDrop(&lock->notificationWaiter.word);
    OsSegmentClose(&lock->segment);
    free(lock);
}

/*
 * OsLockUnlink, OsLockTookOver --
 *
 *	OsLockUnlink removes a name. OsLockTookOver returns whether the handle
 *	holds a lock that it took over.
 */

int
OsLockUnlink(
    const char *name)
{
    return OsSegmentUnlink(&osLockType, name);
}

void
OsLockFindTrouble(
    OsSharedLock *lock,
    OsTrouble *trouble)
{
    OsSegmentFindTrouble(&lock->segment, trouble);
}

bool
OsLockTookOver(
    const OsSharedLock *lock)
{
    return lock->held > 0 && lock->tookOver;
}

/*
 * OsLockWatch --
 *
 *	Posts to watch with data, once, when it is time to call OsLockTry again,
 *	or, while the handle waits for notifications, OsLockWait with OS_NOW.
 *	Must be called before such a call, because the call may find that it
 *	need not wait.
 */

int
OsLockWatch(
    OsSharedLock *lock,
    OsWatch *watch,
    void *data)
{
    OsSegment *segment = &lock->segment;
    const OsFutexWord *notifications = NULL;
    uint32_t value;
    int err = OsLockBegin(lock);

    if (err != 0) {
	return err;
    }
    value = OsBellArm(segment, POSIX_IPC_BELL_LOOPS);
    if (lock->waits > 0) {
	notifications = &OsLockSlot(lock)->notifications;
    }
    err = OsLockEnd(lock, 0);
    if (err == 0) {
	err = OsWaiterArm(&lock->waiter.word,
		&segment->header->bells[POSIX_IPC_BELL_LOOPS].bell, value,
		watch, data);
    }
    if (err == 0 && notifications != NULL) {
	err = OsWaiterArm(&lock->notificationWaiter.word, notifications, 0,
		watch, data);
    }
    return err;
}
