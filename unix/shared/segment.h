/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * segment.h --
 *
 *	Code that locks, rings and topics share, for unix/shared/ alone. A
 *	segment is an object of posixIpcLayout.h that this process has open.
 *	segment.c opens and closes segments, segmentSlot.c handles the
 *	participants, segmentLatch.c the latch and the bells, and
 *	segmentProcess.c the list of all segments of this process.
 *
 *	Each operation on a segment has this form:
 *
 *	    err = OsSegmentBegin(segment);	EBADMSG, ENOSPC ...: not begun
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
 *	truncated it, it reads as zeros, and what is written is lost. So until
 *	End has returned 0, do not trust anything that was read. Every number in
 *	the segment may be wrong: read it once into a variable, and check it
 *	before using it as an index, a size or the bound of a loop.
 *
 *	Errors that all functions of unix/shared/ can return:
 *
 *	ENODEV	something else has the name: no regular file, an object of
 *		another kind or version, or a file of another program
 *	ENOSYS	the program that created the object waits, or shows that it is
 *		alive, in another way than this one does
 *	EBADMSG	the segment is corrupt. If isGone is true, it cannot be
 *		repaired: it was truncated, or has lost its header
 *	ENOSPC	all slots are in use (isFull), or the system has no memory
 *	EBUSY	the latch was not free in time, because its owner is stopped
 */

#ifndef OS_SEGMENT_H
#define OS_SEGMENT_H

#include "segmentSlot.h"

/*
 * OsSegmentOpen --
 *
 *	Opens the segment with a name or, with OS_CREAT, creates one if none
 *	exists. type->measure must accept the size of a new segment; an existing
 *	segment keeps its own. mode is subject to the umask. A new segment
 *	appears under its name complete, or not at all. The caller provides the
 *	memory for *segment. With readonly, no slot is taken and nothing is
 *	written; OS_CREAT is then not allowed.
 */

int	OsSegmentOpen(const OsSegmentType *type, const char *name, int flags,
	    mode_t mode, uint64_t size, bool readonly, OsSegment *segment);

/*
 * OsSegmentRoundUp --
 *
 *	Returns the smallest power of two between least and most that is not
 *	less than size, or most if there is none.
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
 *	OsSegmentOpen for the handle of a family; it also stores which object
 *	was opened. EUSERS, in place of ENOSPC: the maximum number of handles
 *	already have the object open. With OS_CREAT, EPFNOSUPPORT as in
 *	OsExplainCreate.
 */

int	OsSegmentOpenObject(const OsSegmentType *type, const char *name,
	    int flags, mode_t mode, uint64_t size, bool readonly,
	    OsSegment *segment, OsObject *object);

/*
 * OsSegmentClose --
 *
 *	Closes the segment. The caller must have given back what the slot holds;
 *	other participants clean up the rest, as they do after a death. In a
 *	forked child that has not used the segment, this closes only the child's
 *	part.
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
 *	Initializes a waiter for a word of the segment. It must be called only
 *	once, because another thread reads the waiter.
 */

void	OsSegmentInitWaiter(OsSegment *segment, OsSegmentWaiter *waiter,
	    bool (*look)(OsSegment *segment));

#endif /* OS_SEGMENT_H */
