/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osEpoll.c --
 *
 *	The poller, implemented by epoll(7). The kernel keeps the set, so
 *	neither the number of descriptors nor their values affect the cost. One
 *	of them is a timer: timerfd_create(2).
 */

#include "osPoller.h"
#include "osTime.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct OsPoller {
    int set;			/* of epoll */
    int wake;			/* eventfd(2); its data in the set is NULL */
    int timer;			/* its data is the poller */
    OsTime moment;		/* for which that is set, or OS_NEVER */
};

/*
 * Add --
 *
 *	epoll_ctl(2), whether fd is already in the set or not.
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

/*
 * AddOwn --
 *
 *	Opens the poller's own descriptors and adds them to its set.
 */

static int
AddOwn(
    OsPoller *poller)
{
    int err;

    poller->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (poller->wake < 0) {
	return errno;
    }
    poller->timer = timerfd_create(CLOCK_MONOTONIC,
	    TFD_CLOEXEC | TFD_NONBLOCK);
    if (poller->timer < 0) {
	return errno;
    }
    err = Add(poller->set, poller->wake, EPOLLIN, NULL);
    return (err != 0) ? err : Add(poller->set, poller->timer, EPOLLIN, poller);
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
    *poller = (OsPoller) {
	.set = epoll_create1(EPOLL_CLOEXEC), .wake = -1, .timer = -1,
	.moment = OS_NEVER
    };
    err = (poller->set < 0) ? errno : AddOwn(poller);
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
    const int own[] = { poller->set, poller->wake, poller->timer };

    (void) isOurs;
    for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
	if (own[i] >= 0) {
	    close(own[i]);
	}
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

/*
 * SetTimer --
 *
 *	timerfd_settime(2): makes the timer readable from a moment on, or never
 *	for OS_NEVER.
 */

static int
SetTimer(
    OsPoller *poller,
    OsTime moment)
{
    struct itimerspec when = {
	.it_value = OsTimespec((moment == OS_NEVER) ? 0 : moment)
    };

    if (timerfd_settime(poller->timer, TFD_TIMER_ABSTIME, &when, NULL) != 0) {
	return errno;
    }
    poller->moment = moment;
    return 0;
}

int
OsPollerWakeAt(
    OsPoller *poller,
    OsTime moment)
{
    return (moment < poller->moment
	    || (moment == OS_NEVER && poller->moment != OS_NEVER))
	    ? SetTimer(poller, moment) : 0;
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
	if (found[i].data.ptr == poller) {
	    SetTimer(poller, OS_NEVER);
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

/*
 * OsTrafficOpen, OsTrafficSeen --
 *
 *	With EPOLLET, epoll(7) reports a queue once, and then again for each
 *	message that is sent or received.
 */

int
OsTrafficOpen(
    int fd,
    int *trafficPtr)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLET };

    *trafficPtr = epoll_create1(EPOLL_CLOEXEC);
    return (*trafficPtr >= 0
	    && epoll_ctl(*trafficPtr, EPOLL_CTL_ADD, fd, &event) == 0)
	    ? 0 : errno;
}

bool
OsTrafficSeen(
    int traffic,
    bool wasEmpty)
{
    struct epoll_event event;

    (void) wasEmpty;
    return epoll_wait(traffic, &event, 1, 0) != 0;
}
