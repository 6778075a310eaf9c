/*
 * osGuard.c --
 *
 *	An access to mapped memory whose file has become shorter raises
 *	SIGBUS. A check of the size beforehand costs a system call and leaves a gap,
 *	so the access is just made, with a handler in place: it puts
 *	private zero pages where memory is gone, notes that in the guard of
 *	the thread and in the memory, and lets the access go on. There is no jump
 *	out of the handler, so nothing is left half done.
 *
 *	Calls of the C library that ask the kernel are the exception. The
 *	kernel refuses memory that is gone or has nonsense in it, and the GNU C
 *	library answers that with abort(3). It can be left by a jump there, so
 *	SIGABRT has a handler too, which ends the call.
 *
 *	These signals may have been somebody else's before, and may become so at
 *	any time. What is not a guarded access goes on to the handler that was
 *	found in place; one that was installed over this one is treated the
 *	same once it is noticed. To look costs a system call, so an access
 *	that follows a look within 20 to 50 microseconds does without: that is
 *	too short for a handler to be installed and another process to get its
 *	turn and cut a segment.
 */

#include "osGuard.h"
#include "osThread.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef MAP_ANONYMOUS
#   define MAP_ANONYMOUS MAP_ANON
#endif
#ifndef MAP_NORESERVE
#   define MAP_NORESERVE 0
#endif

_Thread_local OsGuard osGuard OS_GUARD_MODEL;
static _Thread_local uint64_t lastLook OS_GUARD_MODEL;

/*
 * A signal that has a handler here, and the actions that were found in place,
 * each in the slot of its number. One may pass a signal on to what it has found
 * itself, which is the handler of here again: then it is the turn of the action
 * before it. The first and the last few are remembered; there are twice the
 * slots for these, so that none changes while a thread reads it.
 */

#define MOST_ACTIONS 16
#define SLOTS (1 + 2 * MOST_ACTIONS)

typedef struct Overlay {
    int signal;
    void (*handler)(int signal, siginfo_t *info, void *context);
    struct sigaction actions[SLOTS];
    atomic_uint count;		/* of all actions that were found, ever */
} Overlay;

static void HandleBusError(int signal, siginfo_t *info, void *context);
static void HandleAbort(int signal, siginfo_t *info, void *context);

static Overlay busError = { .signal = SIGBUS, .handler = HandleBusError };
static Overlay abortion = { .signal = SIGABRT, .handler = HandleAbort };
static const struct sigaction standard = { .sa_handler = SIG_DFL };

/*
 * GetSlot --
 *
 *	Returns the slot of an action by its number, counted from 0.
 */

static struct sigaction *
GetSlot(
    Overlay *overlay,
    unsigned number)
{
    return &overlay->actions[
	    (number == 0) ? 0 : 1 + (number - 1) % (SLOTS - 1)];
}

/*
 * FindAction --
 *
 *	Returns the action that is depth below the one found last. Below all
 *	that are remembered, at MOST_ACTIONS, is the first one, and below that
 *	the system's own.
 */

static const struct sigaction *
FindAction(
    Overlay *overlay,
    unsigned depth)
{
    unsigned last = atomic_load(&overlay->count) - 1;

    if (depth == MOST_ACTIONS) {
	return GetSlot(overlay, 0);
    }
    return (depth > last || depth > MOST_ACTIONS) ? &standard
	    : GetSlot(overlay, last - depth);
}

/*
 * GetDepth, SetDepth --
 *
 *	How often a signal has been passed on stands in its context, in
 *	uc_link, which is of no use to a handler and NULL when the signal comes.
 *	So it needs no end when an action leaves by a jump. For an action that
 *	passes on no context it stands in the thread too.
 */

static _Thread_local unsigned bareDepth OS_GUARD_MODEL;

static unsigned
GetDepth(
    const ucontext_t *context)	/* or NULL */
{
    uintptr_t depth;

    if (context == NULL) {
	return bareDepth;
    }
    memcpy(&depth, &context->uc_link, sizeof(depth));
    return (depth <= MOST_ACTIONS + 1) ? (unsigned) depth : 0;
}

static void
SetDepth(
    ucontext_t *context,	/* or NULL */
    uintptr_t depth)
{
    bareDepth = (unsigned) depth;
    if (context != NULL) {
	memcpy(&context->uc_link, &depth, sizeof(depth));
    }
}

/*
 * PassOn --
 *
 *	Does with a signal what would have been done without this handler.
 *	One that nobody handles ends the process: a fault by coming again
 *	when the handler returns, a kill(2) or an abort(3) by being raised again.
 */

static void
PassOn(
    Overlay *overlay,
    siginfo_t *info,
    void *context)
{
    unsigned depth = GetDepth(context);
    const struct sigaction *action = FindAction(overlay, depth);
    bool sent = info->si_code <= 0;

    SetDepth(context, depth + 1);
    if (action->sa_flags & SA_SIGINFO) {
	action->sa_sigaction(overlay->signal, info, context);
    } else if (action->sa_handler == SIG_DFL
	    || (action->sa_handler == SIG_IGN && !sent)) {
	sigaction(overlay->signal, &standard, NULL);
	if (sent) {
	    raise(overlay->signal);
	}
    } else if (action->sa_handler != SIG_IGN) {
	action->sa_handler(overlay->signal);
    }
    SetDepth(context, depth);
}

/*
 * MapZeros --
 *
 *	mmap(2) of private memory that is zeros, at a place, over what is there,
 *	or anywhere for NULL. It is a plain system call here, which a handler may
 *	make. Returns MAP_FAILED where it fails.
 */

static void *
MapZeros(
    char *place,
    size_t length)		/* bytes */
{
    return mmap(place, length, PROT_READ | PROT_WRITE, MAP_PRIVATE
	    | MAP_ANONYMOUS | MAP_NORESERVE | ((place != NULL) ? MAP_FIXED : 0),
	    -1, 0);
}

/*
 * MoveMarked --
 *
 *	The same with a mark in it, in one step: mremap(2). Else another
 *	thread could find the zeros without it. Returns false where the system
 *	has no such call, or no room for it.
 */

static bool
MoveMarked(
    char *page,
    size_t length)
{
#ifdef MREMAP_FIXED
    char *made = MapZeros(NULL, length);

    if (made != MAP_FAILED) {
	*(OsGuardMark *) (made + ((char *) osGuard.mark - page))
		= OS_GUARD_GONE;
	if (mremap(made, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, page)
		!= MAP_FAILED) {
	    return true;
	}
	munmap(made, length);
    }
#else
    (void) page;
    (void) length;
#endif
    return false;
}

/*
 * PutZeros --
 *
 *	Replaces all pages from page to the end of the guarded range by
 *	private ones that are zeros, but for the mark. Returns false where that
 *	fails.
 */

static bool
PutZeros(
    char *page)
{
    size_t length = (size_t) (osGuard.end - page);

    if (osGuard.mark == NULL) {
	return MapZeros(page, length) != MAP_FAILED;
    }
    if (!MoveMarked(page, length)) {
	if (MapZeros(page, length) == MAP_FAILED) {
	    return false;
	}
	*osGuard.mark = OS_GUARD_GONE;
    }
    return true;
}

/*
 * HandleBusError --
 *
 *	The handler of SIGBUS. The pages from the fault on are replaced at
 *	once, else each would fault by itself. To replace the whole range
 *	takes no more mappings than there are, so that is tried where the system
 *	has no more.
 */

static void
HandleBusError(
    int signal,
    siginfo_t *info,
    void *context)
{
    char *fault = info->si_addr;
    int savedErrno = errno;

    (void) signal;
    if (info->si_code > 0 && osGuard.start <= fault && fault < osGuard.end) {
	uintptr_t pageSize = (uintptr_t) sysconf(_SC_PAGESIZE);
	char *page = fault - (uintptr_t) fault % pageSize;
	char *first = osGuard.start - (uintptr_t) osGuard.start % pageSize;

	if (PutZeros(page) || PutZeros(first)) {
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
 *	The handler of SIGABRT. A thread that aborts itself in a guarded call
 *	goes back to where the call began, with the signals blocked that were
 *	so before, but for SIGABRT, which abort(3) has unblocked. A signal that
 *	another thread of the process sends with pthread_kill(3) looks the
 *	same.
 */

static void
HandleAbort(
    int signal,
    siginfo_t *info,
    void *context)
{
    const ucontext_t *interrupted = context;

    (void) signal;
    if (osGuard.back != NULL && info->si_code != SI_USER
	    && info->si_pid == getpid()) {
	if (interrupted != NULL) {
	    pthread_sigmask(SIG_SETMASK, &interrupted->uc_sigmask, NULL);
	}
	siglongjmp(*osGuard.back, 1);
    }
    PassOn(&abortion, info, context);
}

/*
 * Remember --
 *
 *	Notes an action that was found in place, unless it would be passed
 *	signals as the last one is.
 */

static void
Remember(
    Overlay *overlay,
    const struct sigaction *found)
{
    unsigned count = atomic_load(&overlay->count);

    if (count > 0) {
	const struct sigaction *last = GetSlot(overlay, count - 1);

	if (last->sa_handler == found->sa_handler
		&& !((last->sa_flags ^ found->sa_flags) & SA_SIGINFO)) {
	    return;
	}
    }
    *GetSlot(overlay, count) = *found;
    atomic_store(&overlay->count, count + 1);
}

/*
 * InstallOver --
 *
 *	Puts a handler in place, over whatever is there: sigaction(2). It
 *	keeps of the other's action what decides how system calls are
 *	interrupted and what is blocked meanwhile.
 *
 *	Returns 0 or an errno value.
 */

static int
InstallOver(
    Overlay *overlay)
{
    struct sigaction found;
    int err = 0;

    OsLock();
    if (sigaction(overlay->signal, NULL, &found) != 0) {
	err = errno;
    } else if (!(found.sa_flags & SA_SIGINFO)
	    || found.sa_sigaction != overlay->handler) {
	struct sigaction action = { .sa_sigaction = overlay->handler };

	Remember(overlay, &found);
	action.sa_mask = found.sa_mask;
	action.sa_flags = SA_SIGINFO | SA_ONSTACK
		| (found.sa_flags & (SA_RESTART | SA_NODEFER));
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
 *	Put the handlers in place: the one that accesses need, and the one that
 *	calls of the C library need besides. To be called before them. Return 0
 *	or an errno value.
 */

int
OsGuardInstall(void)
{
    return InstallOver(&busError);
}

int
OsGuardInstallForCalls(void)
{
    return InstallOver(&abortion);
}

/*
 * ReadTicks --
 *
 *	Returns what the cheapest clock shows: cycles of the processor's time
 *	stamp counter, or nanoseconds.
 */

static uint64_t
ReadTicks(void)
{
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_ia32_rdtsc();
#else
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t) now.tv_sec * 1000000000u + (uint64_t) now.tv_nsec;
#endif
}

/*
 * OsGuardKeep --
 *
 *	Puts the handlers in place again that have been replaced. To be called
 *	before a guarded access to memory.
 */

void
OsGuardKeep(void)
{
    const uint64_t shortTime = 50000;	/* ticks */
    uint64_t now = ReadTicks();

    if (now - lastLook > shortTime) {
	lastLook = now;
	OsGuardInstall();
	if (atomic_load(&abortion.count) > 0) {
	    OsGuardInstallForCalls();
	}
    }
}
