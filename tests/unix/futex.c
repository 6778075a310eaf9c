/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * futex.c --
 *
 *	Checks waits for a word of shared memory: osFutex.h.
 */

#include "check.h"
#include "osFutex.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * WaitUntilChanged --
 *
 *	Waits while the word is value, but at most a minute. Returns 0 once it
 *	differs, whatever the wait returned.
 */

static int
WaitUntilChanged(
    const OsFutexWord *word,
    uint32_t value)
{
    OsTime end = OsClock() + 60 * OS_SECOND;
    int err = 0;

    while (*word == value && err == 0) {
	err = OsFutexWait(word, value, end - OsClock());
    }
    return (err == EAGAIN) ? 0 : err;
}

/*
 * CheckWakeOfChild --
 *
 *	Checks two processes that change the word in turns, each waiting for the
 *	other.
 */

static void
CheckWakeOfChild(
    OsFutexWord *word)
{
    const uint32_t turns = 200;
    pid_t child = fork();
    uint32_t mine = (child == 0) ? 1 : 0;
    int err = 0, status = -1;

    Must("fork", (child < 0) ? errno : 0);
    for (uint32_t turn = mine; turn < turns && err == 0; turn += 2) {
	uint32_t value = *word;

	while (err == 0 && value != turn) {
	    err = WaitUntilChanged(word, value);
	    value = *word;
	}
	atomic_store(word, turn + 1);
	OsFutexWake(word, INT_MAX);
    }
    if (child == 0) {
	_exit(err);
    }
    waitpid(child, &status, 0);
    Check("two processes wake each other by a word", err == 0 && status == 0
	    && *word == turns);
}

/*
 * CheckFutex --
 *
 *	Checks the results of a wait, and a wake that reaches another process.
 */

void
CheckFutex(void)
{
    OsFutexWord *word = MapShared(sizeof(*word));
    OsTime start = OsClock();
    int err = OsFutexWait(word, 0, OS_SECOND / 20);

    Check("a wait for a word ends with its timeout",
	    err == ETIMEDOUT && OsClock() - start >= OS_SECOND / 20);
    Check("a wait with a timeout of 0 ends at once",
	    OsFutexWait(word, 0, OS_NOW) == ETIMEDOUT);
    err = OsFutexWait(word, 1, OS_NEVER);
    Check("a wait for a word that differs ends at once",
	    err == EAGAIN || err == 0);
    Check("a wake without waiters wakes none", OsFutexWake(word, INT_MAX) == 0);
    CheckWakeOfChild(word);
    Must("mprotect", (mprotect(word, sizeof(*word), PROT_READ) == 0) ? 0 : errno);
    err = OsFutexWait(word, *word, OS_SECOND / 20);
    Check("a wait for a word in read-only memory works",
	    err == ETIMEDOUT);
    munmap(word, sizeof(*word));
}
