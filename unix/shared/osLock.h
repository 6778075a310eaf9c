/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osLock.h --
 *
 *	A lock, for the files of osLock*.c:
 *
 *	    osLock.c		opening, closing, and waiting in an event loop
 *	    osLockPermits.c	taking permits and giving them back
 *	    osLockNotify.c	waiting for notifications, and sending them
 *	    osLockRepair.c	repairs after deaths and damage
 *	    osLockState.c	reading the state of a lock
 *
 *	The word owner contains the id of the participant that holds all
 *	permits. Taking all permits, giving them back and abandoning the lock
 *	each change only that word, so the death of a process leaves none of
 *	these half done. A lock of one permit needs nothing else, not even the
 *	latch. Grants of fewer permits are in the slots of their owners;
 *	operations on several slots take the latch.
 *
 *	Traps:
 *
 *	- It is the waiters that detect a death. They look every 0.1 s, inside
 *	  the latch, so that deadPid and owner belong together.
 *	- A release wakes one waiter of a lock of one permit. So when a waiter
 *	  that has slept takes the lock, it marks that others may wait. If it
 *	  dies between the wake and that mark, the others lose a slice of 0.1 s.
 *	- Once damage has been repaired, no handle holds anything: OsLockBegin.
 */

#ifndef OS_LOCK_H
#define OS_LOCK_H

#include "segment.h"

#include "osWaiter.h"

#include <errno.h>

#define OS_LOCK_SEVERAL UINT32_MAX	/* OsSharedLock.owed */

struct OsSharedLock {
    OsSegment segment;		/* first: tests find it there */
    uint32_t held;		/* permits */
    bool isInLine;		/* its slot shows what it waits for */
    bool tookOver;		/* what it holds was abandoned */
    uint32_t waits;		/* calls that wait for a notification */
    uint32_t owed;		/* a notified slot that the release must wake:
				 * number + 1; or OS_LOCK_SEVERAL */
    uint32_t pending;		/* calls of an event loop, as in its slot */
    unsigned process;		/* generation of forks that set these */
    OsSegmentWaiter waiter;	/* an event loop, for permits */
    OsSegmentWaiter notificationWaiter;	/* an event loop, for notifications */
};

/*
 * OsLockSlot --
 *
 *	Returns this participant's slot.
 */

static inline PosixIpcSlot *
OsLockSlot(
    OsSharedLock *lock)
{
    return OsSegmentGetSlot(&lock->segment);
}

/*
 * OsLockForget, OsLockForgetParent --
 *
 *	OsLockForget forgets what the handle holds and waits for.
 *	OsLockForgetParent does so in a forked child, for what belongs to the
 *	parent's handle.
 */

static inline void
OsLockForget(
    OsSharedLock *lock)
{
    lock->held = 0;
    lock->isInLine = false;
    lock->waits = 0;
    lock->owed = 0;
    lock->pending = 0;
}

static inline void
OsLockForgetParent(
    OsSharedLock *lock)
{
    if (lock->process != OsGetGeneration()) {
	lock->process = OsGetGeneration();
	OsLockForget(lock);
    }
}

/*
 * OsLockBegin, OsLockEnd, OsLockEnter, OsLockLeave --
 *
 *	OsSegmentBegin and OsSegmentEnd; OsLockEnter and OsLockLeave also enter
 *	and leave the latch. If the lock was corrupt, the handle no longer holds
 *	anything. timeout limits the wait for a process that is stopped inside
 *	the latch.
 */

static inline int
OsLockLose(
    OsSharedLock *lock,
    int err)
{
    if (err == EBADMSG) {
	OsLockForget(lock);
    }
    return err;
}

static inline int
OsLockBegin(
    OsSharedLock *lock)
{
    int err;

    OsLockForgetParent(lock);
    err = OsSegmentBegin(&lock->segment);
    return (err == 0) ? 0 : OsLockLose(lock, err);
}

static inline int
OsLockEnd(
    OsSharedLock *lock,
    int err)
{
    err = OsSegmentEnd(&lock->segment, err);
    return (err == 0) ? 0 : OsLockLose(lock, err);
}

static inline int
OsLockEnter(
    OsSharedLock *lock,
    OsTime timeout)
{
    int err = OsLockBegin(lock);

    if (err == 0) {
	err = OsLatchEnter(&lock->segment, timeout);
	if (err != 0) {
	    err = OsLockEnd(lock, err);
	}
    }
    return err;
}

static inline int
OsLockLeave(
    OsSharedLock *lock,
    int err)
{
    OsLatchLeave(&lock->segment);
    return OsLockEnd(lock, err);
}

/*
 * osLockRepair.c
 */

extern const OsSegmentType osLockType;

int	OsLockRecount(OsSegment *segment);
void	OsLockWakeAll(OsSegment *segment);
void	OsLockReap(OsSegment *segment, uint32_t number);
bool	OsLockIsLookDue(OsSharedLock *lock, int flags);
bool	OsLockLookForDead(OsSegment *segment);

/*
 * osLockPermits.c
 */

void	OsLockQuitLine(OsSharedLock *lock, bool isInLatch);
int	OsLockGiveAll(OsSegment *segment, bool abandon);
int	OsLockGiveSome(OsSharedLock *lock);
void	OsLockWakeNotified(OsSharedLock *lock);
void	OsLockWakeAfterRelease(OsSharedLock *lock);

#endif /* OS_LOCK_H */
