/*
 * osEpoll.c --
 *
 *	The poller on epoll(7): the kernel keeps the set, so neither the
 *	number of descriptors nor their values cost anything.
 */

#include "osPoller.h"

#ifdef OS_POLLER_IS_EPOLL

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct OsPoller {
    int set;			/* of epoll */
    int wake;			/* eventfd(2); its data in the set is NULL */
};

/*
 * Add --
 *
 *	epoll_ctl(2), whether fd is in the set or not.
 */

static int
Add(
    int set,
    int fd,
    uint32_t events,
    void *data)
{
    struct epoll_event event = { .events = events, .data.ptr = data };

    if (epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == 0
	    || (errno == EEXIST
		    && epoll_ctl(set, EPOLL_CTL_MOD, fd, &event) == 0)) {
	return 0;
    }
    return errno;
}

int
OsPollerOpen(
    OsPoller **pollerPtr)
{
    OsPoller *poller = malloc(sizeof(*poller));
    int err;

    if (poller == NULL) {
	return ENOMEM;
    }
    poller->set = epoll_create1(EPOLL_CLOEXEC);
    if (poller->set < 0) {
	err = errno;
	free(poller);
	return err;
    }
    poller->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    err = (poller->wake < 0) ? errno
	    : Add(poller->set, poller->wake, EPOLLIN, NULL);
    if (err != 0) {
	OsPollerClose(poller, true);
	return err;
    }
    *pollerPtr = poller;
    return 0;
}

void
OsPollerClose(
    OsPoller *poller,
    bool isOurs)
{
    (void) isOurs;
    close(poller->set);
    if (poller->wake >= 0) {
	close(poller->wake);
    }
    free(poller);
}

int
OsPollerDescriptor(
    const OsPoller *poller)
{
    return poller->set;
}

int
OsPollerSet(
    OsPoller *poller,
    int fd,
    int events,
    void *data)
{
    uint32_t wanted = 0;

    if (events == 0) {
	return (epoll_ctl(poller->set, EPOLL_CTL_DEL, fd, NULL) == 0
		|| errno == ENOENT) ? 0 : errno;
    }
    if (events & OS_READABLE) {
	wanted |= EPOLLIN;
    }
    if (events & OS_WRITABLE) {
	wanted |= EPOLLOUT;
    }
    return Add(poller->set, fd, wanted, data);
}

void
OsPollerWake(
    OsPoller *poller)
{
    eventfd_write(poller->wake, 1);
}

size_t
OsPollerNext(
    OsPoller *poller,
    OsWatchEvent *events,
    size_t room)
{
    struct epoll_event found[64];
    const size_t most = sizeof(found) / sizeof(*found);
    int count = epoll_wait(poller->set, found,
	    (int) (room < most ? room : most), 0);
    size_t stored = 0;

    for (int i = 0; i < count; i++) {
	if (found[i].data.ptr == NULL) {
	    eventfd_t times;

	    eventfd_read(poller->wake, &times);
	    continue;
	}
	events[stored++] = (OsWatchEvent) {
	    .data = found[i].data.ptr,
	    .events = ((found[i].events & ~(uint32_t) EPOLLOUT)
		    ? OS_READABLE : 0)
		    | ((found[i].events & ~(uint32_t) EPOLLIN)
		    ? OS_WRITABLE : 0)
	};
    }
    return stored;
}

void
OsPollerResume(
    OsPoller *poller)
{
    (void) poller;
}

#endif /* OS_POLLER_IS_EPOLL */
