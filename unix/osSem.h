/*
 * osSem.h --
 *
 *	A semaphore, for osSem.c and osSemFetch.c.
 */

#ifndef OS_SEM_H
#define OS_SEM_H

#include "osWatch.h"

#include <semaphore.h>
#include <stdatomic.h>

/*
 * The memory that sem_open(3) gives to all who open one semaphore in one
 * process.
 */

typedef struct OsSemMemory {
    sem_t *sem;
    atomic_bool isCutAway;	/* what sem points to is private zeros */
    int opens;			/* with the lock */
    struct OsSemMemory *next;	/* in a list of osSem.c, with the lock */
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
