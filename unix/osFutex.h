/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osFutex.h --
 *
 *	Waiting for a 32-bit word in shared memory to change, and waking the
 *	waiters, across processes. configure chooses one implementation:
 *
 *	    linux/osFutex.c		futex(2)
 *	    posix/osFutexUmtx.c		FreeBSD, _umtx_op(2)
 *	    posix/osFutexBsd.c		OpenBSD and NetBSD, futex(2)
 *	    posix/osFutexMac.c		macOS 14.4, os_sync_wait_on_address(3)
 *	    posix/osFutexPoll.c		everything else: looks every 1 to 10 ms
 *
 *	All but the first share posix/osFutexOne.c.
 *
 *	The word must be aligned to 4 bytes, in a MAP_SHARED mapping. Where the
 *	memory can be truncated, the caller brackets both calls with
 *	OsGuardEnter and OsGuardLeave: some implementations read the word.
 */

#ifndef OS_FUTEX_H
#define OS_FUTEX_H

#include "os.h"

typedef _Atomic uint32_t OsFutexWord;

/*
 * The mechanism by which this process waits. Processes that use different
 * mechanisms cannot wake each other, so the header of a segment records the
 * number of the mechanism.
 */

enum {
    OS_FUTEX_LINUX = 1, OS_FUTEX_UMTX, OS_FUTEX_BSD, OS_FUTEX_MAC, OS_FUTEX_POLL
};

int	OsFutexKind(void);

/*
 * OsFutexWait --
 *
 *	Waits while the word equals value, for at most timeout nanoseconds, or
 *	without limit for OS_NEVER. A read-only mapping is enough.
 *
 *	Returns 0 after a wake, which may be spurious, so the caller looks at
 *	the word again and decides. EAGAIN: the word differs from value. (Some
 *	systems return 0 then.) ETIMEDOUT. EINTR: a signal handler ran. EFAULT:
 *	the memory is gone.
 */

int	OsFutexWait(const OsFutexWord *word, uint32_t value, OsTime timeout);

/*
 * OsFutexWake --
 *
 *	Wakes at most count waiters of the word, or all of them for INT_MAX. The
 *	caller has already changed the word. Returns the number of waiters that
 *	the kernel says it woke, or 0 if it does not say.
 */

int	OsFutexWake(OsFutexWord *word, int count);

/*
 * OsFutexWaitAny --
 *
 *	Waits until any of count words, at most OS_FUTEX_MOST, differs from its
 *	value. Returns as OsFutexWait does; EFAULT: the memory of one of them is
 *	gone. ENOSYS: this system can wait for only one word at a time.
 */

#define OS_FUTEX_MOST 128

typedef struct OsFutexItem {
    const OsFutexWord *word;
    uint32_t value;
} OsFutexItem;

int	OsFutexWaitAny(const OsFutexItem *items, size_t count,
	    OsTime timeout);

#endif /* OS_FUTEX_H */
