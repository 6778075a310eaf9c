/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * guard.c --
 *
 *	Checks how the signal handlers and the lock interact with the rest of
 *	the program.
 */

#include "check.h"
#include "osGuard.h"
#include "osThread.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * CheckAbort --
 *
 *	Checks that a call that the C library aborts fails with EIDRM, each
 *	time, and that any other SIGABRT goes to the program's own handler.
 */

static volatile int reached;

static void
Reach(
    int signal)
{
    (void) signal;
    reached++;
}

static int
Abort(void)
{
    abort();
}

static void
CheckAbort(void)
{
    struct sigaction own = { .sa_handler = Reach }, saved;
    volatile int failures = 0;

    sigaction(SIGABRT, &own, &saved);
    for (volatile int i = 0; i < 3; i++) {
	int result;

	Must("OsGuardInstallForCalls", OsGuardInstallForCalls());
	OS_GUARD_CALL(result, Abort());
	failures += (result == -1 && errno == EIDRM);
    }
    Check("a call that the C library aborts fails with EIDRM", failures == 3);
    Check("the program's handler is not called for it", reached == 0);
    raise(SIGABRT);
    Check("any other SIGABRT goes to that handler", reached == 1);
    sigaction(SIGABRT, &saved, NULL);
}

/*
 * CheckRound --
 *
 *	Checks a handler that passes a signal back to the handler that it
 *	replaced, which is the guard's. The default action must be taken.
 */

static struct sigaction foundBelow;

static void
PassBack(
    int signal,
    siginfo_t *info,
    void *context)
{
    foundBelow.sa_sigaction(signal, info, context);
}

static void
CheckRound(void)
{
    struct sigaction passer = { .sa_sigaction = PassBack,
	.sa_flags = SA_SIGINFO };
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
	alarm(10);
	Must("OsGuardInstall", OsGuardInstall());
	sigaction(SIGBUS, &passer, &foundBelow);
	Must("OsGuardInstall", OsGuardInstall());
	raise(SIGBUS);
	_exit(0);
    }
    waitpid(child, &status, 0);
    Check("a handler that passes a signal back ends in the default action",
	    WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
}

/*
 * CheckJump --
 *
 *	Checks a program's own handler of SIGBUS that does not return. It must
 *	get each signal that is not due to a guarded access.
 */

static sigjmp_buf jump;

static void
JumpOut(
    int signal)
{
    siglongjmp(jump, signal);
}

static void
Raise(void)
{
    raise(SIGBUS);
}

static void
RaiseDeeper(void)
{
    volatile char room[4096];

    room[0] = SIGBUS;
    raise(room[0]);
    room[0] = 0;
}

static int
CountJumps(void)
{
    static void (*volatile const raisers[])(void) = { Raise, RaiseDeeper };
    volatile int jumps = 0;

    for (volatile int i = 0; i < 20; i++) {
	if (sigsetjmp(jump, 1) == 0) {
	    raisers[i % 4 / 2]();
	} else {
	    jumps++;
	}
    }
    return jumps;
}

static void
CheckJump(void)
{
    struct sigaction action = { .sa_handler = JumpOut }, saved;
    struct sigaction passer = { .sa_sigaction = PassBack,
	.sa_flags = SA_SIGINFO };

    sigaction(SIGBUS, &action, &saved);
    Must("OsGuardInstall", OsGuardInstall());
    Check("a handler that jumps out gets each signal", CountJumps() == 20);
    sigaction(SIGBUS, &passer, &foundBelow);
    Check("it also gets those that a later handler passes on",
	    CountJumps() == 20);
    sigaction(SIGBUS, &saved, NULL);
}

/*
 * CheckFork --
 *
 *	Checks a fork while another thread holds the lock. The fork must wait,
 *	and the child must be able to take the lock; otherwise its alarm kills
 *	it.
 */

static atomic_bool isHeld, isFree;

static void *
HoldLock(
    void *data)
{
    const struct timespec aWhile = { .tv_nsec = 100000000 };

    (void) data;
    OsLock();
    atomic_store(&isHeld, true);
    nanosleep(&aWhile, NULL);
    atomic_store(&isFree, true);
    OsUnlock();
    return NULL;
}

static void
CheckFork(void)
{
    pthread_t thread;
    pid_t child;
    int status = -1;

    Must("pthread_create", pthread_create(&thread, NULL, HoldLock, NULL));
    while (!atomic_load(&isHeld)) {
	sched_yield();
    }
    child = fork();
    if (child == 0) {
	alarm(10);
	OsLock();
	OsUnlock();
	execlp(atomic_load(&isFree) ? "true" : "false", "", (char *) NULL);
	_exit(2);
    }
    waitpid(child, &status, 0);
    pthread_join(thread, NULL);
    Check("fork waits for the lock, and the child can take it", status == 0);
}

/*
 * CheckGuard --
 *
 *	Runs all checks of this file.
 */

void
CheckGuard(void)
{
    CheckAbort();
    CheckRound();
    CheckJump();
    CheckFork();
}
