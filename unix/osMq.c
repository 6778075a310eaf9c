/*
 * osMq.c --
 *
 *	Message queues: mq_overview(7). Where the system has none, each call
 *	is ENOSYS.
 */

#include "osMq.h"

#include "osOpen.h"
#include "osTime.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * OpenQueue --
 *
 *	mq_open(3) as OsOpenOrCreate wants it.
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
 *	mq_open(3) for what read and write say, with mode and limits for a
 *	new queue; limits may be NULL for the system's default. A new queue
 *	has the limits that were asked for; those of another are asked of the
 *	system. OsFindLimit tells more of a failure.
 */

int
OsMqOpen(
    const char *name,
    int flags,
    mode_t mode,
    bool read,
    bool write,
    const OsMqLimits *limits,
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
    *mqPtr = mq;
    return 0;
}

/*
 * OsMqClose --
 *
 *	mq_close(3), and the end of all that was watched. mq is gone whatever
 *	is returned.
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
 *	Return the queue's descriptor, and what it can hold.
 */

int
OsMqDescriptor(
    const OsMq *mq)
{
    return (int) mq->mqd;
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
 *	How many messages are in the queue: mq_getattr(3).
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
 * ReadField --
 *
 *	Reads the number that follows a key in text. Returns false where there
 *	is none.
 */

static bool
ReadField(
    const char *text,
    const char *key,
    int64_t *numberPtr)
{
    const char *place = strstr(text, key);
    char *end;

    if (place == NULL) {
	return false;
    }
    place += strlen(key);
    *numberPtr = strtoll(place, &end, 10);
    return end > place;
}

/*
 * OsMqReadStatus --
 *
 *	Reads what Linux tells of a queue in its file, mq_overview(7): the
 *	bytes of the messages in it, and the process that is registered, or 0.
 *	Returns false where it tells nothing, or mq may not read.
 */

bool
OsMqReadStatus(
    const OsMq *mq,
    int64_t *bytesPtr,
    pid_t *pidPtr)
{
    char text[128];
    ssize_t length = pread((int) mq->mqd, text, sizeof(text) - 1, 0);
    int64_t pid;

    if (length <= 0) {
	return false;
    }
    text[length] = '\0';
    if (!ReadField(text, "QSIZE:", bytesPtr)
	    || !ReadField(text, "NOTIFY_PID:", &pid)) {
	return false;
    }
    *pidPtr = (pid_t) pid;
    return true;
}

/*
 * Outcome --
 *
 *	What to make of a timed call that ended with result. Returns false to
 *	call again: one that does not wait takes no notice of signals.
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
 *	mq_timedsend(3) of length bytes, which may wait for timeout
 *	nanoseconds. The system knows deadlines on the wall clock alone.
 *
 *	EMSGSIZE: longer than the queue's messages. EINVAL: the priority.
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
 *	mq_timedreceive(3) into bytes, which has room for *lengthPtr bytes, at
 *	least as many as the queue's longest message has; *lengthPtr becomes
 *	the length of the message.
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
 *	Has watch tell with data when the queue has a message, or room, as
 *	events say; 0 ends it. The watch of a parent process stays as it is.
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
    return OsPollerSet(watch->poller, (int) mq->mqd, events, data);
}
