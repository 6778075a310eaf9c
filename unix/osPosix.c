/*
 * osPosix.c --
 *
 *	Facts, names and limits on systems of which no more is known than
 *	POSIX says. osLinux.c is the same for Linux.
 */

#ifndef __linux__

#include "os.h"
#include "osFacts.h"

#include <errno.h>
#include <limits.h>

/*
 * OsReadFact --
 *
 *	Stores a fact. POSIX has no names for the limits that mq_open(3) sets
 *	by itself.
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
 *	POSIX leaves the meaning of more than one slash to the system, so that decides
 *	when it is asked.
 */

int
OsCheckName(
    OsFamily family,
    const char *name,
    const char **whyPtr)
{
    (void) family;
    if (name[0] == '\0' || (name[0] == '/' && name[1] == '\0')) {
	*whyPtr = "nothing follows the slash";
	return EINVAL;
    }
    return 0;
}

/*
 * OsFindLimit --
 *
 *	EMFILE is the one limit that POSIX itself explains.
 */

bool
OsFindLimit(
    OsFamily family,
    int err,
    const OsMqLimits *limits,
    OsFact *factPtr)
{
    (void) family;
    (void) limits;
    *factPtr = OS_FILES_MAX;
    return err == EMFILE;
}

/*
 * OsListNames, OsGetInfo, OsListHolders --
 *
 *	POSIX has no way to look at what is there.
 */

int
OsListNames(
    OsFamily family,
    OsNameProc *proc,
    void *data)
{
    (void) family;
    (void) proc;
    (void) data;
    return ENOSYS;
}

int
OsGetInfo(
    OsFamily family,
    const char *name,
    OsInfo *info)
{
    (void) family;
    (void) name;
    (void) info;
    return ENOSYS;
}

int
OsListHolders(
    OsFamily family,
    const char *name,
    const OsProcesses *chosen,
    OsHolderProc *proc,
    void *data)
{
    (void) family;
    (void) name;
    (void) chosen;
    (void) proc;
    (void) data;
    return ENOSYS;
}

#else

typedef int OsPosixIsElsewhere;

#endif /* !__linux__ */
