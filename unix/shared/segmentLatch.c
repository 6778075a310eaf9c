/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * segmentLatch.c --
 *
 *	The latch of a segment, its bells, and the handling of damage.
 *
 *	Trap: a process can be killed after any instruction. Each change below
 *	is committed by one store, and its comment says what a survivor sees
 *	before and after.
 */

#include "segmentLatch.h"

#include "osLifeline.h"
#include "osTime.h"

#include <errno.h>
#include <sys/stat.h>

/*
 * OsSegmentCheckSize --
 *
 *	Checks the size by fstat(2). If that fails, the file counts as whole.
 */

int
OsSegmentCheckSize(
    OsSegment *segment)
{
    struct stat status;

    if (segment->fd >= 0 && fstat(segment->fd, &status) == 0
	    && (uint64_t) status.st_size < segment->mapped) {
	segment->isGone = true;
    }
    return segment->isGone ? EBADMSG : 0;
}

/*
 * OsSegmentIsDead --
 *
 *	See segmentLatch.h. The generation is compared first, because a slot's
 *	new user holds the lifeline too.
 */

bool
OsSegmentIsDead(
    OsSegment *segment,
    uint32_t id)
{
    uint32_t number = (id & POSIX_IPC_ID_SLOT) - 1;
    PosixIpcSlot *slot;
    uint64_t claim;

    if (number >= POSIX_IPC_SLOTS) {
	return true;
    }
    slot = &segment->slots[number];
    if (PosixIpcId(number, atomic_load(&slot->generation))
	    != (id & POSIX_IPC_ID)) {
	return true;
    }
    if ((int) number == segment->slot) {
	return false;
    }
    if (atomic_load(&slot->life) == POSIX_IPC_LIFE_LOCK
	    && OsLifelineIsFree(segment->fd, number)) {
	return true;
    }
    claim = atomic_load(&slot->claim);
    return claim == 0 || OsProcessIsGone(claim, atomic_load(&slot->place));
}

/*
 * IsCountWrong --
 *
 *	Returns whether another program has overwritten the word damage. Outside
 *	the latch, this is also true while a reset is in progress.
 */

static bool
IsCountWrong(
    PosixIpcHeader *header)
{
    return atomic_load(&header->resetting) != atomic_load(&header->damage);
}

/*
 * OsSegmentReportDamage --
 *
 *	Ends an operation that has just begun, because the header is gone, or
 *	because another process has found damage that has not been reported to
 *	this process yet. If no process has reset the segment, because the word
 *	damage itself was overwritten, it is reset now.
 */

int
OsSegmentReportDamage(
    OsSegment *segment)
{
    PosixIpcHeader *header = segment->header;

    if (atomic_load(&header->magic) != POSIX_IPC_MAGIC) {
	segment->isGone = true;
    } else if (!segment->readonly && IsCountWrong(header)
	    && OsLatchEnter(segment, OS_LATCH_ATTEMPT) == 0) {
	if (IsCountWrong(header)) {
	    OsSegmentDamaged(segment);
	}
	OsLatchLeave(segment);
    }
    OsSegmentCheckSize(segment);
    segment->damageSeen = atomic_load(&header->damage);
    return OsSegmentEnd(segment, EBADMSG);
}

/*
 * OsSegmentDamaged --
 *
 *	See segmentLatch.h. damage is raised after the reset, so a process that
 *	sees it raised finds the segment usable. If this process dies before
 *	that, the word resetting shows that the damage still has to be reported
 *	to the others, even if nothing else is wrong. If the file was truncated,
 *	its zeros may look valid later, so the handle stays corrupt.
 */

int
OsSegmentDamaged(
    OsSegment *segment)
{
    PosixIpcHeader *header = segment->header;

    atomic_store(&header->resetting, atomic_load(&header->damage) + 1);
    segment->type->reset(segment);
    segment->damageSeen = atomic_fetch_add(&header->damage, 1) + 1;
    OsSegmentCheckSize(segment);
    return EBADMSG;
}

/*
 * Repair --
 *
 *	Completes the operation of a participant that died inside the latch.
 *	The mark is removed last: if this process dies as well, the next one
 *	starts over.
 */

static int
Repair(
    OsSegment *segment)
{
    PosixIpcHeader *header = segment->header;
    bool wasReset = atomic_load(&header->resetting)
	    == atomic_load(&header->damage) + 1;
    int err = wasReset ? EBADMSG : segment->type->repair(segment);

    if (err != 0) {
	err = OsSegmentDamaged(segment);
    }
    atomic_fetch_and(&segment->header->latch, ~POSIX_IPC_REPAIR);
    if (err != 0) {
	OsLatchLeave(segment);
    }
    return err;
}

/*
 * Relax --
 *
 *	Tells the processor that this thread is spinning.
 */

static void
Relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
    __asm__ __volatile__("yield");
#endif
}

/*
 * Spin --
 *
 *	Waits for the latch for a microsecond, because most operations are
 *	shorter than that. Returns the value seen last.
 */

static uint32_t
Spin(
    _Atomic uint32_t *latch,
    uint32_t seen)
{
    for (int i = 0; i < 60 && (seen & POSIX_IPC_ID) != 0; i++) {
	Relax();
	seen = OS_LOAD(latch);
    }
    return seen;
}

/*
 * TakeLatch --
 *
 *	Takes a latch that was seen free, or whose owner is dead, unless it has
 *	changed since. With mayWait, other processes may be sleeping at the
 *	latch and must be woken when it is left. Returns whether it was taken;
 *	*seenPtr then shows whether a repair is needed.
 */

static bool
TakeLatch(
    OsSegment *segment,
    uint32_t *seenPtr,
    bool mayWait)
{
    uint32_t owner = *seenPtr & POSIX_IPC_ID;
    uint32_t marks = *seenPtr & (POSIX_IPC_REPAIR | POSIX_IPC_WAITERS);

    if (owner != 0) {
	marks = POSIX_IPC_REPAIR | POSIX_IPC_WAITERS;
    }
    if (mayWait) {
	marks |= POSIX_IPC_WAITERS;
    }
    if (!atomic_compare_exchange_strong(&segment->header->latch, seenPtr,
	    segment->me | marks)) {
	return false;
    }
    *seenPtr = marks;
    return true;
}

/*
 * SleepAtLatch --
 *
 *	Waits until the latch changes, but at most 10 ms. First sets the mark
 *	that a process waits, unless it is already set. EBADMSG: the memory is
 *	gone.
 */

static int
SleepAtLatch(
    OsSegment *segment,
    uint32_t seen,
    OsTime left)
{
    const OsTime slice = OS_SECOND / 100;
    _Atomic uint32_t *latch = &segment->header->latch;
    int err;

    if (!(seen & POSIX_IPC_WAITERS) && !atomic_compare_exchange_strong(latch,
	    &seen, seen | POSIX_IPC_WAITERS)) {
	return 0;
    }
    err = OsFutexWait(latch, seen | POSIX_IPC_WAITERS,
	    (left < slice) ? left : slice);
    if (err == EFAULT) {
	segment->isGone = true;
    }
    return OsSegmentCheckSize(segment);
}

/*
 * OsLatchEnterSlowly --
 *
 *	Enters a latch that was seen in use: spins, then sleeps in slices of 10
 *	ms, and takes the latch over once its owner is found dead. If the latch
 *	contains this participant's own id, another program has written it
 *	there.
 */

int
OsLatchEnterSlowly(
    OsSegment *segment,
    uint32_t seen,
    OsTime timeout)
{
    _Atomic uint32_t *latch = &segment->header->latch;
    bool hasSlept = false;
    OsTime end;

    seen = Spin(latch, seen);
    if (segment->stopped != (seen & POSIX_IPC_ID)) {
	segment->stopped = 0;
    }
    if (timeout == OS_LATCH_ATTEMPT) {
	timeout = OS_SECOND / ((segment->stopped != 0) ? 1000 : 10);
    }
    end = OsClock() + timeout;
    while (!segment->isGone) {
	uint32_t owner = seen & POSIX_IPC_ID;
	OsTime left;

	if (owner == 0 || owner == segment->me
		|| (hasSlept && OsSegmentIsDead(segment, owner))) {
	    if (TakeLatch(segment, &seen, hasSlept)) {
		segment->stopped = 0;
		return (seen & POSIX_IPC_REPAIR) ? Repair(segment) : 0;
	    }
	    continue;
	}
	left = end - OsClock();
	if (left <= 0) {
	    if (timeout >= OS_SECOND / 10) {
		segment->stopped = owner;
	    }
	    return EBUSY;
	}
	if (SleepAtLatch(segment, seen, left) != 0) {
	    break;
	}
	hasSlept = true;
	seen = OS_LOAD(latch);
    }
    return EBADMSG;
}

/*
 * OsBellWait --
 *
 *	See segmentLatch.h. The wait is guarded, because some implementations
 *	read the word.
 */

int
OsBellWait(
    OsSegment *segment,
    int which,
    uint32_t value,
    OsTime timeout)
{
    int err;

    OsGuardEnter(segment->header, segment->mapped, NULL);
    err = OsFutexWait(&segment->header->bells[which].bell, value,
	    (timeout < OS_SEGMENT_SLICE) ? timeout : OS_SEGMENT_SLICE);
    err = OsSegmentEnd(segment, (err == EAGAIN) ? 0 : err);
    if (err == EFAULT) {
	segment->isGone = true;
    }
    return (OsSegmentCheckSize(segment) != 0) ? EBADMSG : err;
}

/*
 * OsBellRingSlowly --
 *
 *	Of several processes that ring, only the one that clears waiting wakes
 *	the waiters, so a busy segment costs few wakes. If this process dies
 *	before it wakes them, the waiters look again after their slice.
 */

void
OsBellRingSlowly(
    PosixIpcBell *bell,
    int count)
{
    if (atomic_exchange(&bell->waiting, 0) != 0) {
	atomic_fetch_add(&bell->bell, 1);
	OsFutexWake(&bell->bell, count);
    }
}
