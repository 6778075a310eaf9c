/*
 * osLinux.c --
 *
 *	What Linux and glibc say of themselves: facts, names, limits. The
 *	same functions for other systems are in osPosix.c.
 */

#ifdef __linux__

#include "os.h"
#include "osFacts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

/*
 * ReadNumber --
 *
 *	Reads the number that a file of /proc holds. Where there is no such
 *	file, *numberPtr stays as it is. Returns 0 or an errno value.
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
 * SharedMemoryBytes --
 *
 *	Returns the size of the file system that holds semaphores and
 *	segments: shm_overview(7), statvfs(3).
 */

static int64_t
SharedMemoryBytes(void)
{
    struct statvfs status;

    if (statvfs("/dev/shm", &status) != 0) {
	return 0;
    }
    return (int64_t) status.f_blocks * (int64_t) status.f_frsize;
}

/*
 * Where the kernel tells the limits of queues, and what it starts with where
 * /proc is not there: mq_overview(7).
 */

static const struct {
    OsFact fact;
    const char *path;
    int64_t fallback;
} queueFacts[] = {
    { OS_MQ_MESSAGES_MAX,	"/proc/sys/fs/mqueue/msg_max",		10 },
    { OS_MQ_MESSAGES_DEFAULT,	"/proc/sys/fs/mqueue/msg_default",	10 },
    { OS_MQ_SIZE_MAX,		"/proc/sys/fs/mqueue/msgsize_max",	8192 },
    { OS_MQ_SIZE_DEFAULT,	"/proc/sys/fs/mqueue/msgsize_default",	8192 },
    { OS_MQ_QUEUES_MAX,		"/proc/sys/fs/mqueue/queues_max",	256 }
};

/*
 * OsReadFact --
 *
 *	Stores a fact as it is now. Returns 0, or an errno value where it can't
 *	be read; what the kernel starts with is stored then.
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
	    return hasQueues ? ReadNumber(queueFacts[i].path, valuePtr) : 0;
	}
    }
    if (fact == OS_MQ_BYTES_MAX) {
	*valuePtr = hasQueues ? OsGetResourceLimit(RLIMIT_MSGQUEUE) : 0;
    } else {
	*valuePtr = (fact == OS_SHM_BYTES_MAX) ? SharedMemoryBytes()
		: OsGetPosixFact(fact);
    }
    return 0;
}

/*
 * OsCheckName --
 *
 *	Whether name can be that of an object. glibc keeps semaphores and
 *	segments as files of one folder, and takes a name with or without slashes in
 *	front; the kernel keeps queues, and wants exactly one.
 *
 *	0, or EINVAL or ENAMETOOLONG, with the reason in *whyPtr.
 */

int
OsCheckName(
    OsFamily family,
    const char *name,
    const char **whyPtr)
{
    const char *file = name + strspn(name, "/");
    size_t longest = (family == OS_SEM) ? NAME_MAX - strlen("sem.") : NAME_MAX;

    if (family == OS_MQ && file != name + 1) {
	*whyPtr = "the name of a queue begins with exactly one slash";
    } else if (*file == '\0') {
	*whyPtr = "nothing follows the slash";
    } else if (strchr(file, '/') != NULL) {
	*whyPtr = "a name has no slash but the first";
    } else if (family != OS_SEM
	    && (strcmp(file, ".") == 0 || strcmp(file, "..") == 0)) {
	*whyPtr = "that is a folder";
    } else if (strlen(file) > longest) {
	*whyPtr = "the name is too long";
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
 *	mq_open(3) and mq_overview(7) say which limits are behind EMFILE,
 *	ENOSPC and EINVAL; EMFILE of a new queue is either of two.
 */

bool
OsFindLimit(
    OsFamily family,
    int err,
    const OsMqLimits *limits,
    OsFact *factPtr)
{
    if (err == EMFILE) {
	*factPtr = (limits != NULL && HasFreeDescriptor())
		? OS_MQ_BYTES_MAX : OS_FILES_MAX;
    } else if (err == ENOSPC) {
	*factPtr = (family == OS_MQ) ? OS_MQ_QUEUES_MAX : OS_SHM_BYTES_MAX;
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

#else

typedef int OsLinuxIsElsewhere;

#endif /* __linux__ */
