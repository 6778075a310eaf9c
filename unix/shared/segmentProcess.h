/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * segmentProcess.h --
 *
 *	Data about all segments of this process, for segment*.c alone:
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
 *	Add a segment to the list of the process, and remove it.
 */

void	OsSegmentEnlist(OsSegment *segment);
void	OsSegmentDelist(OsSegment *segment);

/*
 * OsSegmentGetMark --
 *
 *	Returns OsProcessMark and stores OsProcessPlace. Each process reads them
 *	only once.
 */

uint64_t OsSegmentGetMark(uint32_t *placePtr);

#endif /* OS_SEGMENT_PROCESS_H */
