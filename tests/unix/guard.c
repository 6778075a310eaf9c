/*
 * guard.c --
 *
 *	What the handlers of signals, and the lock, share with the rest of the
 *	program.
 */

#include "check.h"
#include "osGuard.h"
#include "osThread.h"

#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * CheckChain --
 *
 *	Handlers that pass a signal on to what they have found, which is the
 *	handler of the guard, over and over: it comes to the one below them all.
 */

static struct sigaction foundByOne, foundByOther;
static volatile int reached;

static void
PassFromOne(
    int signal,
    siginfo_t *info,
    void *context)
{
    foundByOne.sa_sigaction(signal, info, context);
}

static void
PassSignal(
    int signal)
{
    siginfo_t info = { .si_signo = signal };

    foundByOne.sa_sigaction(signal, &info, NULL);
}

static void
PassFromOther(
    int signal,
    siginfo_t *info,
    void *context)
{
    foundByOther.sa_sigaction(signal, info, context);
}

static void
Reach(
    int signal)
{
    (void) signal;
    reached++;
}

static void
CheckChain(void)
{
    struct sigaction one = { .sa_sigaction = PassFromOne,
	.sa_flags = SA_SIGINFO };
    struct sigaction other = { .sa_sigaction = PassFromOther,
	.sa_flags = SA_SIGINFO };
    struct sigaction bare = { .sa_handler = PassSignal };
    struct sigaction lowest = { .sa_handler = Reach }, saved;

    sigaction(SIGBUS, &lowest, &saved);
    for (int i = 0; i < 40; i++) {
	Must("OsGuardInstall", OsGuardInstall());
	sigaction(SIGBUS, &one, &foundByOne);
	Must("OsGuardInstall", OsGuardInstall());
	sigaction(SIGBUS, &other, &foundByOther);
    }
    raise(SIGBUS);
    Check("handlers that pass on, over and over, come to an end",
	    reached == 1);
    sigaction(SIGBUS, &bare, &foundByOne);
    Must("OsGuardInstall", OsGuardInstall());
    raise(SIGBUS);
    Check("... also where one passes on no context", reached == 2);
    sigaction(SIGBUS, &saved, NULL);
}

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
    struct sigaction one = { .sa_sigaction = PassFromOne,
	.sa_flags = SA_SIGINFO };

    sigaction(SIGBUS, &action, &saved);
    Must("OsGuardInstall", OsGuardInstall());
    Check("a handler that jumps out gets each signal", CountJumps() == 20);
    sigaction(SIGBUS, &one, &foundByOne);
    Check("... that a later one passes on", CountJumps() == 20);
    Must("OsGuardInstall", OsGuardInstall());
    Check("... from beneath the guard", CountJumps() == 20);
    sigaction(SIGBUS, &saved, NULL);
}

/*
 * CheckFork --
 *
 *	A process is forked while another thread has the lock: that waits, and
 *	the child can take the lock. One that can't is killed by its alarm.
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
    Check("fork waits for the lock, and the child has it", status == 0);
}

/*
 * CheckGuard --
 *
 *	The checks of this file. That of chains wants to be first: the action
 *	that was found first is below all others.
 */

void
CheckGuard(void)
{
    CheckChain();
    CheckJump();
    CheckFork();
}
