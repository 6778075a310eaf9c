/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * segmentProcess.c --
 *
 *	Data about all segments of this process: a list of them, for forks, and
 *	the mark by which others recognize the process.
 *
 *	Trap: a child must not hold its parent's lifelines. It gives them up in
 *	a handler of fork(2), which is why all segments of the process are
 *	listed.
 */

#include "segmentProcess.h"

#include "osLifeline.h"

#include <limits.h>

/*
 * All segments of the process, OsProcessMark and OsProcessPlace, and the
 * generation in which these two were read. Protected by the lock (osThread.h).
 */

static OsSegment *segments;
static uint64_t ownMark;
static uint32_t ownPlace;
static unsigned markProcess = UINT_MAX;

/*
 * BecomeChild, FollowForks --
 *
 *	The handler of fork(2), pthread_atfork(3). The child gives up all
 *	lifelines before it can do anything else. The slots belong to its
 *	parent; OsSegmentBegin notices that by the generation.
 */

static void
BecomeChild(void)
{
    for (OsSegment *segment = segments; segment != NULL;
	    segment = segment->next) {
	if (segment->fd >= 0) {
	    segment->fd = OsLifelineReopen(segment->fd, segment->readonly);
	}
    }
}

static void
FollowForks(void)
{
    pthread_atfork(NULL, NULL, BecomeChild);
}

void
OsSegmentFollowForks(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, FollowForks);
}

void
OsSegmentEnlist(
    OsSegment *segment)
{
    OsLock();
    segment->next = segments;
    segments = segment;
    OsUnlock();
}

void
OsSegmentDelist(
    OsSegment *segment)
{
    OsSegment **link = &segments;

    OsLock();
    while (*link != segment) {
	link = &(*link)->next;
    }
    *link = segment->next;
    OsUnlock();
}

uint64_t
OsSegmentGetMark(
    uint32_t *placePtr)
{
    uint64_t mark;

    OsLock();
    if (markProcess != OsGetGeneration()) {
	ownMark = OsProcessMark();
	ownPlace = OsProcessPlace();
	markProcess = OsGetGeneration();
    }
    mark = ownMark;
    *placePtr = ownPlace;
    OsUnlock();
    return mark;
}
