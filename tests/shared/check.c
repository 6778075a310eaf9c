/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * check.c --
 *
 *	A test of unix/shared/ without Tcl, run by "make check-shared".
 */

#include "check.h"

#include "osTime.h"

/*
 * IsTold --
 *
 *	Returns whether a watch reports an event with data within a time. Other
 *	events are dropped, and so are wake-ups without an event: a posting may
 *	have been withdrawn.
 */

bool
IsTold(
    OsWatch *watch,
    const void *data,
    int milliseconds)
{
    const OsTime millisecond = OS_SECOND / 1000;
    const OsTime end = OsClock() + milliseconds * millisecond;
    OsWatchEvent event;

    while (Next(watch, (int) ((end - OsClock()) / millisecond), &event, 1)
	    == 1) {
	if (event.data == data) {
	    return true;
	}
    }
    return false;
}

int
main(void)
{
    BeginChecks("check-shared");
    CheckSegments();
    CheckLocks();
    CheckRings();
    CheckTopics();
    return EndChecks();
}
