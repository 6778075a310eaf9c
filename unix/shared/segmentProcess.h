/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * segmentProcess.h --
 *
 *	What this process knows about all its segments, for segment*.c alone:
 *	segmentProcess.c.
 */

#ifndef OS_SEGMENT_PROCESS_H
#define OS_SEGMENT_PROCESS_H

#include "segmentLatch.h"

/*
 * OsSegmentFollowForks --
 *
 *	Registers the handlers of fork(2), once.
 */

void	OsSegmentFollowForks(void);

/*
 * OsSegmentEnlist, OsSegmentDelist --
 *
 *	Put a segment into the list of the process, and remove it.
 */

void	OsSegmentEnlist(OsSegment *segment);
void	OsSegmentDelist(OsSegment *segment);

/*
 * OsSegmentGetMark --
 *
 *	Returns OsProcessMark, which is read once in each process, and stores
 *	OsProcessPlace.
 */

uint64_t OsSegmentGetMark(uint32_t *placePtr);

#endif /* OS_SEGMENT_PROCESS_H */
