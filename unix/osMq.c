/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osMq.c --
 *
 *	Message queues: mq_overview(7). If the system has none, each call
 *	returns ENOSYS.
 */

#include "osMq.h"

#include "osObject.h"
#include "osOpen.h"
#include "osTime.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

/*
 * OpenQueue --
 *
 *	mq_open(3), in the form that OsOpenOrCreate calls.
 */

typedef struct OpenRequest {
    const char *name;
    int access;			/* O_RDONLY, O_WRONLY or O_RDWR */
    mode_t mode;
    struct mq_attr *attributes;	/* NULL: the system's default */
    mqd_t mqd;			/* the result */
} OpenRequest;

static int
OpenQueue(
    void *data,
    int flags)
{
    OpenRequest *request = data;
    int createFlags = (flags & OS_EXCL) ? O_CREAT | O_EXCL : 0;

    request->mqd = mq_open(request->name, request->access | createFlags,
	    request->mode, request->attributes);
    return (request->mqd != (mqd_t) -1) ? 0 : errno;
}

/*
 * OsMqOpen --
 *
 *	mq_open(3), for reading, writing or both. mode and limits are for a new
 *	queue; if limits is NULL, it gets the system's defaults. The limits of
 *	an existing queue are read from the system. OsFindLimit can explain a
 *	failure.
 */

int
OsMqOpen(
    const char *name,
    int flags,
    mode_t mode,
    bool read,
    bool write,
    const OsMqLimits *limits,
    OsObject *object,
    OsMq **mqPtr)
{
    OpenRequest request = {
	.name = name,
	.access = (read && write) ? O_RDWR : write ? O_WRONLY : O_RDONLY,
	.mode = mode
    };
    struct mq_attr attributes = { 0 };
    bool created;
    OsMq *mq = calloc(1, sizeof(*mq));
    int err;

    if (mq == NULL) {
	return ENOMEM;
    }
    if (limits != NULL) {
	attributes.mq_maxmsg = limits->maxMessages;
	attributes.mq_msgsize = limits->maxMessageSize;
	request.attributes = &attributes;
    }
    err = OsOpenOrCreate(OpenQueue, &request, flags, &created);
    if (err != 0) {
	free(mq);
	return err;
    }
    mq->mqd = request.mqd;
    if ((!created || limits == NULL)
	    && mq_getattr(mq->mqd, &attributes) != 0) {
	err = errno;
	OsMqClose(mq);
	if (created) {
	    mq_unlink(name);
	}
	return err;
    }
    mq->limits.maxMessages = attributes.mq_maxmsg;
    mq->limits.maxMessageSize = attributes.mq_msgsize;
    *object = (OsObject) {
	.family = &osMqFamily, .fd = OsMqDescriptor(mq), .created = created
    };
    *mqPtr = mq;
    return 0;
}

/*
 * OsMqClose --
 *
 *	mq_close(3). Also stops all watching and cancels the registration. mq is
 *	freed even if an error is returned.
 */

int
OsMqClose(
    OsMq *mq)
{
    int err;

    if (mq->watch != NULL) {
	OsMqWatch(mq, mq->watch, 0, NULL);
    }
    err = OsMqCloseNotified(mq);
    free(mq);
    return err;
}

/*
 * OsMqUnlink --
 *
 *	mq_unlink(3).
 */

int
OsMqUnlink(
    const char *name)
{
    return (mq_unlink(name) == 0) ? 0 : errno;
}

/*
 * OsMqDescriptor, OsMqGetLimits --
 *
 *	Return the queue's descriptor and its limits.
 */

int
OsMqDescriptor(
    const OsMq *mq)
{
    return OsMqFd(mq);
}

const OsMqLimits *
OsMqGetLimits(
    const OsMq *mq)
{
    return &mq->limits;
}

/*
 * OsMqGetDepth --
 *
 *	Stores how many messages are in the queue: mq_getattr(3).
 */

int
OsMqGetDepth(
    const OsMq *mq,
    long *messagesPtr)
{
    struct mq_attr attributes;

    if (mq_getattr(mq->mqd, &attributes) != 0) {
	return errno;
    }
    *messagesPtr = attributes.mq_curmsgs;
    return 0;
}

/*
 * Outcome --
 *
 *	Stores the errno value of a timed call that ended with result. Returns
 *	false if the call is to be made again, because a call that may not wait
 *	ignores signals.
 */

static bool
Outcome(
    long result,
    OsTime timeout,
    int *errPtr)
{
    *errPtr = (result >= 0) ? 0 : errno;
    return *errPtr != EINTR || timeout != OS_NOW;
}

/*
 * OsMqSend --
 *
 *	mq_timedsend(3) of length bytes, waiting for at most timeout
 *	nanoseconds. The system accepts only wall-clock deadlines.
 *
 *	EMSGSIZE: the message is too long. EINVAL: the priority is too high.
 *	ETIMEDOUT: the queue stayed full. EINTR: a signal handler has run.
 */

int
OsMqSend(
    OsMq *mq,
    const void *bytes,
    size_t length,
    unsigned priority,
    OsTime timeout)
{
    struct timespec deadline = OsDeadline(CLOCK_REALTIME, timeout);
    int result, err;

    do {
	result = mq_timedsend(mq->mqd, bytes, length, priority, &deadline);
    } while (!Outcome(result, timeout, &err));
    return err;
}

/*
 * OsMqReceive --
 *
 *	mq_timedreceive(3) into bytes. *lengthPtr is the room there, at least
 *	that of the queue's longest message, and becomes the length of the
 *	message.
 *
 *	ETIMEDOUT: the queue stayed empty. EINTR: a signal handler has run.
 */

int
OsMqReceive(
    OsMq *mq,
    void *bytes,
    size_t *lengthPtr,
    unsigned *priorityPtr,
    OsTime timeout)
{
    struct timespec deadline = OsDeadline(CLOCK_REALTIME, timeout);
    ssize_t length;
    int err;

    do {
	length = mq_timedreceive(mq->mqd, bytes, *lengthPtr, priorityPtr,
		&deadline);
    } while (!Outcome(length, timeout, &err));
    if (err == 0) {
	*lengthPtr = (size_t) length;
    }
    return err;
}

/*
 * OsMqWatch --
 *
 *	Makes watch report data when the queue has a message or room, according
 *	to events. If events is 0, stops watching. Does nothing to the watch of
 *	a parent process.
 */

int
OsMqWatch(
    OsMq *mq,
    OsWatch *watch,
    int events,
    void *data)
{
    mq->watch = (events != 0) ? watch : NULL;
    if (!OsWatchIsOurs(watch)) {
	return 0;
    }
    return OsPollerSet(watch->poller, OsMqFd(mq), events, data);
}

const OsFamily osMqFamily = {
    .catalog = &osQueueCatalog,
    .prefix = "",
    .needsOneSlash = true,
    .isOpen = true,
    .hasOneName = true,
    .spaceLimit = OS_MQ_QUEUES_MAX
};
