/*
 * osPoll.c --
 *
 *	The poller where there is no epoll(7): a thread waits in poll(2), and
 *	writes to a pipe when a descriptor is ready. That descriptor then
 *	rests until the owner has looked and waits again (OsPollerResume), else
 *	the thread would tell of it without end.
 *
 *	The thread is started with the first descriptor; who only posts, as on
 *	a system without queues, has none.
 */

#ifndef HAVE_EPOLL_CREATE1

#include "osPoller.h"
#include "osThread.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct Entry {
    int fd;
    int events;			/* wanted: OS_READABLE ... */
    int ready;			/* found, not yet told */
    bool rests;
    void *data;
} Entry;

struct OsPoller {
    pthread_mutex_t mutex;
    pthread_t thread;
    bool hasThread;
    bool ends;
    int loop[2];		/* pipe to the owner */
    int poll[2];		/* pipe to the thread: look at entries anew */
    Entry *entries;
    size_t count;
    size_t room;
};

/*
 * OpenPipe, ClosePipe --
 *
 *	pipe(2) whose ends neither wait nor reach a new program.
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
	fcntl(ends[i], F_SETFD, FD_CLOEXEC);
	fcntl(ends[i], F_SETFL, O_NONBLOCK);
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
 * Ring, Hush --
 *
 *	Make a pipe readable, and not. A full one is readable already.
 */

static void
Ring(
    const int ends[2])
{
    ssize_t written = write(ends[1], "", 1);

    (void) written;
}

static void
Hush(
    const int ends[2])
{
    char bytes[64];

    while (read(ends[0], bytes, sizeof(bytes)) > 0) {
	/* Until it is empty. */
    }
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
    err = OpenPipe(poller->loop);
    if (err == 0) {
	err = OpenPipe(poller->poll);
    }
    if (err != 0) {
	ClosePipe(poller->loop);
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
	Ring(poller->poll);
	pthread_mutex_unlock(&poller->mutex);
	pthread_join(poller->thread, NULL);
    }
    ClosePipe(poller->loop);
    ClosePipe(poller->poll);
    pthread_mutex_destroy(&poller->mutex);
    free(poller->entries);
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
 *	Writes what is to be polled into polled, the thread's pipe first.
 *	Returns how much that is.
 */

static nfds_t
FillPolled(
    const OsPoller *poller,
    struct pollfd *polled)
{
    nfds_t count = 0;

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
 *	Notes in the entry of a polled descriptor, if there still is one, what
 *	was found.
 */

static void
Note(
    OsPoller *poller,
    const struct pollfd *polled)
{
    for (size_t i = 0; i < poller->count; i++) {
	Entry *entry = &poller->entries[i];

	if (entry->fd == polled->fd && !entry->rests) {
	    entry->ready = ((polled->revents & ~POLLOUT) ? OS_READABLE : 0)
		    | ((polled->revents & ~POLLIN) ? OS_WRITABLE : 0);
	    entry->ready &= entry->events;
	    entry->rests = true;
	    Ring(poller->loop);
	}
    }
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
    struct pollfd *polled = NULL;
    size_t room = 0;

    pthread_mutex_lock(&poller->mutex);
    while (!poller->ends) {
	nfds_t count;

	if (room < poller->count + 1) {
	    struct pollfd *larger = realloc(polled,
		    2 * (poller->count + 1) * sizeof(*polled));

	    if (larger == NULL) {
		break;
	    }
	    polled = larger;
	    room = 2 * (poller->count + 1);
	}
	count = FillPolled(poller, polled);
	pthread_mutex_unlock(&poller->mutex);
	if (poll(polled, count, -1) < 0) {
	    count = 0;
	}
	pthread_mutex_lock(&poller->mutex);
	Hush(poller->poll);
	for (nfds_t i = 1; i < count; i++) {
	    if (polled[i].revents != 0) {
		Note(poller, &polled[i]);
	    }
	}
    }
    pthread_mutex_unlock(&poller->mutex);
    free(polled);
    return NULL;
}

/*
 * FindEntry --
 *
 *	Returns the entry of fd, a new one where there is none; NULL, where
 *	memory is short.
 */

static Entry *
FindEntry(
    OsPoller *poller,
    int fd)
{
    for (size_t i = 0; i < poller->count; i++) {
	if (poller->entries[i].fd == fd) {
	    return &poller->entries[i];
	}
    }
    if (poller->count == poller->room) {
	size_t room = 2 * poller->room + 8;
	Entry *larger = realloc(poller->entries, room * sizeof(*larger));

	if (larger == NULL) {
	    return NULL;
	}
	poller->entries = larger;
	poller->room = room;
    }
    poller->entries[poller->count] = (Entry) { .fd = fd };
    return &poller->entries[poller->count++];
}

/*
 * SetEntry --
 *
 *	OsPollerSet with the mutex.
 */

static int
SetEntry(
    OsPoller *poller,
    int fd,
    int events,
    void *data)
{
    Entry *entry = FindEntry(poller, fd);

    if (entry == NULL) {
	return ENOMEM;
    }
    if (events == 0) {
	*entry = poller->entries[--poller->count];
    } else {
	*entry = (Entry) { .fd = fd, .events = events, .data = data };
	if (!poller->hasThread) {
	    int err = OsThreadStart(Poll, poller, &poller->thread);

	    if (err != 0) {
		return err;
	    }
	    poller->hasThread = true;
	}
    }
    Ring(poller->poll);
    return 0;
}

int
OsPollerSet(
    OsPoller *poller,
    int fd,
    int events,
    void *data)
{
    int err;

    pthread_mutex_lock(&poller->mutex);
    err = SetEntry(poller, fd, events, data);
    pthread_mutex_unlock(&poller->mutex);
    return err;
}

void
OsPollerWake(
    OsPoller *poller)
{
    Ring(poller->loop);
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
    Hush(poller->loop);
    for (size_t i = 0; i < poller->count; i++) {
	Entry *entry = &poller->entries[i];

	if (entry->ready != 0 && stored < room) {
	    events[stored++] = (OsWatchEvent) { entry->data, entry->ready };
	    entry->ready = 0;
	}
	isMore = isMore || entry->ready != 0;
    }
    if (isMore) {
	Ring(poller->loop);
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
	Ring(poller->poll);
    }
    pthread_mutex_unlock(&poller->mutex);
}

#else

typedef int OsPollIsElsewhere;

#endif /* !HAVE_EPOLL_CREATE1 */
