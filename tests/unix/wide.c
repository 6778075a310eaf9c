/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * wide.c --
 *
 *	Checks values that need more than 32 bits: times after 2038, and offsets
 *	in a segment beyond 4 GiB. This is most useful if a long has 32 bits.
 */

#include "check.h"
#include "osShm.h"
#include "osTime.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>

#define GIGABYTE	((int64_t) 1 << 30)
#define AFTER_2106	((int64_t) 5000000000)	/* seconds since 1970: 33 bits */

/*
 * CheckTypes --
 *
 *	Checks the system's types, whose sizes configure has chosen.
 */

static void
CheckTypes(void)
{
    struct timespec time;
    struct stat status;

    Check("offsets and sizes have 64 bits",
	    sizeof(off_t) == 8 && sizeof(status.st_size) == 8);
    Check("times have 64 bits", sizeof(time_t) == 8
	    && sizeof(time.tv_sec) == 8 && sizeof(status.st_mtime) == 8);
    time = OsTimespec(AFTER_2106 * OS_SECOND + 7);
    Check("a time after 2106 keeps all its bits",
	    time.tv_sec == AFTER_2106 && time.tv_nsec == 7);
}

/*
 * ReadsAs --
 *
 *	Returns whether the segment contains the text at offset.
 */

static bool
ReadsAs(
    OsShm *shm,
    int64_t offset,
    const char *text)
{
    char bytes[16];
    size_t length = strlen(text);

    return OsShmRead(shm, offset, bytes, length) == 0
	    && memcmp(bytes, text, length) == 0;
}

/*
 * Look --
 *
 *	Stores the facts about the segment. Returns false if the system does not
 *	report them.
 */

static bool
Look(
    OsInfo *info)
{
    int err = OsGetInfo(&osShmFamily, name, info);

    if (err != ENOSYS) {
	Must("OsGetInfo", err);
    }
    return err == 0;
}

/*
 * CheckSegment --
 *
 *	Checks a segment of 5 GiB, nearly all of which is a hole. What is
 *	written at 4 GiB must not appear at 0.
 */

static void
CheckSegment(void)
{
    const int64_t size = 5 * GIGABYTE;
    int64_t found = 0;
    OsInfo info;
    OsShm *shm;
    OsObject object;
    char byte;

    Must("OsShmOpen", OsShmOpen(name, &(OsShmRequest) {
	.flags = OS_CREAT | OS_EXCL, .mode = 0600, .size = size
    }, &object, &shm));
    Must("OsShmGetSize", OsShmGetSize(shm, &found));
    Check("a segment has 5 GiB", found == size);
    if (Look(&info)) {
	Check("the system reports that size", info.size == size);
    }

    Must("OsShmWrite", OsShmWrite(shm, 0, "first", 5));
    Must("OsShmWrite", OsShmWrite(shm, 4 * GIGABYTE - 2, "across", 6));
    Must("OsShmWrite", OsShmWrite(shm, size - 4, "last", 4));
    Check("bytes written across 4 GiB are there",
	    ReadsAs(shm, 4 * GIGABYTE - 2, "across"));
    Check("they are nowhere else", ReadsAs(shm, 0, "first"));
    Check("the last bytes can be read", ReadsAs(shm, size - 4, "last"));
    Check("there is nothing beyond them",
	    OsShmRead(shm, size, &byte, 1) == ERANGE
	    && OsShmWrite(shm, size - 3, "last", 4) == ERANGE);

    Must("OsShmResize", OsShmResize(shm, 4 * GIGABYTE + 1));
    if (TellsFaults()) {
	Check("a segment can be resized to a little more than 4 GiB",
		OsShmGetSize(shm, &found) == 0 && found == 4 * GIGABYTE + 1
		&& ReadsAs(shm, 4 * GIGABYTE, "r")
		&& OsShmRead(shm, 4 * GIGABYTE + 1, &byte, 1) == ERANGE);
    }
    OsShmClose(shm);
    OsShmUnlink(name);
}

/*
 * CheckMtime --
 *
 *	Checks a segment whose last modification was after 2106: futimens(2).
 */

static void
CheckMtime(void)
{
    const struct timespec times[] = {
	{ .tv_sec = (time_t) AFTER_2106 }, { .tv_sec = (time_t) AFTER_2106 }
    };
    OsInfo info;
    OsShm *shm;
    OsObject object;

    Must("OsShmOpen", OsShmOpen(name, &(OsShmRequest) {
	.flags = OS_CREAT | OS_EXCL, .mode = 0600, .size = 1
    }, &object, &shm));
    Must("futimens", futimens(shm->fd, times) == 0 ? 0 : errno);
    if (Look(&info)) {
	Check("a modification time can be after 2106",
		info.mtime == AFTER_2106);
    }
    OsShmClose(shm);
    OsShmUnlink(name);
}

/*
 * CheckDeadlines --
 *
 *	Waits that would end after 2106. A repeated signal ends them; if a
 *	deadline were truncated, the wait would time out instead.
 */

static void
Wake(
    int signal)
{
    (void) signal;
}

static void
CheckDeadlines(void)
{
    const struct sigaction action = { .sa_handler = Wake };
    const struct itimerval each = { { 0, 20000 }, { 0, 20000 } }, none = { 0 };
    const OsTime century = 36500 * (86400 * OS_SECOND);
    OsSem *sem = OpenSem();

    Check("a deadline on the wall clock is after 2106",
	    (int64_t) OsDeadline(CLOCK_REALTIME, century).tv_sec > UINT32_MAX);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &each, NULL);
    Check("a wait for a semaphore can last until then",
	    OsSemWait(sem, century) == EINTR);
    if (OsGetFact(OS_MQ_SUPPORTED)) {
	OsMq *mq = OpenQueue();
	char bytes[64];
	size_t length = sizeof(bytes);
	unsigned priority;

	Check("a wait for a message can last until then",
		OsMqReceive(mq, bytes, &length, &priority, century) == EINTR);
	OsMqClose(mq);
	OsMqUnlink(name);
    }
    setitimer(ITIMER_REAL, &none, NULL);
    OsSemClose(sem);
    OsSemUnlink(name);
}

/*
 * CheckWide --
 *
 *	Runs all checks of this file.
 */

void
CheckWide(void)
{
    CheckTypes();
    CheckSegment();
    CheckMtime();
    CheckDeadlines();
}
