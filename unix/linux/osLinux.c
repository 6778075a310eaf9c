/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osLinux.c --
 *
 *	Facts, names and limits of Linux and glibc. osPosix.c has the same
 *	functions for other systems.
 */

#include "osFacts.h"
#include "osFamily.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

const int osSegmentFlags = O_NONBLOCK;

/*
 * ReadNumber --
 *
 *	Reads the number that a file of /proc holds. If there is no such file,
 *	*numberPtr stays as it is. Returns 0 or an errno value.
 */

static int
ReadNumber(
    const char *path,
    int64_t *numberPtr)
{
    FILE *file = fopen(path, "re");
    char line[32];
    int err = 0;

    if (file == NULL) {
	return (errno == ENOENT) ? 0 : errno;
    }
    if (fgets(line, sizeof(line), file) != NULL) {
	*numberPtr = strtoll(line, NULL, 10);
    } else {
	err = feof(file) ? EIO : errno;
    }
    fclose(file);
    return err;
}

/*
 * SharedMemoryLimit, HasFreeFile --
 *
 *	SharedMemoryLimit returns how many bytes or files the file system for
 *	semaphores and segments can hold: shm_overview(7), statvfs(3).
 *	HasFreeFile returns whether it can hold one more file.
 */

static int64_t
SharedMemoryLimit(
    OsFact fact)
{
    struct statvfs status;

    if (statvfs("/dev/shm", &status) != 0) {
	return 0;
    }
    return (fact == OS_SHM_FILES_MAX) ? (int64_t) status.f_files
	    : (int64_t) status.f_blocks * (int64_t) status.f_frsize;
}

static bool
HasFreeFile(void)
{
    struct statvfs status;

    return statvfs("/dev/shm", &status) != 0 || status.f_files == 0
	    || status.f_ffree > 0;
}

/*
 * The files in which the kernel reports the limits of queues, and its initial
 * values, which are for systems without /proc: mq_overview(7).
 */

#define MQUEUE "/proc/sys/fs/mqueue/"

static const struct {
    OsFact fact;
    const char *path;
    int64_t fallback;
    const char *capPath;	/* of the limit that it cannot exceed, or
				 * NULL */
} queueFacts[] = {
    { OS_MQ_MESSAGES_MAX,	MQUEUE "msg_max",	10,	NULL },
    { OS_MQ_MESSAGES_DEFAULT,	MQUEUE "msg_default",	10,
	    MQUEUE "msg_max" },
    { OS_MQ_SIZE_MAX,		MQUEUE "msgsize_max",	8192,	NULL },
    { OS_MQ_SIZE_DEFAULT,	MQUEUE "msgsize_default", 8192,
	    MQUEUE "msgsize_max" },
    { OS_MQ_QUEUES_MAX,		MQUEUE "queues_max",	256,	NULL }
};

/*
 * ReadQueueFact --
 *
 *	Reads the fact in a row of the table. The kernel gives a new queue the
 *	lesser of the default and the maximum.
 */

static int
ReadQueueFact(
    size_t row,
    int64_t *valuePtr)
{
    const char *capPath = queueFacts[row].capPath;
    int64_t most = INT64_MAX;
    int err = ReadNumber(queueFacts[row].path, valuePtr);

    if (err == 0 && capPath != NULL) {
	err = ReadNumber(capPath, &most);
	*valuePtr = (*valuePtr < most) ? *valuePtr : most;
    }
    return err;
}

/*
 * OsReadFact --
 *
 *	Stores the current value of a fact, and returns 0. If the fact cannot be
 *	read, stores the kernel's initial value, and returns an errno value.
 */

int
OsReadFact(
    OsFact fact,
    int64_t *valuePtr)
{
    bool hasQueues = OsGetPosixFact(OS_MQ_SUPPORTED) != 0;

    for (size_t i = 0; i < sizeof(queueFacts) / sizeof(*queueFacts); i++) {
	if (queueFacts[i].fact == fact) {
	    *valuePtr = hasQueues ? queueFacts[i].fallback : 0;
	    return hasQueues ? ReadQueueFact(i, valuePtr) : 0;
	}
    }
    if (fact == OS_MQ_BYTES_MAX) {
	*valuePtr = hasQueues ? OsGetResourceLimit(RLIMIT_MSGQUEUE, false) : 0;
    } else if (fact == OS_MQ_BYTES_HARD) {
	*valuePtr = hasQueues ? OsGetResourceLimit(RLIMIT_MSGQUEUE, true) : 0;
    } else {
	*valuePtr = (fact == OS_SHM_BYTES_MAX || fact == OS_SHM_FILES_MAX)
		? SharedMemoryLimit(fact) : OsGetPosixFact(fact);
    }
    return 0;
}

/*
 * OsCheckName --
 *
 *	Checks that name can be the name of an object. glibc keeps semaphores
 *	and segments as files in one directory, and accepts any number of
 *	leading slashes. The kernel keeps queues, and requires exactly one.
 *
 *	Returns 0; EINVAL, with the reason in *whyPtr; or ENAMETOOLONG, with the
 *	number of bytes that may follow the slash in *mostPtr.
 */

int
OsCheckName(
    const OsFamily *family,
    const char *name,
    const char **whyPtr,
    size_t *mostPtr)
{
    const char *file = name + strspn(name, "/");

    *mostPtr = NAME_MAX - strlen(family->prefix);
    if (family->needsOneSlash && file != name + 1) {
	*whyPtr = "the name of a queue must begin with exactly one slash";
    } else if (*file == '\0') {
	*whyPtr = "nothing follows the slash";
    } else if (strchr(file, '/') != NULL) {
	*whyPtr = "only the first character may be a slash";
    } else if (family->prefix[0] == '\0'
	    && (strcmp(file, ".") == 0 || strcmp(file, "..") == 0)) {
	*whyPtr = "this name always refers to a directory";
    } else if (strlen(file) > *mostPtr) {
	return ENAMETOOLONG;
    } else {
	return 0;
    }
    return EINVAL;
}

/*
 * HasFreeDescriptor --
 *
 *	Returns whether this process could open one more file.
 */

static bool
HasFreeDescriptor(void)
{
    int fd = open("/", O_PATH | O_CLOEXEC);

    if (fd >= 0) {
	close(fd);
    }
    return fd >= 0;
}

/*
 * OsFindLimit --
 *
 *	mq_open(3) and mq_overview(7) say which limits cause EMFILE, ENOSPC and
 *	EINVAL; for a new queue, two limits can cause EMFILE. ENOSPC from
 *	another call for a queue comes from epoll_ctl(2).
 */

bool
OsFindLimit(
    const OsFamily *family,
    int err,
    const OsMqLimits *limits,
    OsFact *factPtr)
{
    if (err == EMFILE) {
	*factPtr = (limits != NULL && HasFreeDescriptor())
		? OS_MQ_BYTES_MAX : OS_FILES_MAX;
    } else if (err == ENOSPC
	    && (limits != NULL || family->spaceLimit == OS_SHM_BYTES_MAX)) {
	*factPtr = (family->spaceLimit == OS_SHM_BYTES_MAX && !HasFreeFile())
		? OS_SHM_FILES_MAX : family->spaceLimit;
    } else if (err == EFBIG && OsGetFact(OS_FILE_BYTES_MAX) != INT64_MAX) {
	*factPtr = OS_FILE_BYTES_MAX;
    } else if (err == EINVAL && limits != NULL
	    && limits->maxMessages > OsGetFact(OS_MQ_MESSAGES_MAX)) {
	*factPtr = OS_MQ_MESSAGES_MAX;
    } else if (err == EINVAL && limits != NULL
	    && limits->maxMessageSize > OsGetFact(OS_MQ_SIZE_MAX)) {
	*factPtr = OS_MQ_SIZE_MAX;
    } else {
	return false;
    }
    return true;
}
