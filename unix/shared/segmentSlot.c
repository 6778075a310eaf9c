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
 *	- A slot's new user must not be mistaken for its predecessor. The
 *	  generation is raised before anything is cleaned up, and the pid is
 *	  stored after that, so that the pid of a dead owner can still be
 *	  reported.
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
 *	Called when the lifeline of a slot could not be taken. Returns whether
 *	nevertheless no participant can have it. A child that could not reopen
 *	its parent's file cannot check that; it treats an unclaimed slot as
 *	free.
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
 *	Returns whether the user of a slot may be alive although the slot's
 *	lifeline is free, because the user could not get one.
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
 *	Takes a slot, if it is free or its user is dead. The lifeline is taken
 *	first. If that fails because a process has locked it for reading (which
 *	shows that its user is dead), or because the system has no locks left,
 *	only the mark of the process decides. The claim is changed only from the
 *	value seen, so if two processes take the slot in different ways, one of
 *	them fails.
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
 *	Gives up the slot. The claim is cleared first: without a claim, the user
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
 *	generation, every process sees that the predecessor is dead, so a latch
 *	or a lock that it had can be taken over. Then this cleans up what it has
 *	left. If this process dies in between, the slot's next user does that.
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
 *	Reserves the memory of a slot, if it begins a page that was never used.
 *	Slots are a hole in the file until they are used. To reserve them again
 *	would make the object look newer.
 */

static int
ReserveSlot(
    OsSegment *segment,
    uint32_t number)
{
    const off_t size = (off_t) sizeof(PosixIpcSlot);

    if (number % 64 != 0
	    || atomic_load(&segment->header->slotsUsed) > number) {
	return 0;
    }
    return OsSegmentReserve(segment->fd,
	    POSIX_IPC_SLOT_OFFSET + (off_t) number * size, size);
}

/*
 * TrySlots --
 *
 *	Takes the first available slot. With areOwnSkipped, does not examine
 *	slots of this process, which saves time if the process has the segment
 *	open many times. The user of such a slot may be dead after exec(2).
 *	EAGAIN: there is none.
 *
 *	A slot is reserved before it is read: if the system has no memory left,
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
 *	Takes a slot for a forked child, which begins without any grant.
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
 *	Cleans up one slot, if its user is dead and has left anything there.
 *	Clears the claim, unless a new user has changed it meanwhile.
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
 *	OsSegmentReadWaiters for one slot. For a lock, a blocked wait for a
 *	notification is already counted among the slot's waits, and a call of an
 *	event loop among its pending calls.
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

void
OsSegmentFindTrouble(
    OsSegment *segment,
    OsTrouble *trouble)
{
    PosixIpcHeader *header = segment->header;
    uint32_t id = segment->stopped, number = (id & POSIX_IPC_ID_SLOT) - 1;
    uint32_t place;

    *trouble = (OsTrouble) { .isGone = segment->isGone };
    if (id == 0 || segment->isGone) {
	return;
    }
    (void) OsSegmentGetMark(&place);
    OsGuardEnter(header, segment->mapped, NULL);
    trouble->isStopped = (atomic_load(&header->latch) & POSIX_IPC_ID) == id;
    if (number < POSIX_IPC_SLOTS
	    && atomic_load(&segment->slots[number].place) == place) {
	trouble->pid = (pid_t) atomic_load(&segment->slots[number].pid);
    }
    OsSegmentEnd(segment, 0);
}
