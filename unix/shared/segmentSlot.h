/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * segmentSlot.h --
 *
 *	The slots of a segment, one for each participant: segmentSlot.c.
 */

#ifndef OS_SEGMENT_SLOT_H
#define OS_SEGMENT_SLOT_H

#include "segmentLatch.h"

/*
 * OsSegmentJoin --
 *
 *	Takes a slot. ENOSPC, with isFull set: all are taken. EBUSY, EBADMSG: as
 *	in segment.h.
 */

int	OsSegmentJoin(OsSegment *segment);

/*
 * OsSegmentLeaveSlot --
 *
 *	Gives up the slot.
 */

void	OsSegmentLeaveSlot(OsSegment *segment);

/*
 * OsSegmentReserve --
 *
 *	Reserves memory by posix_fallocate(3), because writing into a hole of a
 *	file raises a signal if the system has no memory left. ENOSPC or EFBIG.
 *	If the file system cannot reserve memory, the file is used as it is.
 */

int	OsSegmentReserve(int fd, off_t offset, off_t length);

/*
 * OsSegmentSeemsDead, OsSegmentReap --
 *
 *	OsSegmentSeemsDead checks only the lifeline, if the slot has one. Any
 *	process that may read the file can hold the lifeline of a dead process.
 *	So use it only for actions that are harmless if they have no effect,
 *	such as a notification. OsSegmentReap, called inside the latch, checks
 *	with OsSegmentIsDead every slot that has a grant, a want, a wait or an
 *	operation, calls type->reap for those whose users are dead, and returns
 *	how many there were.
 */

bool	OsSegmentSeemsDead(OsSegment *segment, uint32_t number);
size_t	OsSegmentReap(OsSegment *segment);

/*
 * OsSegmentFindTrouble --
 *
 *	Stores why a call has just failed with EBADMSG, or had to wait: see
 *	OsTrouble. The pid is known only in its own namespace.
 */

void	OsSegmentFindTrouble(OsSegment *segment, OsTrouble *trouble);

/*
 * OsSegmentCountSlots --
 *
 *	Returns how many slots have ever been in use. This bounds all loops over
 *	slots.
 */

static inline uint32_t
OsSegmentCountSlots(
    OsSegment *segment)
{
    uint32_t count = atomic_load(&segment->header->slotsUsed);

    return (count <= POSIX_IPC_SLOTS) ? count : POSIX_IPC_SLOTS;
}

/*
 * OsSegmentGetSlot --
 *
 *	Returns the slot of this participant, which has one after
 *	OsSegmentBegin.
 */

static inline PosixIpcSlot *
OsSegmentGetSlot(
    OsSegment *segment)
{
    return &segment->slots[segment->slot];
}

/*
 * OsSegmentHasSlot --
 *
 *	Returns whether this process has a slot of its own, even without
 *	OsSegmentBegin. A forked child that has not used the segment yet has
 *	only its parent's slot number.
 */

static inline bool
OsSegmentHasSlot(
    const OsSegment *segment)
{
    return !segment->isGone && segment->slot >= 0
	    && segment->process == OsGetGeneration();
}

/*
 * OsSegmentClearSlot --
 *
 *	For type->reap: clears what the user of a slot had and waited for. After
 *	each store the state is valid.
 */

void	OsSegmentClearSlot(PosixIpcSlot *slot);

/*
 * OsSegmentReadWaiters --
 *
 *	Adds the waiting calls of living participants to *countPtr. Unless proc
 *	is NULL, calls it for each blocked thread. Must be called between Begin
 *	and End; does not need the latch. If proc returns anything but 0, that
 *	ends the call and is its result.
 */

int	OsSegmentReadWaiters(OsSegment *segment, uint32_t *countPtr,
	    OsWaiterProc *proc, void *data);

/*
 * OsSegmentBegin --
 *
 *	Begins an operation. In a forked child, first takes a slot of its own;
 *	callers detect that by comparing segment->process before and after.
 */

int	OsSegmentRejoin(OsSegment *segment);

static inline int
OsSegmentBegin(
    OsSegment *segment)
{
    PosixIpcHeader *header = segment->header;

    if (segment->process != OsGetGeneration()) {
	int err = OsSegmentRejoin(segment);

	if (err != 0) {
	    return err;
	}
    }
    if (segment->isGone) {
	return EBADMSG;
    }
    OsGuardEnter(header, segment->mapped, NULL);
    if (OS_LOAD(&header->magic) != POSIX_IPC_MAGIC
	    || OS_LOAD(&header->damage) != segment->damageSeen) {
	return OsSegmentReportDamage(segment);
    }
    return 0;
}

#endif /* OS_SEGMENT_SLOT_H */
