/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osFutexMac.c --
 *
 *	Waits and wakes on macOS 14.4 and later:
 *	os_sync_wait_on_address_with_timeout(3), os_sync_wake_by_address_any(3).
 *
 *	An older macOS may load a library that was built on a newer one, so the
 *	calls are looked up when the first of them is needed. If they are
 *	missing, waiters look at the word from time to time (osFutexOne.c). The
 *	header is not included, because cross compilers may have the calls
 *	without the header.
 */

#include "posix/osFutexOne.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>

#define SHARED		1u	/* OS_SYNC_WAIT_ON_ADDRESS_SHARED, and the
				 * same of a wake */
#define MACH_TIME	32u	/* OS_CLOCK_MACH_ABSOLUTE_TIME */

typedef int WaitProc(void *address, uint64_t value, size_t size,
		    uint32_t flags, uint32_t clock, uint64_t nanoseconds);
typedef int WakeProc(void *address, size_t size, uint32_t flags);

static struct {
    WaitProc *wait;
    WakeProc *wakeAny;
    WakeProc *wakeAll;
} calls;

/*
 * FindCalls, HasCalls --
 *
 *	HasCalls returns whether this system has the calls.
 */

static void
FindCalls(void)
{
    calls.wakeAny = (WakeProc *) dlsym(RTLD_DEFAULT,
	    "os_sync_wake_by_address_any");
    calls.wakeAll = (WakeProc *) dlsym(RTLD_DEFAULT,
	    "os_sync_wake_by_address_all");
    if (calls.wakeAny != NULL && calls.wakeAll != NULL) {
	calls.wait = (WaitProc *) dlsym(RTLD_DEFAULT,
		"os_sync_wait_on_address_with_timeout");
    }
}

static bool
HasCalls(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, FindCalls);
    return calls.wait != NULL;
}

int
OsFutexKind(void)
{
    return HasCalls() ? OS_FUTEX_MAC : OS_FUTEX_POLL;
}

/*
 * OsFutexWait --
 *
 *	The call returns at once, without an error, if the word differs. It
 *	refuses a timeout of 0. If the kernel is short of memory, it may fail
 *	with ENOMEM, or with EFAULT although the memory is there; then this
 *	looks at the word. If the memory is gone, the caller's guard notices.
 *	After a minute this returns as if woken.
 */

int
OsFutexWait(
    const OsFutexWord *word,
    uint32_t value,
    OsTime timeout)		/* nanoseconds, or OS_NEVER */
{
    const OsTime longest = 60 * OS_SECOND;
    OsTime slice = (timeout < longest) ? timeout : longest;
    int err;

    if (!HasCalls()) {
	return OsFutexLook(word, value, timeout);
    }
    if (timeout <= 0) {
	return (*word == value) ? ETIMEDOUT : EAGAIN;
    }
    if (calls.wait((void *) word, value, sizeof(*word), SHARED, MACH_TIME,
	    (uint64_t) slice) >= 0) {
	return 0;
    }
    err = errno;
    if (err == EFAULT || err == ENOMEM) {
	err = OsFutexLook(word, value, slice);
    }
    return (err == ETIMEDOUT && slice < timeout) ? 0 : err;
}

/*
 * OsFutexWake --
 *
 *	One call wakes one waiter, the other all. Neither reports how many.
 *	ENOENT: there are no waiters.
 */

int
OsFutexWake(
    OsFutexWord *word,
    int count)
{
    if (!HasCalls()) {
	return 0;
    }
    if (count == INT_MAX) {
	calls.wakeAll(word, sizeof(*word), SHARED);
	return 0;
    }
    while (count-- > 0 && calls.wakeAny(word, sizeof(*word), SHARED) >= 0) {
	/* the next one */
    }
    return 0;
}
