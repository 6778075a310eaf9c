/*
 * osGuard.h --
 *
 *	Access to memory that another process can cut away: osGuard.c.
 */

#ifndef OS_GUARD_H
#define OS_GUARD_H

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A place in memory that reads OS_GUARD_GONE, a number that is nothing else's,
 * once that memory is gone and private.
 */

typedef volatile _Atomic uint32_t OsGuardMark;

#define OS_GUARD_GONE 0x9E1F7AD3u

/*
 * The memory that this thread is about to touch, [start, end), a mark in it or
 * NULL, whether some of it turned out to be gone, and where to go on when the C
 * library aborts a call with it, or NULL.
 */

typedef struct OsGuard {
    char *volatile start;
    char *volatile end;
    OsGuardMark *volatile mark;
    volatile sig_atomic_t broken;
    sigjmp_buf *volatile back;
} OsGuard;

/*
 * The signal handler reads it: with another model, the first access in a
 * thread might allocate memory there.
 */

#if defined(__ELF__) && defined(__GNUC__)
#   define OS_GUARD_MODEL __attribute__((tls_model("initial-exec")))
#else
#   define OS_GUARD_MODEL
#endif

extern _Thread_local OsGuard osGuard OS_GUARD_MODEL;

int	OsGuardInstall(void);
int	OsGuardInstallForCalls(void);
void	OsGuardKeep(void);

/*
 * OsGuardEnter, OsGuardLeave --
 *
 *	Bracket an access to length bytes at start, which lie in a mapping
 *	of this thread's use. What is gone reads as zeros from then on, but for
 *	the mark, and swallows what is written, until the mapping is made
 *	anew.
 *
 *	OsGuardLeave returns true when some of the memory was gone.
 */

static inline void
OsGuardEnter(
    void *start,
    size_t length,		/* bytes */
    OsGuardMark *mark)		/* there, or NULL */
{
    osGuard.broken = 0;
    osGuard.mark = mark;
    osGuard.end = (char *) start + length;
    osGuard.start = start;
}

static inline bool
OsGuardLeave(void)
{
    osGuard.start = osGuard.end = NULL;
    return osGuard.broken != 0;
}

/*
 * OS_GUARD_CALL --
 *
 *	Makes a call of the C library between the two, and stores in result
 *	what it returns, or -1, with errno EIDRM, where the library has aborted
 *	it.
 */

#define OS_GUARD_CALL(result, call) \
    do { \
	sigjmp_buf back; \
 \
	if (sigsetjmp(back, 0) == 0) { \
	    osGuard.back = &back; \
	    (result) = (call); \
	} else { \
	    (result) = -1; \
	    errno = EIDRM; \
	} \
	osGuard.back = NULL; \
    } while (0)

#endif /* OS_GUARD_H */
