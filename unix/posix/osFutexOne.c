/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osFutexOne.c --
 *
 *	Code that all systems other than Linux share. None of them can wait for
 *	several words at a time. If a system cannot wait for a word, the waiter
 *	looks at the word every 1 to 10 ms.
 */

#include "posix/osFutexOne.h"

#include "osTime.h"

#include <errno.h>
#include <stdatomic.h>

/*
 * OsFutexWaitAny --
 *
 *	See osFutex.h.
 */

int
OsFutexWaitAny(
    const OsFutexItem *items,
    size_t count,
    OsTime timeout)
{
    (void) items;
    (void) count;
    (void) timeout;
    return ENOSYS;
}

/*
 * OsFutexLook --
 *
 *	nanosleep(2) between looks: 1 ms at first, a quarter more each time up
 *	to 10 ms. A change that is undone between two looks is not noticed.
 */

int
OsFutexLook(
    const OsFutexWord *word,
    uint32_t value,
    OsTime timeout)		/* nanoseconds, or OS_NEVER */
{
    const OsTime shortest = OS_SECOND / 1000, longest = OS_SECOND / 100;
    OsTime now = OsClock();
    OsTime end = (timeout < OS_NEVER - now) ? now + timeout : OS_NEVER;

    for (OsTime pause = shortest;
	    atomic_load_explicit(word, memory_order_acquire) == value;
	    pause = (pause < longest) ? pause + pause / 4 : longest) {
	OsTime left = end - now;
	struct timespec sleep = OsTimespec((left < pause) ? left : pause);

	if (left <= 0) {
	    return ETIMEDOUT;
	}
	if (nanosleep(&sleep, NULL) != 0) {
	    return errno;
	}
	now = OsClock();
    }
    return EAGAIN;
}
