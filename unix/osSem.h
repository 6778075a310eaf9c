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

struct OsSem {
    sem_t *sem;
    atomic_bool isCutAway;	/* what sem points to is private zeros */
    int uses;			/* by the handle and by the thread */

    /* With the lock of osWatch.h: */
    int wanted;			/* units that the thread is to fetch */
    int fetched;		/* units that nobody has taken yet */
    int fetchError;		/* what ended the thread, or 0 */
    bool isFetching;		/* there is a thread */
    OsWatch *fetchWatch;	/* that counts the thread */
    OsPosting posting;
};

int	OsSemDrop(OsSem *sem);

#endif /* OS_SEM_H */
