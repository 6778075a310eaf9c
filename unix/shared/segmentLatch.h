/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * segmentLatch.h --
 *
 *	An open segment, its latch and its bells: segmentLatch.c. segment.h
 *	describes the form of an operation and the errors.
 */

#ifndef OS_SEGMENT_LATCH_H
#define OS_SEGMENT_LATCH_H

#include "posixIpcLayout.h"

#include "os.h"
#include "osFutex.h"
#include "osGuard.h"
#include "osWaiter.h"

#include <stdatomic.h>
#include <string.h>

typedef struct OsSegment OsSegment;

/*
 * Relaxed accesses to words of a segment: the latch or a fence orders them, or
 * their order does not matter.
 */

#define OS_LOAD(word) atomic_load_explicit((word), memory_order_relaxed)
#define OS_STORE(word, value) \
    atomic_store_explicit((word), (value), memory_order_relaxed)

/*
 * What differs between locks, rings and topics. All procedures run inside the
 * latch. Apart from its header, a new segment is all zeros.
 */

typedef struct OsSegmentType {
    uint32_t kind;		/* POSIX_IPC_LOCK ... */
    const OsFamily *family;	/* its prefix comes before the name */

    /* Returns how many bytes of data a segment of this size has, or
     * UINT64_MAX if its header must not have this size. */
    uint64_t (*measure)(uint64_t size);

    /* Cleans up after the dead participant of a slot, before the slot gets a
     * new user, and when its death is noticed. It clears what the slot shows,
     * and updates what is derived from that. */
    void (*reap)(OsSegment *segment, uint32_t slot);

    /* Recomputes all derived numbers after a death inside the latch. Returns 0,
     * or EBADMSG if the segment is corrupt. */
    int (*repair)(OsSegment *segment);

    /* Makes a corrupt segment usable: a ring empty, a lock abandoned. */
    void (*reset)(OsSegment *segment);
} OsSegmentType;

struct OsSegment {
    const OsSegmentType *type;
    PosixIpcHeader *header;	/* the mapping, of mapped bytes */
    PosixIpcSlot *slots;	/* POSIX_IPC_SLOTS of them */
    unsigned char *data;
    size_t mapped;
    uint64_t size;		/* as the header has it; cannot change */
    int fd;			/* the lifeline's, or -1; never mapped */
    bool readonly;		/* has no slot, and may not write */
    bool created;		/* by this open */
    bool isFull;		/* ENOSPC: there was no free slot */
    atomic_bool isGone;		/* truncated, or the header is gone */
    int slot;			/* its number, or -1 */
    uint32_t me;		/* the id of this participant, or 0 */
    uint32_t stopped;		/* the id of one that still has the latch
				 * after a wait for it; or 0 */
    unsigned process;		/* generation of forks that took the slot */
    uint32_t damageSeen;	/* of the header's damage */
    OsTime lastReap;		/* when OsSegmentReap last ran here */
    OsSegment *next;		/* in the list of the process */
};

/*
 * A word of the segment that an event loop waits for. look returns whether the
 * loop should try again although no process has woken it, because a participant
 * has died, perhaps before it could wake the loop. look runs on the thread of
 * the waiter, between Begin and End, and only reads.
 */

typedef struct OsSegmentWaiter {
    OsWaiter word;
    OsSegment *segment;
    bool (*look)(OsSegment *segment);
} OsSegmentWaiter;

/*
 * OsSegmentCheckSize --
 *
 *	Returns EBADMSG if the file is shorter than it was. This costs a system
 *	call. It is for waits, which do not access the memory and so would not
 *	notice.
 */

int	OsSegmentCheckSize(OsSegment *segment);

/*
 * OsSegmentIsDead --
 *
 *	Returns whether the participant with an id, as in latch or owner, is
 *	dead. This takes 0.3 to 30 microseconds.
 */

bool	OsSegmentIsDead(OsSegment *segment, uint32_t id);

/*
 * OsSegmentDamaged --
 *
 *	Resets a corrupt segment. Must be called inside the latch. Every other
 *	process gets EBADMSG once, from its next OsSegmentBegin. Returns
 *	EBADMSG, which reports the damage to this process.
 */

int	OsSegmentDamaged(OsSegment *segment);

/*
 * For the functions below, and for OsSegmentBegin.
 */

int	OsSegmentReportDamage(OsSegment *segment);
int	OsLatchEnterSlowly(OsSegment *segment, uint32_t seen, OsTime timeout);
void	OsBellRingSlowly(PosixIpcBell *bell, int count);

/*
 * OsSegmentEnd --
 *
 *	Ends an operation. Returns err, or EBADMSG if memory was gone.
 */

static inline int
OsSegmentEnd(
    OsSegment *segment,
    int err)
{
    if (OsGuardLeave()) {
	segment->isGone = true;
    }
    return segment->isGone ? EBADMSG : err;
}

/*
 * OsLatchEnter, OsLatchLeave --
 *
 *	Enter and leave the latch, which takes a few instructions if it is free.
 *	timeout (nanoseconds) limits the wait for an owner that is stopped; it
 *	is OS_SECOND if the call has no timeout of its own. OS_LATCH_ATTEMPT,
 *	for calls that an event loop repeats, means 0.1 s the first time, and 1
 *	ms as long as the same owner still has the latch. EBADMSG: the object
 *	was corrupt and has been reset; the latch was left again.
 *
 *	Ordering: the exchange for this participant's id is an acquire, so
 *	nothing inside moves before it; the exchange for 0 is a release, so
 *	nothing inside moves after it. Both hold on arm64, where the first is
 *	ldaxr/stxr or casa, and the second is swpl.
 */

#define OS_LATCH_ATTEMPT ((OsTime) -1)

static inline int
OsLatchEnter(
    OsSegment *segment,
    OsTime timeout)
{
    uint32_t seen = 0;

    if (atomic_compare_exchange_strong_explicit(&segment->header->latch, &seen,
	    segment->me, memory_order_acquire, memory_order_relaxed)) {
	segment->stopped = 0;
	return 0;
    }
    return OsLatchEnterSlowly(segment, seen, timeout);
}

static inline void
OsLatchLeave(
    OsSegment *segment)
{
    _Atomic uint32_t *latch = &segment->header->latch;

    if (atomic_exchange_explicit(latch, 0, memory_order_release)
	    & POSIX_IPC_WAITERS) {
	OsFutexWake(latch, 1);
    }
}

/*
 * OsBellArm, OsBellWait, OsBellRing --
 *
 *	To wait for a change by another participant, store the value of
 *	OsBellArm and check whether the change has happened. If not, leave the
 *	latch, call OsBellWait with that value, and check again, whatever it
 *	returned. To report a change: make it, then call OsBellRing.
 *
 *	OsBellWait may be called outside Begin and End. It waits for timeout,
 *	but at most 0.1 s. It returns 0, ETIMEDOUT, EINTR, or EBADMSG if memory
 *	is gone. The caller looks for dead participants after ETIMEDOUT.
 *
 *	Ordering: Arm stores waiting, then the caller looks at the object; Ring
 *	comes after the change and loads waiting. Each side stores first and
 *	loads second, so unless one of these pairs is reordered, at least one
 *	side sees the other's store. Inside the latch this always holds, because
 *	the later participant sees everything that the earlier one did. Without
 *	the latch all four accesses must be memory_order_seq_cst: arm64 orders
 *	stlr before ldar; x86 needs a locked instruction.
 */

#define OS_SEGMENT_SLICE (OS_SECOND / 10)

static inline uint32_t
OsBellArm(
    OsSegment *segment,
    int which)			/* POSIX_IPC_BELL ... */
{
    PosixIpcBell *bell = &segment->header->bells[which];
    uint32_t value = atomic_load(&bell->bell);

    atomic_store(&bell->waiting, 1);
    return value;
}

int	OsBellWait(OsSegment *segment, int which, uint32_t value,
	    OsTime timeout);

static inline void
OsBellRing(
    OsSegment *segment,
    int which,
    int count)			/* waiters, or INT_MAX: all */
{
    PosixIpcBell *bell = &segment->header->bells[which];

    if (atomic_load(&bell->waiting) != 0) {
	OsBellRingSlowly(bell, count);
    }
}

#endif /* OS_SEGMENT_LATCH_H */
