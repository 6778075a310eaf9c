/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osFutex.c --
 *
 *	Waits and wakes on Linux: futex(2), without FUTEX_PRIVATE_FLAG, so that
 *	the kernel finds a waiter by the page of the file, not by its address.
 *
 *	On 32-bit systems with 64-bit time, the kernel's struct for a relative
 *	timeout differs from the C library's. <linux/time_types.h> exists only
 *	since Linux 5.2, and on systems with musl the kernel's headers may not
 *	be installed. So this file declares what it needs.
 */

#include "osFutex.h"

#include "osTime.h"

#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* A time of 64-bit fields on every processor, and one of kernel longs. */

typedef struct {
    int64_t seconds;
    int64_t nanoseconds;
} KernelTime64;

#if !defined SYS_futex
#   define FUTEX_CALL SYS_futex_time64
typedef KernelTime64 KernelTime;
#elif defined __x86_64__	/* x32: a long has 32 bits, the kernel's 64 */
#   define FUTEX_CALL SYS_futex
typedef KernelTime64 KernelTime;
#else
#   define FUTEX_CALL SYS_futex
typedef struct {
    long seconds;
    long nanoseconds;
} KernelTime;
#endif

#define WAIT	0	/* FUTEX_WAIT */
#define WAKE	1	/* FUTEX_WAKE */
#define SIZE_32	2u	/* FUTEX2_SIZE_U32 */

#ifndef SYS_futex_waitv
#   define SYS_futex_waitv 449	/* on every processor */
#endif

int
OsFutexKind(void)
{
    return OS_FUTEX_LINUX;
}

/*
 * OsFutexWait --
 *
 *	FUTEX_WAIT. A wait longer than a year ends after a year, because the
 *	caller loops.
 */

int
OsFutexWait(
    const OsFutexWord *word,
    uint32_t value,
    OsTime timeout)		/* nanoseconds, or OS_NEVER */
{
    const OsTime longest = OS_SECOND * 86400 * 366;
    KernelTime time;

    if (timeout != OS_NEVER) {
	if (timeout > longest) {
	    timeout = longest;
	}
	time.seconds = timeout / OS_SECOND;
	time.nanoseconds = timeout % OS_SECOND;
    }
    return (syscall(FUTEX_CALL, word, WAIT, value,
	    (timeout == OS_NEVER) ? NULL : &time, NULL, 0) == 0) ? 0 : errno;
}

/*
 * OsFutexWake --
 *
 *	FUTEX_WAKE, which fails only if the memory is gone. Then there are no
 *	waiters.
 */

int
OsFutexWake(
    OsFutexWord *word,
    int count)
{
    long woken = syscall(FUTEX_CALL, word, WAKE, count, NULL, NULL, 0);

    return (woken > 0) ? (int) woken : 0;
}

/*
 * OsFutexWaitAny --
 *
 *	futex_waitv(2), since Linux 5.16. It takes a deadline, not a timeout, in
 *	a struct that has 64-bit fields everywhere. Headers that are older than
 *	the kernel lack the struct of an item. System call filters that do not
 *	know the call refuse it with EPERM.
 */

int
OsFutexWaitAny(
    const OsFutexItem *items,
    size_t count,		/* at most OS_FUTEX_MOST */
    OsTime timeout)		/* nanoseconds, or OS_NEVER */
{
    struct {
	uint64_t value;
	uint64_t address;
	uint32_t flags;
	uint32_t reserved;
    } waiters[OS_FUTEX_MOST];
    OsTime end = OsAfter(OsClock(), timeout);
    KernelTime64 moment = { end / OS_SECOND, end % OS_SECOND };

    for (size_t i = 0; i < count; i++) {
	waiters[i].value = items[i].value;
	waiters[i].address = (uintptr_t) items[i].word;
	waiters[i].flags = SIZE_32;
	waiters[i].reserved = 0;
    }
    if (syscall(SYS_futex_waitv, waiters, (unsigned) count, 0U,
	    (timeout == OS_NEVER) ? NULL : &moment, CLOCK_MONOTONIC) >= 0) {
	return 0;
    }
    return (errno == EPERM) ? ENOSYS : errno;
}
