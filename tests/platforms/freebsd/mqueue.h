/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mqueue.h --
 *
 *	Message queues as FreeBSD declares them, for tests on Linux:
 *	../freebsd.c. An mqd_t is a pointer there, and mq_getfd_np(3) returns
 *	its descriptor. The functions have other names here, because those of
 *	Linux have the usual ones.
 */

#ifndef MQUEUE_H
#define MQUEUE_H

#include <signal.h>
#include <sys/types.h>
#include <time.h>

typedef struct FreeBsdQueue *mqd_t;

struct mq_attr {
    long mq_flags, mq_maxmsg, mq_msgsize, mq_curmsgs;
    long __reserved[4];
};

#define mq_open		FreeBsdMqOpen
#define mq_close	FreeBsdMqClose
#define mq_getattr	FreeBsdMqGetattr
#define mq_notify	FreeBsdMqNotify
#define mq_timedsend	FreeBsdMqTimedsend
#define mq_timedreceive	FreeBsdMqTimedreceive

mqd_t	mq_open(const char *name, int flags, ...);
int	mq_close(mqd_t queue);
int	mq_unlink(const char *name);
int	mq_getattr(mqd_t queue, struct mq_attr *attributes);
int	mq_notify(mqd_t queue, const struct sigevent *event);
int	mq_timedsend(mqd_t queue, const char *bytes, size_t length,
	    unsigned priority, const struct timespec *deadline);
ssize_t	mq_timedreceive(mqd_t queue, char *bytes, size_t length,
	    unsigned *priority, const struct timespec *deadline);
int	mq_getfd_np(mqd_t queue);

#endif /* MQUEUE_H */
