/*
 * guard.c --
 *
 *	What the handlers of signals share with the rest of the program.
 */

#include "check.h"
#include "osGuard.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * CheckJump --
 *
 *	A program's own handler of SIGBUS that does not return: it gets each
 *	signal that is not for a guarded access.
 */

static sigjmp_buf jump;

static void
JumpOut(
    int signal)
{
    siglongjmp(jump, signal);
}

static void
CheckJump(void)
{
    const struct timespec muchLonger = { .tv_nsec = 1000000 };
    struct sigaction action = { .sa_handler = JumpOut }, saved;
    volatile int jumps = 0;

    Must("OsGuardInstall", OsGuardInstall());
    sigaction(SIGBUS, &action, &saved);
    for (volatile int i = 0; i < 20; i++) {
	nanosleep(&muchLonger, NULL);
	OsGuardKeep();
	if (sigsetjmp(jump, 1) == 0) {
	    raise(SIGBUS);
	} else {
	    jumps++;
	}
    }
    Check("a handler that jumps out gets the next signal too", jumps == 20);
    sigaction(SIGBUS, &saved, NULL);
}

/*
 * CheckFork --
 *
 *	Processes are forked while other threads have the lock again and again.
 *	A child that waits for it is killed by its alarm.
 */

enum { FORKS = 300, INSTALLERS = 4 };

static atomic_bool isOver;

static void *
Install(
    void *data)
{
    (void) data;
    while (!atomic_load(&isOver)) {
	OsGuardInstall();
    }
    return NULL;
}

static int
OpenInChild(void)
{
    pid_t child = fork();
    int status = -1;

    if (child == 0) {
	alarm(10);
	OsGuardInstall();
	_exit(OsSemClose(OpenSem()));
    }
    waitpid(child, &status, 0);
    return status;
}

static void
CheckFork(void)
{
    OsSem *sem = OpenSem();
    pthread_t threads[INSTALLERS];
    int failures = 0;

    atomic_store(&isOver, false);
    for (int i = 0; i < INSTALLERS; i++) {
	Must("pthread_create",
		pthread_create(&threads[i], NULL, Install, NULL));
    }
    for (int i = 0; i < FORKS && failures == 0; i++) {
	failures += OpenInChild() != 0;
    }
    atomic_store(&isOver, true);
    for (int i = 0; i < INSTALLERS; i++) {
	pthread_join(threads[i], NULL);
    }
    Check("a process forked while threads have the lock can take it",
	    failures == 0);
    OsSemClose(sem);
    OsSemUnlink(name);
}

/*
 * CheckGuard --
 *
 *	The checks of this file.
 */

void
CheckGuard(void)
{
    CheckJump();
    CheckFork();
}
