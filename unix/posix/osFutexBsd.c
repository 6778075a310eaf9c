/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osFutexBsd.c --
 *
 *	Waits and wakes on OpenBSD, futex(2), and on NetBSD, __futex(2), for
 *	which the C library has no function. Without FUTEX_PRIVATE_FLAG they
 *	reach other processes.
 */

#include "osFutex.h"
#include "osTime.h"

#include <errno.h>
#include <sys/types.h>
#include <sys/time.h>
#include <sys/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

int
OsFutexKind(void)
{
    return OS_FUTEX_BSD;
}

/*
 * Call --
 *
 *	The system call. NetBSD's returns -1 and sets errno if it fails.
 *	OpenBSD's returns the error number of a wait that fails.
 */

static int
Call(
    OsFutexWord *word,
    int operation,
    int value,
    const struct timespec *timeout)
{
#ifdef SYS___futex
    return (int) syscall(SYS___futex, word, operation, value, timeout, NULL,
	    0, 0);
#else
    return futex((volatile uint32_t *) word, operation, value, timeout, NULL);
#endif
}

/*
 * OsFutexWait --
 *
 *	FUTEX_WAIT. OpenBSD returns ECANCELED after a signal whose handler has
 *	SA_RESTART.
 */

int
OsFutexWait(
    const OsFutexWord *word,
    uint32_t value,
    OsTime timeout)		/* nanoseconds, or OS_NEVER */
{
    struct timespec limit = OsTimespec((timeout == OS_NEVER) ? 0 : timeout);
    int err = Call((OsFutexWord *) word, FUTEX_WAIT, (int) value,
	    (timeout == OS_NEVER) ? NULL : &limit);

    if (err == -1) {
	err = errno;
    }
    return (err == ECANCELED) ? EINTR : err;
}

/*
 * OsFutexWake --
 *
 *	FUTEX_WAKE.
 */

int
OsFutexWake(
    OsFutexWord *word,
    int count)
{
    int woken = Call(word, FUTEX_WAKE, count, NULL);

    return (woken > 0) ? woken : 0;
}
