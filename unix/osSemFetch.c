/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osSemFetch.c --
 *
 *	Waiting for a semaphore without blocking. No system can poll a
 *	semaphore, so a thread waits for units and fetches them, and posts to a
 *	watch for each unit that it has fetched.
 *
 *	No unit is lost. Wanted and fetched units are counted under the lock. A
 *	unit that arrives when no more are wanted goes back at once, and so does
 *	a fetched unit that is no longer wanted. When no units are wanted, the
 *	thread is canceled in its wait and joined, so from then on it takes no
 *	units from others.
 */

#include "osSem.h"
#include "osThread.h"

#include <errno.h>

/*
 * FetchOne --
 *
 *	Waits for a unit, without the lock, and notes the outcome. The wait
 *	consists of slices, because only a new slice notices that the semaphore
 *	was truncated. The slices are long, because each puts the thread at the
 *	end of the kernel's queue.
 */

static const OsTime slice = 5 * OS_SECOND;

static void
FetchOne(
    OsSem *sem)
{
    int err, state;

    OsUnlock();
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
    err = OsSemWait(sem, slice);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
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
 *	The thread: fetches units while some are wanted. It can be canceled
 *	while it waits for one, and nowhere else.
 */

static void *
Fetch(
    void *data)
{
    OsSem *sem = data;
    int state;

    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    OsLock();
    while (sem->wanted > 0) {
	FetchOne(sem);
    }
    OsUnlock();
    return NULL;
}

/*
 * EndThread --
 *
 *	Ends the thread, because no units are wanted. Must be called without the
 *	lock.
 *
 *	If the system has woken the thread just before it is canceled, other
 *	waiters would miss that wake-up, so they get another.
 */

static void
EndThread(
    OsSem *sem)
{
    void *result = NULL;

    pthread_cancel(sem->thread);
    pthread_join(sem->thread, &result);
    sem->hasThread = false;
    if (result == PTHREAD_CANCELED && OsSemTryWait(sem) == 0) {
	OsSemPost(sem);
    }
}

/*
 * StartThread --
 *
 *	Starts the thread. ENOMEM: the system allows no more threads; nothing is
 *	then wanted.
 */

static int
StartThread(
    OsSem *sem)
{
    int err = OsThreadStart(Fetch, sem, &sem->thread);

    sem->hasThread = (err == 0);
    if (err != 0) {
	sem->wanted = 0;
    }
    return err;
}

/*
 * ForgetParent --
 *
 *	In a child process, the thread and the units that it has fetched
 *	belong to the parent.
 */

static void
ForgetParent(
    OsSem *sem)
{
    OsWatch *watch = sem->posting.watch;

    if (watch != NULL && !OsWatchIsOurs(watch)) {
	sem->hasThread = false;
	sem->wanted = sem->fetched = sem->fetchError = 0;
	OsUnpost(&sem->posting);
    }
}

/*
 * Want --
 *
 *	Counts the units that are still to be fetched, and gives back surplus
 *	ones. If units is 0, nothing more is posted.
 */

static void
Want(
    OsSem *sem,
    OsWatch *watch,
    void *data,
    int units)
{
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
}

/*
 * OsSemFetch --
 *
 *	Sets how many units are wanted, including those that have been fetched
 *	but not taken. Each fetched unit is posted to watch with data. If units
 *	is 0, or the watch belongs to a parent process, nothing more is posted,
 *	and all fetched units go back.
 *
 *	ENOMEM: the system allows no more threads.
 */

int
OsSemFetch(
    OsSem *sem,
    OsWatch *watch,
    void *data,
    int units)
{
    bool isFetching, isWanted;

    OsLock();
    ForgetParent(sem);
    isFetching = (sem->wanted > 0);
    Want(sem, watch, data, OsWatchIsOurs(watch) ? units : 0);
    isWanted = (sem->wanted > 0);
    OsUnlock();
    if (isFetching && isWanted) {
	return 0;
    }
    if (sem->hasThread) {
	EndThread(sem);
    }
    return isWanted ? StartThread(sem) : 0;
}

/*
 * OsSemTakeFetched --
 *
 *	Takes a unit that was fetched. EAGAIN: there is none. Any other errno
 *	value is the error that ended the thread, reported once.
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
	sem->fetchError = 0;
    }
    OsUnlock();
    return err;
}

/*
 * OsSemClose --
 *
 *	Closes a semaphore. Units that were fetched go back to it. sem is freed
 *	even if an error is returned.
 */

int
OsSemClose(
    OsSem *sem)
{
    OsSemFetch(sem, NULL, NULL, 0);
    return OsSemFree(sem);
}
