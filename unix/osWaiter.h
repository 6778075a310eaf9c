/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osWaiter.h --
 *
 *	Waiting in an event loop for words of shared memory, for unix/ alone:
 *	osWaiter.c.
 */

#ifndef OS_WAITER_H
#define OS_WAITER_H

#include "osFutex.h"
#include "osWatch.h"

/*
 * An armed waiter waits for one event: its word differs from a value, its
 * memory is gone, or look, which is called about every 0.1 s, returns true.
 * Then it posts to its watch once, and is no longer armed.
 *
 * look runs on another thread. It may read the memory, in a guard of its own,
 * and make system calls. It must not wait, or arm or drop a waiter.
 */

#define OS_WAITER_PERIOD (OS_SECOND / 10)

typedef struct OsWaiter {
    /* Set by the caller while the waiter is not armed: */
    void *map;			/* the mapping in which the word is, */
    size_t mapped;		/* and its bytes, for the guard */
    bool (*look)(void *data);	/* or NULL */
    void *lookData;
    bool isSilent;		/* nobody wakes the word: look after 1 ms,
				 * then at growing intervals, up to the
				 * period */

    /* For osWaiter.c: */
    OsPosting posting;
    OsFutexItem item;
    bool isArmed;
    struct OsWaiterGroup *group; /* whose thread serves it, or NULL */
    size_t place;		/* in the group */
    unsigned generation;	/* OsGetGeneration when it joined */
} OsWaiter;

int	OsWaiterArm(OsWaiter *waiter, const OsFutexWord *word, uint32_t value,
	    OsWatch *watch, void *data);
bool	OsWaiterIsArmed(const OsWaiter *waiter);
void	OsWaiterDrop(OsWaiter *waiter);

#endif /* OS_WAITER_H */
