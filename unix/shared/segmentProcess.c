/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * segmentProcess.c --
 *
 *	What this process knows about all its segments: a list, for forks, and the
 *	mark by which others recognize it.
 *
 *	Trap: a child must not hold its parent's lifelines. It gives them up in
 *	a handler of fork(2), for which all segments of the process are listed.
 */

#include "segmentProcess.h"

#include "osLifeline.h"

#include <limits.h>
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static OsSegment *segments;	/* all of the process, with the mutex */
static uint64_t ownMark;	/* OsProcessMark, of process */
static uint32_t ownPlace;
static unsigned markProcess = UINT_MAX;	/* generation in which these two were
				 * asked for */

/*
 * LockForFork, UnlockAfterFork, BecomeChild, Prepare --
 *
 *	Handlers of fork(2), pthread_atfork(3). The child gives up all lifelines
 *	before it can do anything else. The slots belong to its parent, which
 *	OsSegmentBegin notices by the generation.
 */

static void
LockForFork(void)
{
    pthread_mutex_lock(&mutex);
}

static void
UnlockAfterFork(void)
{
    pthread_mutex_unlock(&mutex);
}

static void
BecomeChild(void)
{
    for (OsSegment *segment = segments; segment != NULL;
	    segment = segment->next) {
	if (segment->fd >= 0) {
	    segment->fd = OsLifelineReopen(segment->fd, segment->readonly);
	}
    }
    pthread_mutex_init(&mutex, NULL);
}

static void
Prepare(void)
{
    pthread_atfork(LockForFork, UnlockAfterFork, BecomeChild);
}

void
OsSegmentFollowForks(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, Prepare);
}

void
OsSegmentEnlist(
    OsSegment *segment)
{
    pthread_mutex_lock(&mutex);
    segment->next = segments;
    segments = segment;
    pthread_mutex_unlock(&mutex);
}

void
OsSegmentDelist(
    OsSegment *segment)
{
    OsSegment **link = &segments;

    pthread_mutex_lock(&mutex);
    while (*link != segment) {
	link = &(*link)->next;
    }
    *link = segment->next;
    pthread_mutex_unlock(&mutex);
}

uint64_t
OsSegmentGetMark(
    uint32_t *placePtr)
{
    uint64_t mark;

    pthread_mutex_lock(&mutex);
    if (markProcess != OsGetGeneration()) {
	ownMark = OsProcessMark();
	ownPlace = OsProcessPlace();
	markProcess = OsGetGeneration();
    }
    mark = ownMark;
    *placePtr = ownPlace;
    pthread_mutex_unlock(&mutex);
    return mark;
}
