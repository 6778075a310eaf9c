/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osMq.h --
 *
 *	A message queue, for the files of unix/ that deal with queues.
 */

#ifndef OS_MQ_H
#define OS_MQ_H

#include "osWatch.h"

#ifdef HAVE_MQ_OPEN
#   include <mqueue.h>
#else
#   include "posix/osMqMissing.h"
#endif

struct OsMq {
    mqd_t mqd;
    OsMqLimits limits;
    OsWatch *watch;		/* that polls it, or NULL */
    struct Notification *notification;	/* of osNotify.c, or NULL */
};

/*
 * OsMqFd --
 *
 *	Returns the file descriptor of a queue, or -1 if there is none, as on
 *	illumos. On most systems an mqd_t is a descriptor, but not on FreeBSD.
 */

static inline int
OsMqFd(
    const OsMq *mq)
{
#ifdef HAVE_MQ_GETFD_NP
    return mq_getfd_np(mq->mqd);
#elif defined MQD_T_IS_DESCRIPTOR
    return mq->mqd;
#else
    (void) mq;
    return -1;
#endif
}

int	OsMqCloseNotified(OsMq *mq);

/*
 * OsMqReadStatus stores the bytes of the messages in a queue, and the process
 * that is registered for a notification, or 0. It returns false if the system
 * does not report these, or if mq was not opened for reading.
 */

bool	OsMqReadStatus(const OsMq *mq, int64_t *bytesPtr, pid_t *pidPtr);

#endif /* OS_MQ_H */
