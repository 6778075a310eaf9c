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
 * OsDeadline --
 *
 *	Returns the moment on a clock that is timeout nanoseconds from now, as
 *	the system's calls take it. OS_NOW is a moment in the past.
 */

struct timespec
OsDeadline(
    clockid_t clock,
    OsTime timeout)
{
    OsTime now;

    if (timeout == OS_NOW) {
	return OsTimespec(0);
    }
    now = OsReadClock(clock);
    return OsTimespec((timeout < OS_NEVER - now) ? now + timeout : OS_NEVER);
}
