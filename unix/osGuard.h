/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osGuard.h --
 *
 *	Access to memory that another process can truncate: osGuard.c.
 */

#ifndef OS_GUARD_H
#define OS_GUARD_H

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * The memory that this thread is about to access. If some of the memory is
 * gone, the handler sets broken and also *gonePtr, which other threads may
 * read. It sets *gonePtr before any thread can see the replacement.
 */

typedef struct OsGuard {
    char *volatile start;	/* the memory: [start, end) */
    char *volatile end;
    atomic_bool *volatile gonePtr;	/* or NULL */
    volatile sig_atomic_t broken;
    sigjmp_buf *volatile back;	/* where to continue if the C library aborts a
				 * call, or NULL */
} OsGuard;

/*
 * The guard is read by signal handlers. With any other TLS model, glibc might
 * allocate memory at a thread's first access. musl refuses this model, but
 * allocates all variables of a library when it loads the library.
 */

#ifdef __GLIBC__
#   define OS_GUARD_MODEL __attribute__((tls_model("initial-exec")))
#else
#   define OS_GUARD_MODEL
#endif

extern _Thread_local OsGuard osGuard OS_GUARD_MODEL;

int	OsGuardInstall(void);
int	OsGuardInstallForCalls(void);

/*
 * OsGuardEnter, OsGuardLeave --
 *
 *	Bracket an access to length bytes at start, which lie in one mapping.
 *	OsGuardInstall must have been called since the mapping was made. Once
 *	memory is found to be gone, it reads as zeros, and what is written there
 *	is lost, until the mapping is made again. Brackets do not nest. The
 *	fences cost no instruction; they keep the compiler from moving the
 *	access out of the brackets.
 *
 *	OsGuardLeave returns true if some of the memory was gone.
 */

static inline void
OsGuardEnter(
    void *start,
    size_t length,		/* bytes */
    atomic_bool *gonePtr)	/* set where memory is gone, or NULL */
{
    osGuard.broken = 0;
    osGuard.gonePtr = gonePtr;
    osGuard.end = (char *) start + length;
    osGuard.start = start;
    atomic_signal_fence(memory_order_seq_cst);
}

static inline bool
OsGuardLeave(void)
{
    atomic_signal_fence(memory_order_seq_cst);
    osGuard.start = osGuard.end = NULL;
    return osGuard.broken != 0;
}

/*
 * OS_GUARD_CALL --
 *
 *	Makes a call of the C library between OsGuardEnter and OsGuardLeave,
 *	after OsGuardInstallForCalls. Stores in result what the call returns or,
 *	if the library has aborted the call, -1 with errno EIDRM. Costs a system
 *	call.
 */

#define OS_GUARD_CALL(result, call) \
    do { \
	sigjmp_buf back; \
 \
	if (sigsetjmp(back, 1) == 0) { \
	    osGuard.back = &back; \
	    (result) = (call); \
	} else { \
	    (result) = -1; \
	    errno = EIDRM; \
	} \
	osGuard.back = NULL; \
    } while (0)

#endif /* OS_GUARD_H */
