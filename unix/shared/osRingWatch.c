/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osRingWatch.c --
 *
 *	Rings in an event loop: reports whether there is something to do, and
 *	when to check again.
 */

#include "osRingWatch.h"

#include <errno.h>

/*
 * HasRoom --
 *
 *	Returns whether this number of bytes would fit.
 */

static inline bool
HasRoom(
    OsSegment *segment,
    uint64_t room)
{
    uint64_t used = OS_LOAD(&segment->header->ring.used);

    return used > segment->size || segment->size - used >= room;
}

/*
 * OsRingPoll --
 *
 *	Returns which of OS_READABLE and OS_WRITABLE hold. Readable: there is a
 *	message, perhaps one that a dead process had taken. Writable: the
 *	longest possible message would fit. Returns both if the next call will
 *	report damage.
 */

int
OsRingPoll(
    OsRing *ring)
{
    OsSegment *segment = &ring->segment;
    int events = 0, err = OsRingEnter(ring, OS_LATCH_ATTEMPT);

    if (err == EBADMSG) {
	if (!segment->isGone) {
	    segment->damageSeen--;	/* the next Begin reports it again */
	}
	return OS_READABLE | OS_WRITABLE;
    }
    if (err != 0) {
	return 0;
    }
    if (OS_LOAD(&segment->header->ring.messages) == 0
	    && OS_LOAD(&segment->header->ring.taken) > ring->takenCount) {
	OsSegmentReap(segment);
    }
    if (OS_LOAD(&segment->header->ring.messages) != 0) {
	events |= OS_READABLE;
    }
    if (HasRoom(segment, OsRingGetLongestRoom(segment))) {
	events |= OS_WRITABLE;
    }
    return (OsRingLeave(ring, 0) == 0) ? events : OS_READABLE | OS_WRITABLE;
}

/*
 * HasDead --
 *
 *	Returns whether a participant has died inside the latch, or while it had
 *	taken messages.
 */

static bool
HasDead(
    OsSegment *segment)
{
    uint32_t count = OsSegmentCountSlots(segment);
    uint32_t latch = atomic_load(&segment->header->latch);

    if ((latch & POSIX_IPC_ID) != 0
	    && OsSegmentIsDead(segment, latch & POSIX_IPC_ID)) {
	return true;
    }
    for (uint32_t i = 0; i < count; i++) {
	PosixIpcSlot *slot = &segment->slots[i];

	if (atomic_load(&slot->grant) != 0 && OsSegmentIsDead(segment,
		PosixIpcId(i, atomic_load(&slot->generation)))) {
	    return true;
	}
    }
    return false;
}

/*
 * Look, LookForRoom --
 *
 *	Return whether an event loop should try again although no bell has rung:
 *	there are messages or room, or a participant has died before it rang or
 *	with taken messages.
 */

static bool
Look(
    OsSegment *segment)
{
    return OS_LOAD(&segment->header->ring.messages) != 0
	    || HasDead(segment);
}

static bool
LookForRoom(
    OsSegment *segment)
{
    OsRing *ring = (OsRing *) segment;

    return HasRoom(segment, atomic_load(&ring->refused)) || HasDead(segment);
}

void
OsRingInitWaiters(
    OsRing *ring)
{
    OsSegmentInitWaiter(&ring->segment, &ring->waiter, Look);
    OsSegmentInitWaiter(&ring->segment, &ring->roomWaiter, LookForRoom);
}

/*
 * OsRingWatch --
 *
 *	Posts to watch with data, once for each of the events OS_READABLE and
 *	OS_WRITABLE, when it is time to check again. Must be called before the
 *	check that decides whether to wait.
 */

int
OsRingWatch(
    OsRing *ring,
    OsWatch *watch,
    int events,
    void *data)
{
    OsSegment *segment = &ring->segment;
    PosixIpcBell *bells = segment->header->bells;
    uint32_t value = 0, roomValue = 0;
    int err = OsRingBegin(ring);

    if (err != 0) {
	return err;
    }
    if (events & OS_READABLE) {
	value = OsBellArm(segment, POSIX_IPC_BELL_LOOPS);
    }
    if (events & OS_WRITABLE) {
	roomValue = OsBellArm(segment, POSIX_IPC_BELL_ROOM_LOOPS);
	atomic_store(&ring->refused, OsRingGetLongestRoom(segment));
    }
    err = OsRingEnd(ring, 0);
    if (err == 0 && (events & OS_READABLE)) {
	err = OsWaiterArm(&ring->waiter.word,
		&bells[POSIX_IPC_BELL_LOOPS].bell, value, watch, data);
    }
    if (err == 0 && (events & OS_WRITABLE)) {
	err = OsWaiterArm(&ring->roomWaiter.word,
		&bells[POSIX_IPC_BELL_ROOM_LOOPS].bell, roomValue, watch,
		data);
    }
    return err;
}

/*
 * OsRingSetPending --
 *
 *	Shows in the slot how many calls of the handle wait in an event loop.
 *	Other participants see these calls as waiters.
 */

void
OsRingSetPending(
    OsRing *ring,
    size_t count)
{
    OsSegment *segment = &ring->segment;

    OsRingForgetParent(ring);
    if (count != ring->pending && OsSegmentHasSlot(segment)) {
	ring->pending = (uint32_t) count;
	OsGuardEnter(segment->header, segment->mapped, NULL);
	OS_STORE(&OsSegmentGetSlot(segment)->waits, ring->pending);
	OsSegmentEnd(segment, 0);
    }
}
