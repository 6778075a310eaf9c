/*
 * osWatch.c --
 *
 *	One descriptor for all that can wake an event loop. Queues are polled
 *	(osPoller.h). What happens on other threads is posted: it is put
 *	into a list of the watch, and the poller is woken.
 */

#include "osWatch.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * OsPost --
 *
 *	Tells the posting's watch that it has happened. Twice before anybody
 *	looks is once.
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
 *	Takes back what nobody has looked at yet, and ends the posting.
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
 *	Opens a watch. ENOMEM, or what the system says.
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
    watch->process = getpid();
    err = OsPollerOpen(&watch->poller);
    if (err != 0) {
	free(watch);
	return err;
    }
    *watchPtr = watch;
    return 0;
}

/*
 * OsWatchClose --
 *
 *	Closes a watch that watches nothing any more.
 */

void
OsWatchClose(
    OsWatch *watch)
{
    OsPollerClose(watch->poller, OsWatchIsOurs(watch));
    free(watch);
}

/*
 * OsWatchIsOurs --
 *
 *	Returns whether this process has opened a watch. One that was forked
 *	since shares its descriptors with the parent, and has none of its
 *	threads, so it leaves alone what they watch.
 */

bool
OsWatchIsOurs(
    const OsWatch *watch)
{
    return watch != NULL && watch->process == getpid();
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
 *	Stores what has happened in events, at most room of it, and returns
 *	how much that is. Never waits. What does not fit stays; a queue is
 *	told of again and again while it is ready.
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
 *	Has the descriptor become readable at a moment of OsClock, unless it
 *	does so earlier, or with OS_NEVER at none: OsWatchNext may then have
 *	nothing to tell. What the system says, or ENOMEM: there can't be more
 *	threads.
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
 *	To be called before the thread waits for the descriptor again.
 */

void
OsWatchResume(
    OsWatch *watch)
{
    OsPollerResume(watch->poller);
}
