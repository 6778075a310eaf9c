/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osTime.c --
 *
 *	Clocks: clock_gettime(2).
 */

#include "osTime.h"

/*
 * OsReadClock, OsClock --
 *
 *	Return the time of a clock, or of the clock of OsTime, in nanoseconds.
 */

OsTime
OsReadClock(
    clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (OsTime) now.tv_sec * OS_SECOND + now.tv_nsec;
}

OsTime
OsClock(void)
{
    return OsReadClock(CLOCK_MONOTONIC);
}

/*
 * OsTimespec --
 *
 *	Returns time (nanoseconds, not negative) in the form that system calls
 *	take.
 */

struct timespec
OsTimespec(
    OsTime time)
{
    return (struct timespec) {
	.tv_sec = (time_t) (time / OS_SECOND),
	.tv_nsec = (long) (time % OS_SECOND)
    };
}
