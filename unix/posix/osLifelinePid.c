/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osLifelinePid.c --
 *
 *	Lifelines on systems without open file description locks: only the pid
 *	and the start time of a process show whether a participant is alive. So
 *	a process that executes another program still looks alive.
 */

#include "osLifeline.h"
#include "shared/posixIpcLayout.h"

#include <errno.h>

const uint32_t osLifelineKind = POSIX_IPC_LIFE_PID;

/*
 * OsLifelineTake, OsLifelineGive, OsLifelineIsFree, OsLifelineReopen --
 *
 *	There is nothing to take. A descriptor that a child inherits does no
 *	harm.
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
