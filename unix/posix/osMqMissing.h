/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osMqMissing.h --
 *
 *	Replaces <mqueue.h> on systems without message queues: each call fails
 *	with ENOSYS.
 */

#ifndef OS_MQ_MISSING_H
#define OS_MQ_MISSING_H

#include <errno.h>
#include <signal.h>
#include <sys/types.h>
#include <time.h>

typedef int mqd_t;

struct mq_attr {
    long mq_maxmsg, mq_msgsize, mq_curmsgs;
};

#ifndef HAVE_STRUCT_SIGEVENT	/* OpenBSD */
enum { SIGEV_NONE, SIGEV_SIGNAL, SIGEV_THREAD };

struct sigevent {
    int sigev_notify, sigev_signo;
    union sigval sigev_value;
    void (*sigev_notify_function)(union sigval value);
};
#endif

static inline int
Missing(void)
{
    errno = ENOSYS;
    return -1;
}

static inline mqd_t
mq_open(const char *name, int flags, mode_t mode, struct mq_attr *attributes)
{
    (void) name, (void) flags, (void) mode, (void) attributes;
    return Missing();
}

static inline int
mq_close(mqd_t mqd)
{
    (void) mqd;
    return Missing();
}

static inline int
mq_unlink(const char *name)
{
    (void) name;
    return Missing();
}

static inline int
mq_getattr(mqd_t mqd, struct mq_attr *attributes)
{
    (void) mqd, (void) attributes;
    return Missing();
}

static inline int
mq_notify(mqd_t mqd, const struct sigevent *event)
{
    (void) mqd, (void) event;
    return Missing();
}

static inline int
mq_timedsend(mqd_t mqd, const char *bytes, size_t length, unsigned priority,
    const struct timespec *deadline)
{
    (void) mqd, (void) bytes, (void) length, (void) priority, (void) deadline;
    return Missing();
}

static inline ssize_t
mq_timedreceive(mqd_t mqd, char *bytes, size_t length, unsigned *priority,
    const struct timespec *deadline)
{
    (void) mqd, (void) bytes, (void) length, (void) priority, (void) deadline;
    return Missing();
}

#endif /* OS_MQ_MISSING_H */
