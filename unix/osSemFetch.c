/*
 * osSemFetch.c --
 *
 *	Waiting for a semaphore without standing still. No system polls a
 *	semaphore, so a thread waits for units and posts each that it has
 *	fetched to a watch.
 *
 *	Units can't be lost. What is wanted and what is fetched are counted with
 *	the lock: a unit that arrives when no more are wanted goes back at once,
 *	and so does a fetched one that is no longer wanted. When none is wanted
 *	any more the thread is cancelled in its wait and joined, so from then on
 *	every unit is for others.
 */

#include "osSem.h"
#include "osThread.h"

#include <errno.h>

/*
 * FetchOne --
 *
 *	Waits for a unit for a while, without the lock, and notes what came
 *	of it. A wait in slices sees that the semaphore's memory is gone.
 */

static void
FetchOne(
    OsSem *sem)
{
    int err, state;

    OsUnlock();
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &state);
    err = OsSemWait(sem, OS_SECOND / 10);
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
 *	The thread: fetches units while some are wanted. It can be cancelled
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
 *	Ends the thread, which finds that no unit is wanted. To be called
 *	without the lock.
 *
 *	A wake-up that the system had meant for a thread which was then
 *	cancelled is lost to those who wait elsewhere: they get another.
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
 *	Starts the thread. ENOMEM: there can't be more; then nothing is wanted.
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
 *	In a forked process, the thread and the units that it has fetched are
 *	the parent's.
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
 *	Counts the units that are still to be fetched, and gives back those that
 *	are too many. With 0 units nothing is posted any more.
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
 *	Takes a unit that was fetched. EAGAIN: there is none. Else what the
 *	thread has met, which is told once.
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
