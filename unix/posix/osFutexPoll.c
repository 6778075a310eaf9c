/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osFutexPoll.c --
 *
 *	Waits on systems whose kernel has no call for this. The waiter looks at
 *	the word from time to time (osFutexOne.c), so nobody needs to be woken.
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
