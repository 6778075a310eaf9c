/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * checks.c --
 *
 *	Counts checks, and starts and ends processes for them.
 */

#include "checks.h"

#include "osTime.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

char name[64];
void (*removeMore)(void);
static int passed, failed;

/*
 * BeginChecks, EndChecks --
 *
 *	BeginChecks must be called first, with the name of the program, which
 *	becomes a part of the names of its objects. EndChecks must be called
 *	last, and returns the exit code.
 */

void
BeginChecks(
    const char *program)
{
    snprintf(name, sizeof(name), "/%s-%ld", program, (long) getpid());
    setvbuf(stdout, NULL, _IOLBF, 0);
}

int
EndChecks(void)
{
    printf("%d passed, %d failed\n", passed, failed);
    return (failed == 0) ? 0 : 1;
}

/*
 * Check --
 *
 *	Counts and prints the result of a check.
 */

bool
Check(
    const char *what,
    bool isTrue)
{
    printf("%s  %s\n", isTrue ? "ok  " : "FAIL", what);
    passed += isTrue;
    failed += !isTrue;
    return isTrue;
}

/*
 * Must --
 *
 *	Ends the program if a call has failed that the test needs but does not
 *	check.
 */

void
Must(
    const char *what,
    int err)
{
    if (err != 0) {
	fprintf(stderr, "%s: %s\n", what, strerror(err));
	OsSemUnlink(name);
	OsShmUnlink(name);
	OsMqUnlink(name);
	OsLockUnlink(name);
	OsRingUnlink(name);
	OsTopicUnlink(name);
	if (removeMore != NULL) {
	    removeMore();
	}
	exit(2);
    }
}

/*
 * OpenLock, OpenRing, OpenTopic --
 *
 *	Open the object of the check, and create it if it does not exist.
 */

OsSharedLock *
OpenLock(
    uint32_t permits)
{
    OsSharedLock *lock;
    OsObject object;

    Must("OsLockOpen", OsLockOpen(name, OS_CREAT, 0600, permits, &object,
	    &lock));
    return lock;
}

OsRing *
OpenRing(
    uint64_t size)
{
    OsRing *ring;
    OsObject object;

    Must("OsRingOpen", OsRingOpen(name, OS_CREAT, 0600, size, &object, &ring));
    return ring;
}

OsTopic *
OpenTopic(
    uint64_t size,
    OsTopicStart start,
    bool readonly)
{
    OsTopicRequest request = {
	.flags = readonly ? 0 : OS_CREAT, .mode = 0600, .size = size,
	.start = start, .readonly = readonly
    };
    OsObject object;
    OsTopic *topic;

    Must("OsTopicOpen", OsTopicOpen(name, &request, &object, &topic));
    return topic;
}

/*
 * Fork --
 *
 *	fork(2), after flushing the output, so that nothing is printed twice.
 */

pid_t
Fork(void)
{
    pid_t child;

    fflush(stdout);
    child = fork();
    Must("fork", (child < 0) ? errno : 0);
    return child;
}

/*
 * StartIdle --
 *
 *	Starts a process that calls prepare and then does nothing until it is
 *	killed. Waits until prepare has returned.
 */

pid_t
StartIdle(
    void (*prepare)(uint32_t argument),
    uint32_t argument)
{
    int ready[2];
    char byte;
    pid_t child;

    Must("pipe", (pipe(ready) == 0) ? 0 : errno);
    child = Fork();
    if (child == 0) {
	prepare(argument);
	Must("write", (write(ready[1], "", 1) == 1) ? 0 : errno);
	for (;;) {
	    pause();
	}
    }
    Must("read", (read(ready[0], &byte, 1) == 1) ? 0 : errno);
    close(ready[0]);
    close(ready[1]);
    return child;
}

/*
 * WaitFor, Kill --
 *
 *	waitpid(2): WaitFor returns the exit code, or 128 plus the number of the
 *	signal that ended the child. Kill returns whether its signal ended the
 *	child.
 */

int
WaitFor(
    pid_t child)
{
    int status = 0;

    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
	/* again */
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool
Kill(
    pid_t child)
{
    kill(child, SIGKILL);
    return WaitFor(child) == 128 + SIGKILL;
}

/*
 * Pause --
 *
 *	nanosleep(2).
 */

void
Pause(
    OsTime time)
{
    struct timespec sleep = OsTimespec(time);

    nanosleep(&sleep, NULL);
}

/*
 * Next --
 *
 *	Waits until the watch has something to report, or for some
 *	milliseconds. Returns the number of events.
 */

size_t
Next(
    OsWatch *watch,
    int milliseconds,
    OsWatchEvent *events,
    size_t room)
{
    OsTime end = OsClock() + OS_SECOND / 1000 * milliseconds;

    for (;;) {
	struct pollfd polled = { OsWatchDescriptor(watch), POLLIN, 0 };
	OsTime left = (end - OsClock()) / (OS_SECOND / 1000);
	size_t count;

	OsWatchResume(watch);
	poll(&polled, 1, (left > 0) ? (int) left : 0);
	count = OsWatchNext(watch, events, room);
	if (count > 0 || left <= 0) {
	    return count;
	}
    }
}
