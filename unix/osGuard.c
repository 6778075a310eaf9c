/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osGuard.c --
 *
 *	An access to mapped memory whose file has become shorter raises SIGBUS.
 *	Checking the size beforehand would cost a system call and leave a gap,
 *	so the access is simply made, with a signal handler in place. The
 *	handler replaces the missing pages by private pages of zeros, notes that
 *	in the thread's guard, and lets the access continue. Nothing jumps out
 *	of an access, so nothing is left half done.
 *
 *	Two calls of the C library are an exception: a wait for a semaphore, and
 *	sem_post(3) for a semaphore in a segment. If the memory is gone or
 *	overwritten, the kernel's futex(2) fails, and the GNU C library then
 *	calls abort(3). So from the first such call on, SIGABRT has a handler,
 *	which jumps out of the call.
 *
 *	The handlers are installed whenever memory is mapped or may shrink. They
 *	remember the action that they replace, and pass every signal that is not
 *	theirs to that action. There are two limitations. If the program sets
 *	the action of SIGBUS while it has memory open, that action handles
 *	accesses to missing memory until memory is mapped again. If the
 *	program's handler passes a signal back to the handler here, the default
 *	action of the signal is taken.
 */

#include "osGuard.h"
#include "osThread.h"

#include <limits.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MAP_ANONYMOUS
#   define MAP_ANONYMOUS MAP_ANON
#endif
#ifndef MAP_NORESERVE
#   define MAP_NORESERVE 0
#endif

_Thread_local OsGuard osGuard OS_GUARD_MODEL;

/*
 * A signal with a handler of this file, and the action that it replaced. There
 * is room for two actions, so that the current one never changes while a thread
 * reads it.
 */

typedef struct Overlay {
    int signal;
    void (*handler)(int signal, siginfo_t *info, void *context);
    struct sigaction found[2];
    atomic_uint count;		/* of replaced actions: the last is in
				 * found[count % 2] */
} Overlay;

static void HandleBusError(int signal, siginfo_t *info, void *context);
static void HandleAbort(int signal, siginfo_t *info, void *context);

static Overlay busError = { .signal = SIGBUS, .handler = HandleBusError };
static Overlay abortSignal = { .signal = SIGABRT, .handler = HandleAbort };

/*
 * IsFault --
 *
 *	Returns whether the kernel raised the signal because of an instruction
 *	of the thread. The codes of signals that were sent start at SI_USER,
 *	which is 0x10001 on FreeBSD and macOS; elsewhere it is 0, and the other
 *	codes are negative.
 */

static bool
IsFault(
    const siginfo_t *info)
{
    return info->si_code > 0 && info->si_code < 0x10001;
}

/*
 * TakeDefault --
 *
 *	Lets the default action end the process. A fault occurs again when the
 *	handler returns; a signal that was sent is raised again.
 */

static void
TakeDefault(
    int signal,
    const siginfo_t *info)
{
    const struct sigaction standard = { .sa_handler = SIG_DFL };

    sigaction(signal, &standard, NULL);
    if (!IsFault(info)) {
	raise(signal);
    }
}

/*
 * PassOn --
 *
 *	Takes the action that the signal would have had without this handler.
 *	A signal that is being passed on is marked in its si_errno, which
 *	neither systems nor handlers use. So nothing needs to be undone if the
 *	action jumps out.
 */

static void
PassOn(
    Overlay *overlay,
    siginfo_t *info,
    void *context)
{
    const int mark = INT_MIN;
    const struct sigaction *action
	    = &overlay->found[atomic_load(&overlay->count) % 2];

    if (info->si_errno == mark) {
	TakeDefault(overlay->signal, info);
    } else if (action->sa_flags & SA_SIGINFO) {
	info->si_errno = mark;
	action->sa_sigaction(overlay->signal, info, context);
	info->si_errno = 0;
    } else if (action->sa_handler == SIG_DFL
	    || (action->sa_handler == SIG_IGN && IsFault(info))) {
	TakeDefault(overlay->signal, info);
    } else if (action->sa_handler != SIG_IGN) {
	action->sa_handler(overlay->signal);
    }
}

/*
 * PutZeros --
 *
 *	Replaces all pages from place, which begins a page, to the end of the
 *	guarded memory by mmap(2). Here this is a plain system call, which a
 *	handler may make. Returns false if that fails.
 */

static bool
PutZeros(
    char *place)
{
    return mmap(place, (size_t) (osGuard.end - place), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0)
	    != MAP_FAILED;
}

/*
 * HandleBusError --
 *
 *	The handler of SIGBUS. All pages from the fault on are replaced
 *	together; otherwise each would fault by itself. If the process can have
 *	no more mappings, the whole range is replaced, which needs no additional
 *	mapping. Some processors, such as s390x, report only the page of a
 *	fault, not its address.
 */

static void
HandleBusError(
    int signal,
    siginfo_t *info,
    void *context)
{
    uintptr_t pageSize = (uintptr_t) sysconf(_SC_PAGESIZE);
    char *fault = info->si_addr;
    char *first = osGuard.start - (uintptr_t) osGuard.start % pageSize;
    int savedErrno = errno;

    (void) signal;
    if (IsFault(info) && first <= fault && fault < osGuard.end) {
	if (osGuard.gonePtr != NULL) {
	    atomic_store(osGuard.gonePtr, true);
	}
	if (PutZeros(fault - (uintptr_t) fault % pageSize)
		|| PutZeros(first)) {
	    osGuard.broken = 1;
	    errno = savedErrno;
	    return;
	}
    }
    errno = savedErrno;
    PassOn(&busError, info, context);
}

/*
 * HandleAbort --
 *
 *	The handler of SIGABRT. A thread that calls abort(3) in a guarded call
 *	jumps back to where the call began. A signal that another thread of
 *	the process sends with pthread_kill(3) looks the same.
 */

static void
HandleAbort(
    int signal,
    siginfo_t *info,
    void *context)
{
    (void) signal;
    if (osGuard.back != NULL && info->si_code != SI_USER
	    && info->si_pid == getpid()) {
	siglongjmp(*osGuard.back, 1);
    }
    PassOn(&abortSignal, info, context);
}

/*
 * Install --
 *
 *	Installs a handler, whatever the current action is: sigaction(2). Keeps
 *	the flags and the mask of that action that determine how system calls
 *	are interrupted and which signals are blocked meanwhile. Returns 0 or an
 *	errno value.
 */

static int
Install(
    Overlay *overlay)
{
    struct sigaction found;
    int err = 0;

    OsLock();
    if (sigaction(overlay->signal, NULL, &found) != 0) {
	err = errno;
    } else if (!(found.sa_flags & SA_SIGINFO)
	    || found.sa_sigaction != overlay->handler) {
	struct sigaction action = {
	    .sa_sigaction = overlay->handler,
	    .sa_mask = found.sa_mask,
	    .sa_flags = SA_SIGINFO | SA_ONSTACK
		    | (found.sa_flags & (SA_RESTART | SA_NODEFER))
	};
	unsigned next = atomic_load(&overlay->count) + 1;

	overlay->found[next % 2] = found;
	atomic_store(&overlay->count, next);
	if (sigaction(overlay->signal, &action, NULL) != 0) {
	    err = errno;
	}
    }
    OsUnlock();
    return err;
}

/*
 * OsGuardInstall, OsGuardInstallForCalls --
 *
 *	Install a handler, unless it is already installed. OsGuardInstall is for
 *	accesses, and is called when memory is mapped or may shrink.
 *	OsGuardInstallForCalls is called before each guarded call. Both return 0
 *	or an errno value.
 */

int
OsGuardInstall(void)
{
    return Install(&busError);
}

int
OsGuardInstallForCalls(void)
{
    return Install(&abortSignal);
}
