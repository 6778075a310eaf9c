/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osLifelinePid.c --
 *
 *	Systems without locks of open file descriptions: only the pid and the
 *	start time of a process tell whether a participant is alive. So a
 *	process that executes another program still looks alive.
 */

#include "osLifeline.h"
#include "shared/posixIpcLayout.h"

#include <errno.h>

const uint32_t osLifelineKind = POSIX_IPC_LIFE_PID;

/*
 * OsLifelineTake, OsLifelineGive, OsLifelineIsFree, OsLifelineReopen --
 *
 *	There is nothing to take. A child's inherited descriptor harms nobody.
 */

int
OsLifelineTake(
    int fd,
    uint32_t slot)
{
    (void) fd;
    (void) slot;
    return ENOSYS;
}

void
OsLifelineGive(
    int fd,
    uint32_t slot)
{
    (void) fd;
    (void) slot;
}

bool
OsLifelineIsFree(
    int fd,
    uint32_t slot)
{
    (void) fd;
    (void) slot;
    return false;
}

int
OsLifelineReopen(
    int fd,
    bool readonly)
{
    (void) readonly;
    return fd;
}
