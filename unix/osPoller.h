/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osPoller.h --
 *
 *	A poller has a descriptor that is readable while any of many others is
 *	ready. In linux/osEpoll.c it is a set of epoll(7), with eventfd(2) and
 *	timerfd_create(2). In posix/osPoll.c, for systems that lack one of these
 *	calls, a thread waits in poll(2). For unix/ alone.
 */

#ifndef OS_POLLER_H
#define OS_POLLER_H

#include "os.h"

typedef struct OsPoller OsPoller;

int	OsPollerOpen(OsPoller **pollerPtr);
void	OsPollerClose(OsPoller *poller, bool isOurs);
int	OsPollerDescriptor(const OsPoller *poller);

/*
 * In a child process (isOurs is false), OsPollerClose only closes descriptors.
 * OsPollerSet watches fd for events; if events is 0, it stops watching fd,
 * which must still be open. OsPollerNext reports what is ready. OsPollerWake,
 * which any thread may call, makes the poller's descriptor readable until the
 * next call of OsPollerNext. OsPollerWakeAt does that at a moment of OsClock,
 * unless an earlier moment is still to come; OS_NEVER means no moment.
 * OsPollerResume must be called before each wait for the descriptor.
 */

int	OsPollerSet(OsPoller *poller, int fd, int events, void *data);
void	OsPollerWake(OsPoller *poller);
int	OsPollerWakeAt(OsPoller *poller, OsTime moment);
size_t	OsPollerNext(OsPoller *poller, OsWatchEvent *events, size_t room);
void	OsPollerResume(OsPoller *poller);

/*
 * OsTrafficOpen prepares a queue's descriptor for OsTrafficSeen. It stores a
 * descriptor that the caller must close, or -1; later there may be no free
 * descriptor. OsTrafficSeen returns whether a message has been sent or received
 * since the last call. If the system does not report that, it returns wasEmpty:
 * a message in a queue that was empty must have been sent since.
 */

int	OsTrafficOpen(int fd, int *trafficPtr);
bool	OsTrafficSeen(int traffic, bool wasEmpty);

#endif /* OS_POLLER_H */
