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
    struct Notice *notice;	/* of osNotify.c, or NULL */
};

int	OsMqCloseNotified(OsMq *mq);
bool	OsMqReadStatus(const OsMq *mq, int64_t *bytesPtr, pid_t *pidPtr);

#endif /* OS_MQ_H */
