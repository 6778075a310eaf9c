/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osFutexUmtx.c --
 *
 *	Waits and wakes on FreeBSD: _umtx_op(2). UMTX_OP_WAIT_UINT and
 *	UMTX_OP_WAKE, without _PRIVATE, work across processes.
 */

#include "posix/osFutexOne.h"

#include "osTime.h"

#include <errno.h>
#include <sys/types.h>
#include <sys/umtx.h>

int
OsFutexKind(void)
{
    return OS_FUTEX_UMTX;
}

/*
 * OsFutexWait --
 *
 *	UMTX_OP_WAIT_UINT, which returns 0 at once if the word differs. For
 *	memory that may not be written, it fails with EFAULT; then this looks at
 *	the word from time to time. If the memory is gone, the caller's guard
 *	notices.
 */

int
OsFutexWait(
    const OsFutexWord *word,
    uint32_t value,
    OsTime timeout)		/* nanoseconds, or OS_NEVER */
{
    struct _umtx_time limit = {
	._timeout = OsTimespec((timeout == OS_NEVER) ? 0 : timeout),
	._clockid = CLOCK_MONOTONIC
    };

    if (timeout <= 0) {
	return (*word == value) ? ETIMEDOUT : EAGAIN;
    }
    if (_umtx_op((void *) word, UMTX_OP_WAIT_UINT, value,
	    (timeout == OS_NEVER) ? NULL : (void *) sizeof(limit),
	    (timeout == OS_NEVER) ? NULL : &limit) == 0) {
	return 0;
    }
    return (errno == EFAULT) ? OsFutexLook(word, value, timeout) : errno;
}

/*
 * OsFutexWake --
 *
 *	UMTX_OP_WAKE, which does not report how many it woke.
 */

int
OsFutexWake(
    OsFutexWord *word,
    int count)
{
    _umtx_op(word, UMTX_OP_WAKE, (unsigned long) count, NULL, NULL);
    return 0;
}
