/*
 * osMq.h --
 *
 *	A message queue, for osMq.c and osNotify.c.
 */

#ifndef OS_MQ_H
#define OS_MQ_H

#include "osWatch.h"

#ifdef HAVE_MQ_OPEN
#   include <mqueue.h>
#else
#   include "osMqMissing.h"
#endif

struct OsMq {
    mqd_t mqd;
    OsMqLimits limits;
    OsWatch *watch;		/* that polls it, or NULL */

    /* With the lock of osWatch.h: */
    int notifySignal;		/* that was asked for, or 0 */
    uint64_t notifyKey;		/* of the postings that were asked for, or 0 */
    int notices;		/* postings that nobody has taken */
    int noticeSocket;		/* of osNotify.c, or -1 */
    OsPosting posting;
    OsMq *next;			/* in the list of those that have asked */
};

int	OsMqCloseNotified(OsMq *mq);
bool	OsMqReadStatus(const OsMq *mq, int64_t *bytesPtr, pid_t *pidPtr);

#endif /* OS_MQ_H */
