/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osSem.h --
 *
 *	A semaphore, for osSem.c and osSemFetch.c.
 */

#ifndef OS_SEM_H
#define OS_SEM_H

#include "osGuard.h"
#include "osWatch.h"

#include <semaphore.h>

/*
 * If semaphores are not memory (OS_SEM_IS_MEMORY is not defined), only the
 * address in memory is used, never its contents.
 *
 * A semaphore without a name lies in a segment and has its own mapping of that
 * segment.
 */

struct OsSem {
    sem_t *memory;
    struct OsSemMapping *mapping;	/* shared by all handles of a named
				 * semaphore: osSem.c */
    char *map;			/* the pages around it; NULL: it has a name */
    size_t mapped;		/* bytes in map */
    int fd;			/* of the segment */
    int64_t end;		/* of the semaphore in the segment */
    bool isGone;		/* the segment was truncated */
    pthread_t thread;		/* fetches units */
    bool hasThread;		/* the thread has not been joined */

    /* With the lock: */
    int wanted;			/* units that the thread is to fetch */
    int fetched;		/* fetched units that have not been taken */
    int fetchError;		/* what ended the thread, or 0 */
    OsPosting posting;
};

int	OsSemFree(OsSem *sem);
void	OsReadSemFile(int fd, OsInfo *info);

#endif /* OS_SEM_H */
