/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osPoll.c --
 *
 *	The poller for systems without epoll(7): a thread waits in poll(2), and
 *	writes to a pipe when a descriptor is ready. The thread then stops
 *	polling that descriptor until the owner has examined it and waits again
 *	(OsPollerResume); otherwise it would report the descriptor endlessly.
 *	The thread also writes when a deadline has come.
 *
 *	The thread is started with the first descriptor or deadline; a watch
 *	to which other threads only post has no thread.
 *
 *	The code handles these races and failures: a descriptor is closed, and
 *	its number reused, while the thread polls; a signal ends a write to a
 *	pipe; the system cannot poll that many descriptors now; memory is short.
 */

#include "osPoller.h"

#include "osArray.h"
#include "osThread.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct Entry {
    int fd;
    int events;			/* wanted: OS_READABLE ... */
    int ready;			/* found, not yet reported */
    bool rests;
    unsigned since;		/* the change that made it */
    void *data;
} Entry;

struct OsPoller {
    pthread_mutex_t mutex;
    pthread_t thread;
    bool hasThread;
    bool ends;
    int loop[2];		/* pipe to the owner */
    int poll[2];		/* pipe to the thread: look at entries again */
    Entry *entries;
    size_t count;
    size_t room;
    unsigned changes;		/* of what is to be polled */
    OsTime moment;		/* to wake the owner, or OS_NEVER */
    struct pollfd *polled;	/* the thread's, as is its room */
    size_t polledRoom;
};

/*
 * OpenPipe, ClosePipe --
 *
 *	pipe(2), with nonblocking ends that exec closes. OpenPipe returns 0 or
 *	an errno value; an end that is -1 is not open.
 */

static int
OpenPipe(
    int ends[2])
{
    if (pipe(ends) != 0) {
	ends[0] = ends[1] = -1;
	return errno;
    }
    for (int i = 0; i < 2; i++) {
	if (fcntl(ends[i], F_SETFD, FD_CLOEXEC) != 0
		|| fcntl(ends[i], F_SETFL, O_NONBLOCK) != 0) {
	    return errno;
	}
    }
    return 0;
}

static void
ClosePipe(
    const int ends[2])
{
    for (int i = 0; i < 2; i++) {
	if (ends[i] >= 0) {
	    close(ends[i]);
	}
    }
}

/*
 * FillPipe, EmptyPipe --
 *
 *	Make a pipe readable, or no longer readable. If the write fails with
 *	EAGAIN, the pipe is full, and so already readable. If it fails for
 *	another reason, such as a signal, no wake-up must be lost, so it is
 *	tried up to three times.
 */

static void
FillPipe(
    const int ends[2])
{
    for (int tries = 0; tries < 3; tries++) {
	if (write(ends[1], "", 1) > 0 || errno == EAGAIN) {
	    return;
	}
    }
}

static void
EmptyPipe(
    const int ends[2])
{
    char bytes[64];

    while (read(ends[0], bytes, sizeof(bytes)) > 0) {
	/* Until it is empty. */
    }
}

/*
 * Change --
 *
 *	Makes the thread examine the entries again.
 */

static void
Change(
    OsPoller *poller)
{
    poller->changes++;
    FillPipe(poller->poll);
}

int
OsPollerOpen(
    OsPoller **pollerPtr)
{
    OsPoller *poller = calloc(1, sizeof(*poller));
    int err;

    if (poller == NULL) {
	return ENOMEM;
    }
    poller->poll[0] = poller->poll[1] = -1;
    poller->moment = OS_NEVER;
    err = OpenPipe(poller->loop);
    if (err == 0) {
	err = OpenPipe(poller->poll);
    }
    if (err != 0) {
	ClosePipe(poller->loop);
	ClosePipe(poller->poll);
	free(poller);
	return err;
    }
    pthread_mutex_init(&poller->mutex, NULL);
    *pollerPtr = poller;
    return 0;
}

void
OsPollerClose(
    OsPoller *poller,
    bool isOurs)
{
    if (poller->hasThread && isOurs) {
	pthread_mutex_lock(&poller->mutex);
	poller->ends = true;
	FillPipe(poller->poll);
	pthread_mutex_unlock(&poller->mutex);
	pthread_join(poller->thread, NULL);
    }
    ClosePipe(poller->loop);
    ClosePipe(poller->poll);
    pthread_mutex_destroy(&poller->mutex);
    free(poller->entries);
    free(poller->polled);
    free(poller);
}

int
OsPollerDescriptor(
    const OsPoller *poller)
{
    return poller->loop[0];
}

/*
 * FillPolled --
 *
 *	Fills polled with the descriptors to poll, the thread's pipe first.
 *	Returns the number of elements, or 0 if memory is short.
 */

static nfds_t
FillPolled(
    OsPoller *poller)
{
    struct pollfd *polled = OsMakeRoom(poller->polled, poller->count + 1,
	    &poller->polledRoom, sizeof(*polled));
    nfds_t count = 0;

    if (polled == NULL) {
	return 0;
    }
    poller->polled = polled;
    polled[count++] = (struct pollfd) { poller->poll[0], POLLIN, 0 };
    for (size_t i = 0; i < poller->count; i++) {
	const Entry *entry = &poller->entries[i];

	if (!entry->rests) {
	    short wanted = (short) (
		    ((entry->events & OS_READABLE) ? POLLIN : 0)
		    | ((entry->events & OS_WRITABLE) ? POLLOUT : 0));

	    polled[count++] = (struct pollfd) { entry->fd, wanted, 0 };
	}
    }
    return count;
}

/*
 * Note --
 *
 *	Records the events of a descriptor, if they are still wanted. If the
 *	entry is newer than the last change that the thread knows, it belongs to
 *	another descriptor: the old one was closed, and its number reused.
 */

static void
Note(
    OsPoller *poller,
    const struct pollfd *polled,
    unsigned changes)
{
    for (size_t i = 0; i < poller->count; i++) {
	Entry *entry = &poller->entries[i];

	if (entry->fd == polled->fd && !entry->rests
		&& (int) (entry->since - changes) <= 0) {
	    entry->ready = ((polled->revents & ~POLLOUT) ? OS_READABLE : 0)
		    | ((polled->revents & ~POLLIN) ? OS_WRITABLE : 0);
	    entry->ready &= entry->events;
	    entry->rests = true;
	    FillPipe(poller->loop);
	}
    }
}

/*
 * TimeLeft --
 *
 *	Returns how long the thread may wait, in milliseconds; -1 means no
 *	limit. Wakes the owner if the moment has come.
 */

static int
TimeLeft(
    OsPoller *poller)
{
    const OsTime millisecond = OS_SECOND / 1000;
    OsTime left;

    if (poller->moment == OS_NEVER) {
	return -1;
    }
    left = poller->moment - OsClock();
    if (left <= 0) {
	poller->moment = OS_NEVER;
	FillPipe(poller->loop);
	return -1;
    }
    left = (left - 1) / millisecond + 1;
    return (left < INT_MAX) ? (int) left : INT_MAX;
}

/*
 * Wait --
 *
 *	Polls the first count elements (0 if there was no memory for them) for
 *	at most this number of milliseconds. Returns whether something was
 *	found. If the system cannot poll that many descriptors now, waits a
 *	tenth of a second, because it may be able to later.
 */

static bool
Wait(
    const OsPoller *poller,
    nfds_t count,
    int milliseconds)
{
    struct pollfd own = { poller->poll[0], POLLIN, 0 };
    int found = (count > 0) ? poll(poller->polled, count, milliseconds) : -1;

    if (found < 0) {
	poll(&own, 1, 100);
    }
    return found > 0;
}

/*
 * Poll --
 *
 *	The thread. It polls a copy of what is wanted, without the mutex.
 */

static void *
Poll(
    void *data)
{
    OsPoller *poller = data;

    pthread_mutex_lock(&poller->mutex);
    while (!poller->ends) {
	nfds_t count = FillPolled(poller);
	unsigned changes = poller->changes;
	int left = TimeLeft(poller);
	bool isFound;

	pthread_mutex_unlock(&poller->mutex);
	isFound = Wait(poller, count, left);
	pthread_mutex_lock(&poller->mutex);
	EmptyPipe(poller->poll);
	for (nfds_t i = 1; isFound && i < count; i++) {
	    if (poller->polled[i].revents != 0) {
		Note(poller, &poller->polled[i], changes);
	    }
	}
    }
    pthread_mutex_unlock(&poller->mutex);
    return NULL;
}

/*
 * StartThread --
 *
 *	Starts the thread, unless it is running. ENOMEM: the system allows no
 *	more threads.
 */

static int
StartThread(
    OsPoller *poller)
{
    int err = 0;

    if (!poller->hasThread) {
	err = OsThreadStart(Poll, poller, &poller->thread);
	poller->hasThread = (err == 0);
    }
    return err;
}

/*
 * FindEntry --
 *
 *	Returns the entry of fd. If there is none, returns the one after the
 *	last, or NULL if there is no room for it.
 */

static Entry *
FindEntry(
    OsPoller *poller,
    int fd)
{
    Entry *entries;

    for (size_t i = 0; i < poller->count; i++) {
	if (poller->entries[i].fd == fd) {
	    return &poller->entries[i];
	}
    }
    entries = OsMakeRoom(poller->entries, poller->count + 1, &poller->room,
	    sizeof(*entries));
    if (entries == NULL) {
	return NULL;
    }
    poller->entries = entries;
    return &entries[poller->count];
}

/*
 * SetEntry, RemoveEntry --
 *
 *	OsPollerSet while the mutex is held. SetEntry is for events other than
 *	0, RemoveEntry for 0.
 */

static int
SetEntry(
    OsPoller *poller,
    int fd,
    int events,
    void *data)
{
    Entry *entry = FindEntry(poller, fd);
    int err = (entry != NULL) ? StartThread(poller) : ENOMEM;

    if (err == 0) {
	if (entry == &poller->entries[poller->count]) {
	    poller->count++;
	    *entry = (Entry) { .fd = fd, .since = poller->changes + 1 };
	}
	entry->events = events;
	entry->ready &= events;
	entry->rests = false;
	entry->data = data;
    }
    return err;
}

static void
RemoveEntry(
    OsPoller *poller,
    int fd)
{
    for (size_t i = 0; i < poller->count; i++) {
	if (poller->entries[i].fd == fd) {
	    poller->entries[i] = poller->entries[--poller->count];
	}
    }
}

int
OsPollerSet(
    OsPoller *poller,
    int fd,
    int events,
    void *data)
{
    int err = 0;

    pthread_mutex_lock(&poller->mutex);
    if (events != 0) {
	err = SetEntry(poller, fd, events, data);
    } else {
	RemoveEntry(poller, fd);
    }
    Change(poller);
    pthread_mutex_unlock(&poller->mutex);
    return err;
}

void
OsPollerWake(
    OsPoller *poller)
{
    FillPipe(poller->loop);
}

int
OsPollerWakeAt(
    OsPoller *poller,
    OsTime moment)
{
    int err = 0;

    pthread_mutex_lock(&poller->mutex);
    if (moment < poller->moment
	    || (moment == OS_NEVER && poller->moment != OS_NEVER)) {
	err = StartThread(poller);
	if (err == 0) {
	    poller->moment = moment;
	    Change(poller);
	}
    }
    pthread_mutex_unlock(&poller->mutex);
    return err;
}

size_t
OsPollerNext(
    OsPoller *poller,
    OsWatchEvent *events,
    size_t room)
{
    size_t stored = 0;
    bool isMore = false;

    pthread_mutex_lock(&poller->mutex);
    EmptyPipe(poller->loop);
    for (size_t i = 0; i < poller->count; i++) {
	Entry *entry = &poller->entries[i];

	if (entry->ready != 0 && stored < room) {
	    events[stored++] = (OsWatchEvent) { entry->data, entry->ready };
	    entry->ready = 0;
	}
	isMore = isMore || entry->ready != 0;
    }
    if (isMore) {
	FillPipe(poller->loop);
    }
    pthread_mutex_unlock(&poller->mutex);
    return stored;
}

void
OsPollerResume(
    OsPoller *poller)
{
    bool resumes = false;

    pthread_mutex_lock(&poller->mutex);
    for (size_t i = 0; i < poller->count; i++) {
	Entry *entry = &poller->entries[i];

	if (entry->rests && entry->ready == 0) {
	    entry->rests = false;
	    resumes = true;
	}
    }
    if (resumes) {
	Change(poller);
    }
    pthread_mutex_unlock(&poller->mutex);
}

int
OsTrafficOpen(
    int fd,
    int *trafficPtr)
{
    (void) fd;
    *trafficPtr = -1;
    return 0;
}

bool
OsTrafficSeen(
    int traffic,
    bool wasEmpty)
{
    (void) traffic;
    return wasEmpty;
}
