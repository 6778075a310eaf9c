/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * futexes.c --
 *
 *	A library to be linked on Linux. It implements the calls by which other
 *	systems wait for a word of memory by Linux's futex(2), according to the
 *	manual pages and sources of those systems. Tests that use it test the
 *	logic of osFutexUmtx.c, osFutexBsd.c and osFutexMac.c. They do not test
 *	FreeBSD, OpenBSD or macOS themselves.
 *
 *	- FreeBSD's _umtx_op(2) requires writable memory, and otherwise fails
 *	  with EFAULT. A wait returns 0 if the word differs, and a wake does not
 *	  report how many waiters it woke.
 *	- OpenBSD's futex(2) returns the error number of a wait that fails, and
 *	  leaves errno alone.
 *	- macOS's os_sync_wait_on_address_with_timeout(3) refuses a timeout of 0
 *	  with EINVAL, and returns at once if the word differs. It may fail with
 *	  EFAULT although the memory is there; here every fourth call does. Its
 *	  wakes fail with ENOENT if nobody waits.
 */

#include "freebsd/sys/umtx.h"
#include "openbsd/sys/futex.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int	os_sync_wait_on_address_with_timeout(void *address, uint64_t value,
	    size_t size, uint32_t flags, uint32_t clock, uint64_t nanoseconds);
int	os_sync_wake_by_address_any(void *address, size_t size,
	    uint32_t flags);
int	os_sync_wake_by_address_all(void *address, size_t size,
	    uint32_t flags);

/*
 * Fail --
 *
 *	Sets errno and returns -1.
 */

static int
Fail(
    int err)
{
    errno = err;
    return -1;
}

/*
 * Wait, Wake --
 *
 *	Linux's calls. Wait returns 0 or an errno value; Wake returns how many
 *	waiters it woke.
 */

static int
Wait(
    const volatile void *word,
    uint32_t value,
    const struct timespec *timeout)
{
    return (syscall(SYS_futex, word, 0, value, timeout, NULL, 0) == 0)
	    ? 0 : errno;
}

static int
Wake(
    const volatile void *word,
    int count)
{
    return (int) syscall(SYS_futex, word, 1, count, NULL, NULL, 0);
}

/*
 * IsWritable --
 *
 *	Returns whether memory may be written, according to /proc.
 */

static bool
IsWritable(
    const void *place)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[512], rights[5];
    uintptr_t start, end;
    bool is = false;

    while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
	if (sscanf(line, "%zx-%zx %4s", &start, &end, rights) == 3
		&& start <= (uintptr_t) place && (uintptr_t) place < end) {
	    is = (rights[1] == 'w');
	}
    }
    if (maps != NULL) {
	fclose(maps);
    }
    return is;
}

int
_umtx_op(
    void *object,
    int operation,
    unsigned long value,
    void *first,
    void *second)
{
    const struct _umtx_time *limit = second;
    int err;

    if (!IsWritable(object)) {
	return Fail(EFAULT);
    }
    if (operation == UMTX_OP_WAKE) {
	Wake(object, (int) value);
	return 0;
    }
    if (operation != UMTX_OP_WAIT_UINT || (limit != NULL
	    && ((size_t) first != sizeof(*limit)
		    || limit->_clockid != CLOCK_MONOTONIC))) {
	return Fail(EINVAL);
    }
    err = Wait(object, (uint32_t) value, (limit != NULL)
	    ? &limit->_timeout : NULL);
    return (err == 0 || err == EAGAIN) ? 0 : Fail(err);
}

int
futex(
    volatile uint32_t *word,
    int operation,
    int value,
    const struct timespec *timeout,
    volatile uint32_t *other)
{
    int saved = errno;
    int result = (operation == FUTEX_WAIT)
	    ? Wait(word, (uint32_t) value, timeout)
	    : (operation == FUTEX_WAKE) ? Wake(word, value) : ENOSYS;

    (void) other;
    errno = saved;
    return result;
}

int
os_sync_wait_on_address_with_timeout(
    void *address,
    uint64_t value,
    size_t size,
    uint32_t flags,
    uint32_t clock,
    uint64_t nanoseconds)
{
    static atomic_uint calls;
    struct timespec timeout = {
	(time_t) (nanoseconds / 1000000000), (long) (nanoseconds % 1000000000)
    };
    int err;

    if (size != sizeof(uint32_t) || flags != 1 || clock != 32
	    || nanoseconds == 0) {
	return Fail(EINVAL);
    }
    if (atomic_fetch_add(&calls, 1) % 4 == 3) {
	return Fail(EFAULT);
    }
    err = Wait(address, (uint32_t) value, &timeout);
    return (err == 0 || err == EAGAIN) ? 0 : Fail(err);
}

int
os_sync_wake_by_address_any(
    void *address,
    size_t size,
    uint32_t flags)
{
    if (size != sizeof(uint32_t) || flags != 1) {
	return Fail(EINVAL);
    }
    return (Wake(address, 1) == 1) ? 0 : Fail(ENOENT);
}

int
os_sync_wake_by_address_all(
    void *address,
    size_t size,
    uint32_t flags)
{
    if (size != sizeof(uint32_t) || flags != 1) {
	return Fail(EINVAL);
    }
    return (Wake(address, INT_MAX) > 0) ? 0 : Fail(ENOENT);
}
