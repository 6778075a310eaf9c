/*
 * osSem.c --
 *
 *	Named semaphores: sem_overview(7). A semaphore is memory in a file,
 *	so each touch of it is guarded: where another process has cut the
 *	file away, the call says EIDRM.
 */

#include "osSem.h"

#include "osTime.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

/*
 * Enter, Leave --
 *
 *	Bracket a call for a semaphore. Leave returns 0, or an errno value where
 *	the call between them did not return 0.
 */

static inline sem_t *
Enter(
    OsSem *sem)
{
#ifdef OS_SEM_IS_MEMORY
    OsGuardKeep();
    OsGuardEnter(sem->memory, sizeof(*sem->memory), &sem->memory->mark);
#endif
    return &sem->memory->sem;
}

static inline int
Leave(
    OsSem *sem,
    int result)
{
    int err = (result == 0) ? 0 : errno;
#ifdef OS_SEM_IS_MEMORY
    bool isGone = (sem->memory->mark == OS_GUARD_GONE);

    return (OsGuardLeave() || isGone) ? EIDRM : err;
#else
    (void) sem;
    return err;
#endif
}

/*
 * IsThere --
 *
 *	Returns whether the semaphore's file has the memory of a semaphore.
 */

static bool
IsThere(
    OsSem *sem)
{
    Enter(sem);
    return Leave(sem, 0) == 0;
}

/*
 * OsSemOpen --
 *
 *	sem_open(3), with mode and value for a new semaphore. A file that was
 *	there and is too short to be a semaphore is EIDRM; so is one that has
 *	been cut, while it is open anywhere in this process. A new one is not
 *	looked at: the page fault takes a tenth of the time of an open.
 */

int
OsSemOpen(
    const char *name,
    int flags,
    mode_t mode,
    unsigned value,
    OsSem **semPtr)
{
    int openFlags = ((flags & OS_CREAT) ? O_CREAT : 0)
	    | ((flags & OS_EXCL) ? O_EXCL : 0);
    OsSem *sem = calloc(1, sizeof(*sem));
    sem_t *found;
    int err = OsGuardInstallForCalls();

    if (sem == NULL) {
	return ENOMEM;
    }
    if (err != 0) {
	free(sem);
	return err;
    }
    found = sem_open(name, openFlags, mode, value);
    if (found == SEM_FAILED) {
	err = errno;
	free(sem);
	return err;
    }
    sem->memory = (OsSemMemory *) found;
    if (!(flags & OS_EXCL) && !IsThere(sem)) {
	OsSemClose(sem);
	return EIDRM;
    }
    *semPtr = sem;
    return 0;
}

/*
 * OsSemClose --
 *
 *	sem_close(3). What was fetched for the semaphore goes back. sem is gone
 *	whatever is returned.
 */

int
OsSemClose(
    OsSem *sem)
{
    int err;

    OsSemFetch(sem, NULL, NULL, 0);
    err = (sem_close(&sem->memory->sem) == 0) ? 0 : errno;
    free(sem);
    return err;
}

/*
 * OsSemUnlink --
 *
 *	sem_unlink(3).
 */

int
OsSemUnlink(
    const char *name)
{
    return (sem_unlink(name) == 0) ? 0 : errno;
}

/*
 * OsSemPost --
 *
 *	sem_post(3). EOVERFLOW: the value is the maximum. EIDRM where there is
 *	nonsense in the memory: a unit may have been added to it all the same.
 */

int
OsSemPost(
    OsSem *sem)
{
    sem_t *memory = Enter(sem);
    int result;

    OS_GUARD_CALL(result, sem_post(memory));
    return Leave(sem, result);
}

/*
 * OsSemTryWait --
 *
 *	sem_trywait(3). EAGAIN: the value is 0.
 */

int
OsSemTryWait(
    OsSem *sem)
{
    return Leave(sem, sem_trywait(Enter(sem)));
}

#if defined(HAVE_SEM_CLOCKWAIT) || defined(HAVE_SEM_TIMEDWAIT)

/*
 * TimedWait --
 *
 *	sem_clockwait(3) on a clock that nobody sets; where the system has no
 *	such call, sem_timedwait(3) on the wall clock.
 */

static int
TimedWait(
    sem_t *sem,
    OsTime timeout)
{
#ifdef HAVE_SEM_CLOCKWAIT
    struct timespec deadline = OsDeadline(CLOCK_MONOTONIC, timeout);

    return sem_clockwait(sem, CLOCK_MONOTONIC, &deadline);
#else
    struct timespec deadline = OsDeadline(CLOCK_REALTIME, timeout);

    return sem_timedwait(sem, &deadline);
#endif
}

/*
 * OsSemWait --
 *
 *	Waits to decrement the semaphore, for timeout nanoseconds at most.
 *	ETIMEDOUT: they are over. EINTR: a signal handler has run.
 */

int
OsSemWait(
    OsSem *sem,
    OsTime timeout)
{
    sem_t *memory = Enter(sem);
    int result;

    OS_GUARD_CALL(result, TimedWait(memory, timeout));
    return Leave(sem, result);
}

#else

/*
 * OsSemWait --
 *
 *	The same by trying again and again, with pauses from 50 microseconds to 5
 *	milliseconds.
 */

int
OsSemWait(
    OsSem *sem,
    OsTime timeout)
{
    const OsTime start = OsClock();
    OsTime pause = OS_SECOND / 20000;
    const OsTime longestPause = OS_SECOND / 200;

    for (;;) {
	int err = OsSemTryWait(sem);
	OsTime remaining = timeout - (OsClock() - start);
	struct timespec nap;

	if (err != EAGAIN) {
	    return err;
	}
	if (remaining <= 0) {
	    return ETIMEDOUT;
	}
	nap = OsTimespec(pause < remaining ? pause : remaining);
	if (nanosleep(&nap, NULL) != 0) {
	    return errno;
	}
	pause = (pause * 2 < longestPause) ? pause * 2 : longestPause;
    }
}

#endif

/*
 * OsSemGetValue --
 *
 *	sem_getvalue(3). ENOSYS where the system has none.
 */

int
OsSemGetValue(
    OsSem *sem,
    int *valuePtr)		/* never negative */
{
#ifdef HAVE_SEM_GETVALUE
    int value = 0;
    int err = Leave(sem, sem_getvalue(Enter(sem), &value));

    *valuePtr = (value > 0) ? value : 0;
    return err;
#else
    (void) sem;
    (void) valuePtr;
    return ENOSYS;
#endif
}
