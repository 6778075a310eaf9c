/*
 * osThread.c --
 *
 *	Threads that help.
 */

#include "osThread.h"

#include <errno.h>
#include <signal.h>

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
    static const int faults[] = { SIGBUS, SIGFPE, SIGILL, SIGSEGV };
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
