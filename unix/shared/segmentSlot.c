/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * segmentSlot.c --
 *
 *	The slots of a segment: joining, leaving, and cleaning up after the
 *	dead.
 *
 *	Traps, besides those in osLifeline.h:
 *
 *	- A process can be killed after any instruction. Each change below is
 *	  committed by one store, and its comment says what a survivor sees
 *	  before and after.
 *	- A slot's new user must not be taken for its predecessor. The generation
 *	  is raised before anything is cleaned up, and the pid is stored
 *	  afterwards, so that the pid of a dead owner can still be reported.
 */

#include "segmentSlot.h"

#include "osLifeline.h"
#include "segmentProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/*
 * IsByteFree --
 *
 *	Returns whether no participant can have the lifeline of a slot, although
 *	it could not be taken. A child that could not open its parent's file
 *	again cannot check that; for it, an unclaimed slot is free.
 */

static bool
IsByteFree(
    OsSegment *segment,
    uint32_t number,
    uint64_t claim)
{
    if (osLifelineKind == POSIX_IPC_LIFE_PID) {
	return true;
    }
    return (segment->fd < 0) ? claim == 0
	    : OsLifelineIsFree(segment->fd, number);
}

/*
 * IsTaken --
 *
 *	Returns whether the user of a slot whose lifeline is free may be alive: a
 *	user that could not get a lifeline.
 */

static bool
IsTaken(
    PosixIpcSlot *slot,
    uint64_t claim)
{
    return claim != 0 && atomic_load(&slot->life) != POSIX_IPC_LIFE_LOCK
	    && !OsProcessIsGone(claim, atomic_load(&slot->place));
}

/*
 * ClaimSlot --
 *
 *	Takes a slot, if it is free or its user is dead. The lifeline comes
 *	first. If a process has locked it for reading, which prevents taking
 *	it but shows that its user is dead, or if the system has no locks
 *	left, only the process tells. The claim is changed from the value
 *	seen, so of two processes that take the slot in different ways one
 *	fails.
 *
 *	EAGAIN: taken.
 */

static int
ClaimSlot(
    OsSegment *segment,
    uint32_t number)
{
    PosixIpcSlot *slot = &segment->slots[number];
    uint32_t place, life = osLifelineKind;
    uint64_t mark = OsSegmentGetMark(&place), seen = atomic_load(&slot->claim);

    if (OsLifelineTake(segment->fd, number) != 0) {
	life = POSIX_IPC_LIFE_PID;
	if (!IsByteFree(segment, number, seen)) {
	    return EAGAIN;
	}
    }
    if (IsTaken(slot, seen)
	    || !atomic_compare_exchange_strong(&slot->claim, &seen, mark)) {
	OsLifelineGive(segment->fd, number);
	return EAGAIN;
    }

    /*
     * Stored before the generation: a process that sees the new generation
     * judges its user by these. Until then they are taken for the
     * predecessor's, which is dead in any case.
     */

    atomic_store(&slot->place, place);
    atomic_store(&slot->life, life);
    return 0;
}

/*
 * OsSegmentLeaveSlot --
 *
 *	Gives a slot up. The claim is cleared first: without it, the user
 *	counts as dead.
 */

void
OsSegmentLeaveSlot(
    OsSegment *segment)
{
    atomic_store(&segment->slots[segment->slot].claim, 0);
    OsLifelineGive(segment->fd, (uint32_t) segment->slot);
    segment->slot = -1;
    segment->me = 0;
}

/*
 * MoveIn --
 *
 *	Makes a claimed slot that of this participant. After the store of
 *	generation, everybody sees that the predecessor is dead, so a latch or
 *	a lock that it had can be taken over; then its remains are cleaned up.
 *	If this process dies in between, the next user does that.
 */

static int
MoveIn(
    OsSegment *segment,
    uint32_t number)
{
    PosixIpcSlot *slot = &segment->slots[number];
    uint32_t generation = atomic_load(&slot->generation) + 1;
    int err;

    atomic_store(&slot->generation, generation);
    segment->slot = (int) number;
    segment->me = PosixIpcId(number, generation);
    err = OsLatchEnter(segment, OS_SECOND);
    if (err == EBADMSG && !segment->isGone) {
	err = OsLatchEnter(segment, OS_SECOND);
    }
    if (err != 0) {
	OsSegmentLeaveSlot(segment);
	return err;
    }
    segment->type->reap(segment, number);

    /* The latch's release makes these visible before any later grant. */
    OS_STORE(&slot->pid, (uint32_t) getpid());
    if (atomic_load(&segment->header->slotsUsed) < number + 1) {
	atomic_store(&segment->header->slotsUsed, number + 1);
    }
    OsLatchLeave(segment);
    return 0;
}

int
OsSegmentReserve(
    int fd,
    off_t offset,
    off_t length)
{
    int err = 0;

#ifdef HAVE_POSIX_FALLOCATE
    do {
	err = posix_fallocate(fd, offset, length);
    } while (err == EINTR);
#else
    (void) fd;
    (void) offset;
    (void) length;
#endif
    if (err == ENOSPC || err == EFBIG) {
	return err;
    }
    return 0;
}

/*
 * ReserveSlot --
 *
 *	Reserves the memory of a slot, if it begins a page. Slots are a hole in
 *	the file until they are used.
 */

static int
ReserveSlot(
    OsSegment *segment,
    uint32_t number)
{
    const off_t size = (off_t) sizeof(PosixIpcSlot);

    return (number % 64 != 0) ? 0 : OsSegmentReserve(segment->fd,
	    POSIX_IPC_SLOT_OFFSET + (off_t) number * size, size);
}

/*
 * TrySlots --
 *
 *	Takes the first slot that can be had. A process that has the segment open
 *	many times need not ask about its own slots: areOwnSkipped. One of those
 *	may be dead after exec(2). EAGAIN: there is none.
 *
 *	A slot is reserved before it is read: where the system has no memory left,
 *	even reading a hole of the file raises a signal.
 */

static int
TrySlots(
    OsSegment *segment,
    bool areOwnSkipped)
{
    uint32_t place;
    uint64_t mark = OsSegmentGetMark(&place);
    int err = EAGAIN;

    for (uint32_t number = 0; number < POSIX_IPC_SLOTS && err == EAGAIN;
	    number++) {
	err = ReserveSlot(segment, number);
	if (err != 0) {
	    return err;
	}
	if (areOwnSkipped
		&& atomic_load(&segment->slots[number].claim) == mark) {
	    err = EAGAIN;
	    continue;
	}
	err = ClaimSlot(segment, number);
	if (err == 0) {
	    err = MoveIn(segment, number);
	}
    }
    return err;
}

int
OsSegmentJoin(
    OsSegment *segment)
{
    int err;

    OsGuardEnter(segment->header, segment->mapped, NULL);
    err = TrySlots(segment, true);
    if (err == EAGAIN) {
	err = TrySlots(segment, false);
    }
    segment->isFull = (err == EAGAIN);
    return OsSegmentEnd(segment, segment->isFull ? ENOSPC : err);
}

/*
 * OsSegmentRejoin --
 *
 *	Takes a slot for a forked child, which starts without any grant.
 */

int
OsSegmentRejoin(
    OsSegment *segment)
{
    int err = 0;

    segment->slot = -1;
    segment->me = 0;
    if (!segment->readonly) {
	err = segment->isGone ? EBADMSG : OsSegmentJoin(segment);
    }
    if (err == 0) {
	segment->process = OsGetGeneration();
    }
    return err;
}

bool
OsSegmentSeemsDead(
    OsSegment *segment,
    uint32_t number)
{
    PosixIpcSlot *slot = &segment->slots[number];

    if ((int) number != segment->slot && segment->fd >= 0
	    && atomic_load(&slot->claim) != 0
	    && atomic_load(&slot->life) == POSIX_IPC_LIFE_LOCK) {
	return OsLifelineIsFree(segment->fd, number);
    }
    return OsSegmentIsDead(segment,
	    PosixIpcId(number, atomic_load(&slot->generation)));
}

/*
 * ReapSlot --
 *
 *	Cleans up one slot, if its user is dead and has left something there. Its
 *	claim is cleared, unless a new user has changed it meanwhile.
 */

static bool
ReapSlot(
    OsSegment *segment,
    uint32_t number)
{
    PosixIpcSlot *slot = &segment->slots[number];
    uint64_t claim = atomic_load(&slot->claim);

    if ((atomic_load(&slot->grant) | atomic_load(&slot->want)
	    | atomic_load(&slot->operation) | atomic_load(&slot->waits)
	    | atomic_load(&slot->pending)) == 0
	    || !OsSegmentIsDead(segment,
		    PosixIpcId(number, atomic_load(&slot->generation)))) {
	return false;
    }
    segment->type->reap(segment, number);
    atomic_compare_exchange_strong(&slot->claim, &claim, 0);
    return true;
}

size_t
OsSegmentReap(
    OsSegment *segment)
{
    uint32_t used = OsSegmentCountSlots(segment);
    size_t count = 0;

    for (uint32_t number = 0; number < used; number++) {
	count += ReapSlot(segment, number);
    }
    segment->lastReap = OsClock();
    return count;
}

void
OsSegmentClearSlot(
    PosixIpcSlot *slot)
{
    atomic_store(&slot->grant, 0);
    atomic_store(&slot->want, 0);
    atomic_store(&slot->operation, 0);
    atomic_store(&slot->waits, 0);
    atomic_store(&slot->notifications, 0);
    atomic_store(&slot->pending, 0);
}

/*
 * NameOperation --
 *
 *	Returns the operation in which a participant is blocked.
 */

static const char *
NameOperation(
    uint32_t operation)
{
    switch (operation) {
    case POSIX_IPC_WAIT:
	return "wait";
    case POSIX_IPC_SEND:
	return "send";
    case POSIX_IPC_RECEIVE:
	return "receive";
    default:
	return "acquire";
    }
}

/*
 * ReadWaiter --
 *
 *	OsSegmentReadWaiters for one slot. A lock's blocked wait for a
 *	notification is among the waits that its slot counts, and a call of an
 *	event loop among the pending ones.
 */

static int
ReadWaiter(
    OsSegment *segment,
    uint32_t number,
    uint32_t *countPtr,
    OsWaiterProc *proc,
    void *data)
{
    PosixIpcSlot *slot = &segment->slots[number];
    uint32_t operation = atomic_load(&slot->operation);
    uint32_t pending = atomic_load(&slot->pending);
    uint32_t others = atomic_load(&slot->waits);
    bool isPending = (operation & POSIX_IPC_PENDING) != 0;
    bool isBlocked = operation != 0 && !isPending;
    pid_t pid = (pid_t) atomic_load(&slot->pid);
    char command[64];

    others += (pending > 0) ? pending : isPending;
    if ((!isBlocked && others == 0) || OsSegmentIsDead(segment,
	    PosixIpcId(number, atomic_load(&slot->generation)))) {
	return 0;
    }
    *countPtr += others + (isBlocked && operation != POSIX_IPC_WAIT);
    if (proc == NULL || !isBlocked) {
	return 0;
    }
    OsProcessCommand(pid, command, sizeof(command));
    return proc(data, pid, command, NameOperation(operation));
}

int
OsSegmentReadWaiters(
    OsSegment *segment,
    uint32_t *countPtr,
    OsWaiterProc *proc,
    void *data)
{
    uint32_t count = OsSegmentCountSlots(segment);
    int err = 0;

    for (uint32_t number = 0; number < count && err == 0; number++) {
	err = ReadWaiter(segment, number, countPtr, proc, data);
    }
    return err;
}
