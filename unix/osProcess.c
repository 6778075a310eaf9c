/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osProcess.c --
 *
 *	Finds out whether the process that left its mark in shared memory is
 *	still alive: kill(2) and, if the system has it, /proc/PID/stat, proc(5).
 *	Pids are reused, so the mark also has the start time, which is 0 if the
 *	system does not report it.
 */

#include "osLifeline.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * ReadStatus --
 *
 *	Reads the status of a process into text, as a string. Reads the file of
 *	the main thread, which has the same fields as /proc/PID/stat: when a
 *	process reads its own /proc/PID/stat, qemu-user invents the contents,
 *	and after a fork the start time there is the parent's. Returns false if
 *	the file cannot be read.
 */

static bool
ReadStatus(
    pid_t pid,
    char *text,
    size_t size)		/* bytes in text */
{
    char path[64];
    ssize_t length = -1;
    int fd;

    snprintf(path, sizeof(path), "/proc/%ld/task/%ld/stat", (long) pid,
	    (long) pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
	length = read(fd, text, size - 1);
	close(fd);
    }
    text[(length > 0) ? length : 0] = '\0';
    return length > 0;
}

/*
 * FindField --
 *
 *	Returns the field with a number in the text of /proc/PID/stat, or "".
 *	The second field is the program's name in parentheses, which may contain
 *	any character, so the third field is the one after the last parenthesis.
 */

static const char *
FindField(
    const char *text,
    int number)			/* from 3 on */
{
    const char *place = strrchr(text, ')');

    for (int field = 2; place != NULL && field < number; field++) {
	place = strchr(place + 1, ' ');
    }
    return (place != NULL) ? place + 1 : "";
}

/*
 * OsProcessMark --
 *
 *	Returns the mark of this process: getpid(2) and its start time.
 */

uint64_t
OsProcessMark(void)
{
    pid_t pid = getpid();
    char text[1024];
    uint32_t start = 0;

    if (ReadStatus(pid, text, sizeof(text))) {
	start = (uint32_t) strtoull(FindField(text, 22), NULL, 10);
    }
    return (uint64_t) (uint32_t) pid << 32 | start;
}

/*
 * OsProcessPlace --
 *
 *	Returns a number made from the inodes of this process's PID namespace
 *	and time namespace, namespaces(7); start times differ between time
 *	namespaces. Returns 0 on systems without namespaces.
 */

uint32_t
OsProcessPlace(void)
{
    struct stat pid = { .st_ino = 0 }, time = { .st_ino = 0 };

    if (stat("/proc/self/ns/pid", &pid) != 0) {
	return 0;
    }
    if (stat("/proc/self/ns/time", &time) != 0) {
	time.st_ino = 0;
    }
    return (uint32_t) pid.st_ino ^ (uint32_t) time.st_ino * 2654435761U;
}

/*
 * OsProcessIsGone --
 *
 *	Returns true if no process has the pid, or if the process that has it
 *	started at another time, or is a zombie without other threads.
 */

bool
OsProcessIsGone(
    uint64_t mark,
    uint32_t place)
{
    pid_t pid = (pid_t) (mark >> 32);
    uint32_t start = (uint32_t) mark;
    char text[1024];

    if (place != OsProcessPlace()) {
	return false;
    }
    if (pid <= 0 || (kill(pid, 0) != 0 && errno == ESRCH)) {
	return true;
    }
    if (start == 0 || !ReadStatus(pid, text, sizeof(text))) {
	return false;
    }
    return (uint32_t) strtoull(FindField(text, 22), NULL, 10) != start
	    || (*FindField(text, 3) == 'Z' && strtol(FindField(text, 20), NULL, 10)
		    <= 1);
}

/*
 * OsProcessCommand --
 *
 *	Stores the name of a process's program, without its parentheses.
 */

void
OsProcessCommand(
    pid_t pid,
    char *command,
    size_t size)
{
    char text[1024];
    char *start = NULL, *end = NULL;

    if (ReadStatus(pid, text, sizeof(text))) {
	start = strchr(text, '(');
	end = strrchr(text, ')');
    }
    if (start != NULL && end > start) {
	*end = '\0';
	snprintf(command, size, "%s", start + 1);
    } else {
	*command = '\0';
    }
}
