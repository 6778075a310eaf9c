/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osThread.c --
 *
 *	Helper threads, the lock for what threads share, and how both behave in
 *	a fork. A child process created directly by clone(2), not by fork(2), is
 *	not detected, and must not use the package.
 */

#include "osThread.h"

#include "os.h"

#include <errno.h>
#include <signal.h>

unsigned osGeneration;
static pthread_mutex_t mutex;

/*
 * OsThreadStart --
 *
 *	Starts a thread, pthread_create(3), that receives no signals except
 *	those for its own faults. Other signals are for the threads of the
 *	program.
 *
 *	ENOMEM: the system allows no more threads.
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
 * OsLock, OsUnlock --
 *
 *	Take and release the lock: pthread_mutex_lock(3).
 */

void
OsLock(void)
{
    pthread_mutex_lock(&mutex);
}

void
OsUnlock(void)
{
    pthread_mutex_unlock(&mutex);
}

/*
 * RenewLock, BeginChild, FollowForks --
 *
 *	fork(2) waits for the lock, so that in a child process everything that
 *	the lock guards is consistent. But the lock's owner is a thread of the
 *	parent, so the child gets a new lock, and a generation of its own. The
 *	handlers are registered by pthread_atfork(3) when the library is loaded,
 *	before any other file registers handlers.
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
BeginChild(void)
{
    osGeneration++;
    RenewLock();
}

__attribute__((constructor))
static void
FollowForks(void)
{
    RenewLock();
    pthread_atfork(OsLock, OsUnlock, BeginChild);
}
