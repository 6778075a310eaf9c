/*
 * osPoller.h --
 *
 *	A descriptor that is readable while one of many is ready: a set of
 *	epoll(7) in osEpoll.c, with eventfd(2) and timerfd_create(2); in
 *	osPoll.c, for systems that lack one of them, a thread that waits in
 *	poll(2). For unix/ alone.
 */

#ifndef OS_POLLER_H
#define OS_POLLER_H

#include "os.h"

#if defined(HAVE_EPOLL_CREATE1) && defined(HAVE_EVENTFD) \
	&& defined(HAVE_TIMERFD_CREATE)
#   define OS_POLLER_IS_EPOLL
#endif

typedef struct OsPoller OsPoller;

int	OsPollerOpen(OsPoller **pollerPtr);
void	OsPollerClose(OsPoller *poller, bool isOurs);
int	OsPollerDescriptor(const OsPoller *poller);

/*
 * OsPollerClose in a forked process, isOurs false, closes descriptors alone.
 * OsPollerSet watches fd for events, or no more where they are 0; fd must
 * still be open then. OsPollerWake, which any thread may call, makes the
 * descriptor readable until the next call of OsPollerNext, which tells
 * what is ready. OsPollerWakeAt has that done at a moment of OsClock, unless
 * an earlier one is still to come, or with OS_NEVER at none. OsPollerResume
 * goes before each wait for the descriptor.
 */

int	OsPollerSet(OsPoller *poller, int fd, int events, void *data);
void	OsPollerWake(OsPoller *poller);
int	OsPollerWakeAt(OsPoller *poller, OsTime moment);
size_t	OsPollerNext(OsPoller *poller, OsWatchEvent *events, size_t room);
void	OsPollerResume(OsPoller *poller);

#endif /* OS_POLLER_H */
