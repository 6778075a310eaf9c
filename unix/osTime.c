/*
 * osTime.c --
 *
 *	Clocks and deadlines: clock_gettime(2).
 */

#include "osTime.h"

/*
 * OsReadClock, OsClock --
 *
 *	Return what a clock, or the one that OsTime counts on, shows: nanoseconds.
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
 *	Returns time (nanoseconds, not negative) as the system's calls take it.
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

/*
 * OsWallDeadline --
 *
 *	Returns the moment until on CLOCK_REALTIME, for the calls that know
 *	no other clock. OS_NOW, and what has passed, is a moment in the past.
 */

struct timespec
OsWallDeadline(
    OsTime until)
{
    OsTime remaining = (until == OS_NOW) ? 0 : until - OsClock();

    if (remaining <= 0) {
	return OsTimespec(0);
    }
    return OsTimespec(OsReadClock(CLOCK_REALTIME) + remaining);
}
