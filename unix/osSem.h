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
 * What sem_open(3) returns, and what osGuard.c leaves behind it where that is
 * gone: all who have the semaphore open in this process see the same, and so
 * do processes that are forked later. Where semaphores are no memory
 * (OS_SEM_IS_MEMORY is not defined), only its address is of use.
 */

#ifndef __APPLE__
#   define OS_SEM_IS_MEMORY
#endif

typedef struct OsSemMemory {
    sem_t sem;
    OsGuardMark mark;
} OsSemMemory;

struct OsSem {
    OsSemMemory *memory;
    pthread_t thread;		/* that fetches units, */
    bool hasThread;		/* until it is joined */

    /* With the lock: */
    int wanted;			/* units that the thread is to fetch */
    int fetched;		/* units that nobody has taken yet */
    int fetchError;		/* what ended the thread, or 0 */
    OsPosting posting;
};

#endif /* OS_SEM_H */
