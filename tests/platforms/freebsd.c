/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * freebsd.c --
 *
 *	A library to be preloaded on Linux. It makes queues and segments behave
 *	as on FreeBSD, according to its sources (lib/librt/mq.c,
 *	sys/kern/uipc_shm.c). The suite then tests the logic of the code for
 *	FreeBSD. It does not test FreeBSD itself.
 *
 *	- An mqd_t is a pointer, which is freed when the queue is closed;
 *	  mq_getfd_np(3) returns the descriptor.
 *	- shm_open(3) refuses a name without a leading slash, and any flag other
 *	  than those of POSIX and O_CLOEXEC. So O_NONBLOCK also fails with
 *	  EINVAL.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

struct FreeBsdQueue {
    mqd_t descriptor;		/* of Linux */
};

typedef struct FreeBsdQueue *Queue;

Queue	FreeBsdMqOpen(const char *name, int flags, ...);
int	FreeBsdMqClose(Queue queue);
int	FreeBsdMqGetattr(Queue queue, struct mq_attr *attributes);
int	FreeBsdMqNotify(Queue queue, const struct sigevent *event);
int	FreeBsdMqTimedsend(Queue queue, const char *bytes, size_t length,
	    unsigned priority, const struct timespec *deadline);
ssize_t	FreeBsdMqTimedreceive(Queue queue, char *bytes, size_t length,
	    unsigned *priority, const struct timespec *deadline);
int	mq_getfd_np(Queue queue);

Queue
FreeBsdMqOpen(
    const char *name,
    int flags,
    ...)
{
    Queue queue = malloc(sizeof(*queue));
    struct mq_attr *attributes = NULL;
    mode_t mode = 0;
    int err;

    if (queue == NULL) {
	return NULL;
    }
    if (flags & O_CREAT) {
	va_list arguments;

	va_start(arguments, flags);
	mode = va_arg(arguments, mode_t);
	attributes = va_arg(arguments, struct mq_attr *);
	va_end(arguments);
    }
    queue->descriptor = mq_open(name, flags, mode, attributes);
    if (queue->descriptor >= 0) {
	return queue;
    }
    err = errno;
    free(queue);
    errno = err;
    return (Queue) (intptr_t) -1;
}

int
FreeBsdMqClose(
    Queue queue)
{
    mqd_t descriptor = queue->descriptor;

    queue->descriptor = -1;
    free(queue);
    return mq_close(descriptor);
}

int
FreeBsdMqGetattr(
    Queue queue,
    struct mq_attr *attributes)
{
    return mq_getattr(queue->descriptor, attributes);
}

int
FreeBsdMqNotify(
    Queue queue,
    const struct sigevent *event)
{
    return mq_notify(queue->descriptor, event);
}

int
FreeBsdMqTimedsend(
    Queue queue,
    const char *bytes,
    size_t length,
    unsigned priority,
    const struct timespec *deadline)
{
    return mq_timedsend(queue->descriptor, bytes, length, priority, deadline);
}

ssize_t
FreeBsdMqTimedreceive(
    Queue queue,
    char *bytes,
    size_t length,
    unsigned *priority,
    const struct timespec *deadline)
{
    return mq_timedreceive(queue->descriptor, bytes, length, priority,
	    deadline);
}

int
mq_getfd_np(
    Queue queue)
{
    return queue->descriptor;
}

int
shm_open(
    const char *name,
    int flags,
    mode_t mode)
{
    const int allowed = O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC;
    int (*next)(const char *, int, mode_t) = (int (*)(const char *, int,
	    mode_t)) dlsym(RTLD_NEXT, "shm_open");

    if (name[0] != '/' || (flags & ~allowed)
	    || (flags & O_ACCMODE) == O_WRONLY) {
	errno = EINVAL;
	return -1;
    }
    return next(name, flags, mode);
}
