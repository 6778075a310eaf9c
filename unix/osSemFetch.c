/*
 * osSemFetch.c --
 *
 *	Waiting for a semaphore without standing still. No system polls a
 *	semaphore, so a thread waits for units and posts each that it has
 *	fetched to a watch.
 *
 *	Units can't be lost. What is wanted and what is fetched are counted with
 *	the lock: a unit that arrives when no more are wanted goes back at once,
 *	and so does a fetched one that is no longer wanted. The
 *	thread holds the semaphore, so a handle can be closed while it waits; it
 *	sees that within a tenth of a second.
 */

#include "osSem.h"
#include "osThread.h"

#include <errno.h>

static const OsTime slice = OS_SECOND / 10;

/*
 * FetchOne --
 *
 *	Waits for a unit for a while, without the lock, and notes what came
 *	of it.
 */

static void
FetchOne(
    OsSem *sem)
{
    int err;

    OsUnlock();
    err = OsSemWait(sem, OsClock() + slice);
    OsLock();
    if (err == ETIMEDOUT || err == EINTR) {
	return;
    }
    if (sem->wanted == 0) {
	if (err == 0) {
	    OsSemPost(sem);
	}
	return;
    }
    if (err == 0) {
	sem->wanted--;
	sem->fetched++;
    } else {
	sem->wanted = 0;
	sem->fetchError = err;
    }
    OsPost(&sem->posting);
}

/*
 * Fetch --
 *
 *	The thread: fetches units while some are wanted.
 */

static void *
Fetch(
    void *data)
{
    OsSem *sem = data;
    OsWatch *watch;

    OsLock();
    watch = sem->fetchWatch;
    while (sem->wanted > 0) {
	FetchOne(sem);
    }
    sem->isFetching = false;
    OsSemDrop(sem);
    OsThreadEnds(watch);
    OsUnlock();
    return NULL;
}

/*
 * ForgetParent --
 *
 *	In a forked process, the thread and the units that it has fetched are
 *	the parent's.
 */

static void
ForgetParent(
    OsSem *sem)
{
    if (sem->fetchWatch != NULL && !OsWatchIsOurs(sem->fetchWatch)) {
	sem->uses -= sem->isFetching;
	sem->isFetching = false;
	sem->wanted = sem->fetched = sem->fetchError = 0;
	sem->fetchWatch = NULL;
	sem->posting.isPosted = false;
    }
}

/*
 * OsSemFetch --
 *
 *	Says that so many units are wanted, those included that were fetched
 *	and not yet taken. Each one fetched is posted to watch with data. With
 *	0 units, or the watch of a parent process, nothing is posted any more,
 *	and all that was fetched goes back.
 *
 *	ENOMEM: there can't be more threads.
 */

int
OsSemFetch(
    OsSem *sem,
    OsWatch *watch,
    void *data,
    int units)
{
    int err = 0;

    if (!OsWatchIsOurs(watch)) {
	units = 0;
    }
    OsLock();
    ForgetParent(sem);
    for (; sem->fetched > units; sem->fetched--) {
	OsSemPost(sem);
    }
    sem->wanted = units - sem->fetched;
    if (units == 0) {
	OsUnpost(&sem->posting);
	sem->fetchError = 0;
    } else {
	sem->posting.watch = watch;
	sem->posting.data = data;
    }
    if (sem->wanted > 0 && !sem->isFetching) {
	sem->isFetching = true;
	sem->fetchWatch = watch;
	watch->threads++;
	sem->uses++;
	err = OsThreadStart(Fetch, sem, NULL);
	if (err != 0) {
	    sem->isFetching = false;
	    sem->wanted = 0;
	    watch->threads--;
	    sem->uses--;
	}
    }
    OsUnlock();
    return err;
}

/*
 * OsSemTakeFetched --
 *
 *	Takes a unit that was fetched. EAGAIN: there is none. Else what the
 *	thread has met.
 */

int
OsSemTakeFetched(
    OsSem *sem)
{
    int err = EAGAIN;

    OsLock();
    if (sem->fetched > 0) {
	sem->fetched--;
	err = 0;
    } else if (sem->fetchError != 0) {
	err = sem->fetchError;
    }
    OsUnlock();
    return err;
}
