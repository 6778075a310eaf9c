/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osTime.h --
 *
 *	Clocks and deadlines, for unix/ alone: osTime.c.
 */

#ifndef OS_TIME_H
#define OS_TIME_H

#include "os.h"

#include <time.h>

OsTime	OsReadClock(clockid_t clock);
struct timespec OsTimespec(OsTime time);

/*
 * OsDeadline --
 *
 *	Returns the moment on a clock that is timeout nanoseconds from now, in
 *	the form that system calls take. For OS_NOW, returns a moment in the
 *	past.
 */

static inline struct timespec
OsDeadline(
    clockid_t clock,
    OsTime timeout)
{
    const struct timespec past = { .tv_sec = 0 };

    return (timeout == OS_NOW) ? past
	    : OsTimespec(OsAfter(OsReadClock(clock), timeout));
}

#endif /* OS_TIME_H */
