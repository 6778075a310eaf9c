/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osWatch.c --
 *
 *	One descriptor for all events that can wake an event loop. Queues are
 *	polled (osPoller.h). Events on other threads are posted: they are put
 *	into a list of the watch, and the poller is woken.
 */

#include "osWatch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/select.h>
#include <unistd.h>

/*
 * OsPost --
 *
 *	Reports to the posting's watch that the event has happened. Posting
 *	again before the watch has reported the event has no effect.
 */

void
OsPost(
    OsPosting *posting)
{
    OsWatch *watch = posting->watch;

    if (watch != NULL && !posting->isPosted) {
	posting->isPosted = true;
	posting->next = watch->posted;
	watch->posted = posting;
	OsPollerWake(watch->poller);
    }
}

/*
 * OsUnpost --
 *
 *	Withdraws a posting that has not been reported yet, and ends it.
 */

void
OsUnpost(
    OsPosting *posting)
{
    if (posting->isPosted) {
	OsPosting **link = &posting->watch->posted;

	while (*link != posting) {
	    link = &(*link)->next;
	}
	*link = posting->next;
	posting->isPosted = false;
    }
    posting->watch = NULL;
}

/*
 * OsWatchOpen --
 *
 *	Opens a watch. ENOMEM, or the errno value of a system call.
 */

int
OsWatchOpen(
    OsWatch **watchPtr)
{
    OsWatch *watch = calloc(1, sizeof(*watch));
    int err;

    if (watch == NULL) {
	return ENOMEM;
    }
    watch->generation = OsGetGeneration();
    err = OsPollerOpen(&watch->poller);
    if (err != 0) {
	free(watch);
	return err;
    }
    *watchPtr = watch;
    return 0;
}

/*
 * OsWatchReserve, OsWatchRelease --
 *
 *	OsWatchReserve reserves descriptors for the notifier of an event loop,
 *	which needs them when it first waits; OsWatchRelease releases them.
 *	OsWatchReserve returns false unless these descriptors and the watch's
 *	own are below FD_SETSIZE, the limit of select(2).
 */

bool
OsWatchReserve(
    OsWatch *watch)
{
    int descriptor = OsWatchDescriptor(watch);
    int fd = descriptor;

    while (watch->reservedCount < OS_RESERVED && fd >= 0 && fd < FD_SETSIZE) {
	fd = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
	if (fd >= 0) {
	    watch->reserved[watch->reservedCount++] = fd;
	}
    }
    return descriptor < FD_SETSIZE && fd >= 0 && fd < FD_SETSIZE;
}

void
OsWatchRelease(
    OsWatch *watch)
{
    while (watch->reservedCount > 0) {
	close(watch->reserved[--watch->reservedCount]);
    }
}

/*
 * OsWatchClose --
 *
 *	Closes a watch, which must no longer watch anything.
 */

void
OsWatchClose(
    OsWatch *watch)
{
    OsWatchRelease(watch);
    OsPollerClose(watch->poller, OsWatchIsOurs(watch));
    free(watch);
}

/*
 * OsWatchIsOurs --
 *
 *	Returns whether this process has opened a watch. A child process that
 *	was forked since then shares the descriptors with its parent but has
 *	none of its threads, so it leaves alone what they watch.
 */

bool
OsWatchIsOurs(
    const OsWatch *watch)
{
    return watch != NULL && watch->generation == OsGetGeneration();
}

/*
 * OsWatchDescriptor --
 *
 *	Returns the descriptor of a watch.
 */

int
OsWatchDescriptor(
    const OsWatch *watch)
{
    return OsPollerDescriptor(watch->poller);
}

/*
 * OsWatchNext --
 *
 *	Stores up to room events that have happened, and returns how many. Never
 *	waits. Events that do not fit are reported by the next call. A queue is
 *	reported by each call while it is ready.
 */

size_t
OsWatchNext(
    OsWatch *watch,
    OsWatchEvent *events,
    size_t room)
{
    size_t count = OsPollerNext(watch->poller, events, room);

    OsLock();
    while (watch->posted != NULL && count < room) {
	OsPosting *posting = watch->posted;

	watch->posted = posting->next;
	posting->isPosted = false;
	events[count++] = (OsWatchEvent) { posting->data, OS_POSTED };
    }
    if (watch->posted != NULL) {
	OsPollerWake(watch->poller);
    }
    OsUnlock();
    return count;
}

/*
 * OsWatchWakeAt --
 *
 *	Makes the descriptor readable at a moment of OsClock, unless it becomes
 *	so earlier; OS_NEVER means no moment. OsWatchNext may then have nothing
 *	to report. Returns ENOMEM if the system allows no more threads, or the
 *	errno value of a system call.
 */

int
OsWatchWakeAt(
    OsWatch *watch,
    OsTime moment)
{
    return OsPollerWakeAt(watch->poller, moment);
}

/*
 * OsWatchResume --
 *
 *	Must be called before the thread waits for the descriptor again.
 */

void
OsWatchResume(
    OsWatch *watch)
{
    OsPollerResume(watch->poller);
}
