/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osPosix.c --
 *
 *	Facts, names and limits on systems about which only POSIX is known.
 *	osLinux.c has the same functions for Linux.
 */

#include "osFacts.h"
#include "osFamily.h"
#include "osMq.h"
#include "osSem.h"

#include <errno.h>
#include <limits.h>

const int osSegmentFlags = 0;

/*
 * OsReadFact --
 *
 *	Stores a fact. POSIX has no names for the default limits of
 *	mq_open(3).
 */

int
OsReadFact(
    OsFact fact,
    int64_t *valuePtr)
{
    *valuePtr = OsGetPosixFact(fact);
#ifdef HAVE_MQ_OPEN
    switch (fact) {
    case OS_MQ_MESSAGES_MAX:
    case OS_MQ_SIZE_MAX:
	*valuePtr = LONG_MAX;
	break;
    case OS_MQ_MESSAGES_DEFAULT:
	*valuePtr = 10;
	break;
    case OS_MQ_SIZE_DEFAULT:
	*valuePtr = 1024;
	break;
    default:
	break;
    }
#endif
    return 0;
}

/*
 * OsCheckName --
 *
 *	POSIX leaves the meaning of more than one slash to the implementation,
 *	so the system's calls decide.
 */

int
OsCheckName(
    const OsFamily *family,
    const char *name,
    const char **whyPtr,
    size_t *mostPtr)
{
    (void) family;
    (void) mostPtr;
    if (name[0] == '\0' || (name[0] == '/' && name[1] == '\0')) {
	*whyPtr = "nothing follows the slash";
	return EINVAL;
    }
    return 0;
}

/*
 * OsCheckFamily --
 *
 *	Except for Linux with musl, systems keep the families apart.
 */

int
OsCheckFamily(
    const OsFamily *family,
    const char *name)
{
    (void) family;
    (void) name;
    return 0;
}

/*
 * OsFindLimit --
 *
 *	EMFILE is the only limit that POSIX itself explains; for a new queue
 *	it may also be a limit of queues, mq_open(3).
 */

bool
OsFindLimit(
    const OsFamily *family,
    int err,
    const OsMqLimits *limits,
    OsFact *factPtr)
{
    (void) family;
    *factPtr = OS_FILES_MAX;
    return err == EMFILE && limits == NULL;
}

/*
 * OsExplainCreate --
 *
 *	See osFamily.h. The directory for objects is not known here.
 */

int
OsExplainCreate(
    int err)
{
    return err;
}

/*
 * osFolderCatalog, OsListHolders, OsListWaiters, OsMqReadStatus --
 *
 *	POSIX has no call that lists what exists.
 */

const OsCatalog osFolderCatalog = { .list = NULL };

int
OsListHolders(
    const OsFamily *family,
    const char *name,
    const OsProcesses *chosen,
    bool *completePtr,
    OsHolderProc *proc,
    void *data)
{
    (void) family;
    (void) name;
    (void) chosen;
    (void) completePtr;
    (void) proc;
    (void) data;
    return ENOSYS;
}

int
OsListWaiters(
    const OsFamily *family,
    const char *name,
    OsWaiterProc *proc,
    void *data)
{
    (void) family;
    (void) name;
    (void) proc;
    (void) data;
    return ENOSYS;
}

void
OsReadSemFile(
    int fd,
    OsInfo *info)
{
    (void) fd;
    (void) info;
}

bool
OsMqReadStatus(
    const OsMq *mq,
    int64_t *bytesPtr,
    pid_t *pidPtr)
{
    (void) mq;
    (void) bytesPtr;
    (void) pidPtr;
    return false;
}
