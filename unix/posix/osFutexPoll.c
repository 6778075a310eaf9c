/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osFutexPoll.c --
 *
 *	Waits on systems whose kernel has no call for them: the waiter looks at
 *	the word now and then (osFutexOne.c), so there is nobody to wake.
 */

#include "posix/osFutexOne.h"

int
OsFutexKind(void)
{
    return OS_FUTEX_POLL;
}

int
OsFutexWait(
    const OsFutexWord *word,
    uint32_t value,
    OsTime timeout)		/* nanoseconds, or OS_NEVER */
{
    return OsFutexLook(word, value, timeout);
}

int
OsFutexWake(
    OsFutexWord *word,
    int count)
{
    (void) word;
    (void) count;
    return 0;
}
