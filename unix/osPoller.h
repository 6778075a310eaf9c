/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osPoller.h --
 *
 *	A descriptor that is readable while one of many is ready: a set of
 *	epoll(7) in linux/osEpoll.c, with eventfd(2) and timerfd_create(2); in
 *	posix/osPoll.c, for systems that lack one of them, a thread that waits
 *	in poll(2). For unix/ alone.
 */

#ifndef OS_POLLER_H
#define OS_POLLER_H

#include "os.h"

typedef struct OsPoller OsPoller;

int	OsPollerOpen(OsPoller **pollerPtr);
void	OsPollerClose(OsPoller *poller, bool isOurs);
int	OsPollerDescriptor(const OsPoller *poller);

/*
 * In a child process (isOurs is false), OsPollerClose only closes
 * descriptors. OsPollerSet watches fd for events; with 0 it stops watching,
 * and fd must still be open then. OsPollerWake, which any thread may call,
 * makes the descriptor readable until the next call of OsPollerNext, which
 * tells what is ready. OsPollerWakeAt arranges that for a moment of OsClock,
 * unless an earlier one is still to come; OS_NEVER means no moment.
 * OsPollerResume must be called before each wait for the descriptor.
 */

int	OsPollerSet(OsPoller *poller, int fd, int events, void *data);
void	OsPollerWake(OsPoller *poller);
int	OsPollerWakeAt(OsPoller *poller, OsTime moment);
size_t	OsPollerNext(OsPoller *poller, OsWatchEvent *events, size_t room);
void	OsPollerResume(OsPoller *poller);

/*
 * OsTrafficOpen prepares OsTrafficSeen for a queue's descriptor, because no
 * descriptor may be free later: it stores one for the caller to close, or -1.
 * OsTrafficSeen returns whether a message has been sent or received since the
 * last call. If the system does not report that, it returns wasEmpty: a
 * message in a queue that was empty must have been sent since.
 */

int	OsTrafficOpen(int fd, int *trafficPtr);
bool	OsTrafficSeen(int traffic, bool wasEmpty);

#endif /* OS_POLLER_H */
