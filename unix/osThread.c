/*
 * osThread.c --
 *
 *	Threads that help, and the lock for what threads share.
 */

#include "osThread.h"

#include <errno.h>
#include <signal.h>

static pthread_mutex_t mutex;

/*
 * OsThreadStart --
 *
 *	pthread_create(3) of a thread that takes no signals but those of its
 *	own faults: they are for the threads of the program.
 *
 *	ENOMEM: there can't be more threads.
 */

int
OsThreadStart(
    void *(*proc)(void *data),
    void *data,
    pthread_t *threadPtr)
{
    static const int faults[] = { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV };
    sigset_t blocked, saved;
    int err;

    sigfillset(&blocked);
    for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
	sigdelset(&blocked, faults[i]);
    }
    pthread_sigmask(SIG_SETMASK, &blocked, &saved);
    err = pthread_create(threadPtr, NULL, proc, data);
    pthread_sigmask(SIG_SETMASK, &saved, NULL);
    return (err == 0) ? 0 : ENOMEM;
}

/*
 * RenewLock, MakeLock, OsLock, OsUnlock --
 *
 *	The lock: pthread_mutex_lock(3). fork(2) waits for it, so that a forked
 *	process finds all that it guards in order; but the thread that has it
 *	there is another, and gets a new one.
 */

static void
RenewLock(void)
{
    pthread_mutexattr_t attributes;

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

static void
MakeLock(void)
{
    RenewLock();
    pthread_atfork(OsLock, OsUnlock, RenewLock);
}

void
OsLock(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, MakeLock);
    pthread_mutex_lock(&mutex);
}

void
OsUnlock(void)
{
    pthread_mutex_unlock(&mutex);
}
