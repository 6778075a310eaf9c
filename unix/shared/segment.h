/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * segment.h --
 *
 *	What locks, rings and topics share, for unix/shared/ alone. A segment is
 *	one object of posixIpcLayout.h that this process has open. segment.c opens
 *	and closes it, segmentSlot.c has the participants, segmentLatch.c the latch
 *	and the bells, segmentProcess.c the list of all segments of this process.
 *
 *	Each operation on a segment has this form:
 *
 *	    err = OsSegmentBegin(segment);	EBADMSG, ENOSPC ...: nothing begun
 *	    if (err == 0) {
 *		err = OsLatchEnter(segment, timeout);	EBUSY, EBADMSG
 *		if (err == 0) {
 *		    ... read and change the object ...
 *		    OsLatchLeave(segment);
 *		}
 *		err = OsSegmentEnd(segment, err);	EBADMSG: memory is gone
 *	    }
 *	    OsBellRing(segment, bell, count);	between Begin and End as well
 *
 *	Between Begin and End the memory is guarded: if another process has
 *	truncated it, it reads as zeros, and what is written is lost. So do not
 *	trust anything that was read before End has returned 0. Every number in
 *	the segment may be wrong: read it once into a variable, and check it
 *	before using it as an index, a size or the bound of a loop.
 *
 *	Errors that all functions of unix/shared/ can return:
 *
 *	ENODEV	something else has the name: no regular file, another kind or
 *		version, or a file that is none of ours
 *	ENOSYS	made by programs that wait, or show that they live, in another
 *		way than this one does
 *	EBADMSG	corrupt. isGone tells whether that is forever: truncated, or
 *		without its header
 *	ENOSPC	all slots are in use (isFull), or the system has no memory
 *	EBUSY	the latch could not be had in time: its owner is stopped
 */

#ifndef OS_SEGMENT_H
#define OS_SEGMENT_H

#include "segmentSlot.h"

/*
 * OsSegmentOpen --
 *
 *	Opens the segment with a name, or with OS_CREAT creates one of size,
 *	which type->measure must accept; an existing segment keeps its own size.
 *	mode is subject to the umask. A new segment appears under its name
 *	complete, or not at all. The caller provides the memory of segment.
 *	readonly: no slot is taken, nothing is written; not with OS_CREAT.
 */

int	OsSegmentOpen(const OsSegmentType *type, const char *name, int flags,
	    mode_t mode, uint64_t size, bool readonly, OsSegment *segment);

/*
 * OsSegmentRoundUp --
 *
 *	Returns the least power of two, from least to most, that is no less than
 *	size; most if there is none.
 */

static inline uint64_t
OsSegmentRoundUp(
    uint64_t size,
    uint64_t least,
    uint64_t most)
{
    uint64_t rounded = least;

    while (rounded < size && rounded < most) {
	rounded *= 2;
    }
    return rounded;
}

/*
 * OsSegmentOpenObject --
 *
 *	OsSegmentOpen for the handle of a family; also stores which object it
 *	is. EUSERS, in place of ENOSPC: the maximum number of handles has it
 *	open. With OS_CREAT, EPFNOSUPPORT as in OsExplainCreate.
 */

int	OsSegmentOpenObject(const OsSegmentType *type, const char *name,
	    int flags, mode_t mode, uint64_t size, bool readonly,
	    OsSegment *segment, OsObject *object);

/*
 * OsSegmentClose --
 *
 *	Closes the segment. The kind must have given back what the slot holds;
 *	others clean up the rest as after a death. In a forked child that has
 *	not used the segment, only the child's part is closed.
 */

void	OsSegmentClose(OsSegment *segment);

/*
 * OsSegmentUnlink --
 *
 *	Removes the name.
 */

int	OsSegmentUnlink(const OsSegmentType *type, const char *name);

/*
 * OsSegmentInitWaiter --
 *
 *	Initializes a waiter for a word of the segment. Called once, because a
 *	thread reads it.
 */

void	OsSegmentInitWaiter(OsSegment *segment, OsSegmentWaiter *waiter,
	    bool (*look)(OsSegment *segment));

#endif /* OS_SEGMENT_H */
