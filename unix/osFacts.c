/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osFacts.c --
 *
 *	Facts about the system that POSIX itself can report, and random names.
 */

#include "osFacts.h"

#include <errno.h>
#include <limits.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef HAVE_SYS_RANDOM_H
#   include <sys/random.h>
#endif
#ifndef HAVE_GETENTROPY
#   include "posix/osEntropyMissing.h"
#endif

#ifndef _SC_SEM_VALUE_MAX
#   define _SC_SEM_VALUE_MAX (-1)	/* NetBSD: sysconf(3) fails */
#endif
#ifdef HAVE_SEM_TIMEDWAIT
#   define SEM_TIMEOUT_SUPPORTED 1
#else
#   define SEM_TIMEOUT_SUPPORTED 0
#endif
#ifdef HAVE_MQ_OPEN
#   define MQ_SUPPORTED 1
#else
#   define MQ_SUPPORTED 0
#endif

/*
 * OsGetResourceLimit --
 *
 *	Returns the soft or the hard limit of a resource, or INT64_MAX if there
 *	is none: getrlimit(2).
 */

int64_t
OsGetResourceLimit(
    int resource,
    bool isHard)
{
    struct rlimit limit = { .rlim_cur = 0 };
    bool isKnown = getrlimit(resource, &limit) == 0;
    rlim_t value = isHard ? limit.rlim_max : limit.rlim_cur;

    return (isKnown && value <= INT64_MAX) ? (int64_t) value : INT64_MAX;
}

/*
 * SystemValue --
 *
 *	Returns the result of sysconf(3), or fallback if there is no limit.
 */

static int64_t
SystemValue(
    int name,
    int64_t fallback)
{
    long value = sysconf(name);

    return (value >= 0) ? value : fallback;
}

/*
 * HasSemValue --
 *
 *	Returns whether sem_getvalue(3) works. On macOS the function exists but
 *	fails with ENOSYS, as sem_init(3) does. It is tried with a real
 *	semaphore, because on NetBSD a sem_t is a pointer, which the call
 *	follows.
 */

static bool
HasSemValue(void)
{
#ifdef HAVE_SEM_GETVALUE
    sem_t sem;
    int value;
    bool has;

    if (sem_init(&sem, 0, 0) != 0) {
	return errno != ENOSYS;
    }
    has = sem_getvalue(&sem, &value) == 0 || errno != ENOSYS;
    sem_destroy(&sem);
    return has;
#else
    return false;
#endif
}

/*
 * OsGetPosixFact --
 *
 *	Returns a fact, or 0 if POSIX has no way to ask for it.
 */

int64_t
OsGetPosixFact(
    OsFact fact)
{
    switch (fact) {
    case OS_PAGE_SIZE:
	return SystemValue(_SC_PAGESIZE, 4096);
    case OS_SEM_TIMEOUT_SUPPORTED:
	return SEM_TIMEOUT_SUPPORTED;
    case OS_SEM_VALUE_SUPPORTED:
	return HasSemValue();
    case OS_SEM_VALUE_MAX:
	return SystemValue(_SC_SEM_VALUE_MAX, INT_MAX);
    case OS_MQ_SUPPORTED:
	return MQ_SUPPORTED;
    case OS_MQ_PRIORITY_MAX:
	return MQ_SUPPORTED ? SystemValue(_SC_MQ_PRIO_MAX, 32) - 1 : 0;
    case OS_FILES_MAX:
	return OsGetResourceLimit(RLIMIT_NOFILE, false);
    case OS_FILE_BYTES_MAX:
	return OsGetResourceLimit(RLIMIT_FSIZE, false);
#ifdef SIGRTMIN
    case OS_SIGNAL_MIN:
	return SIGRTMIN;
    case OS_SIGNAL_MAX:
	return SIGRTMAX;
#endif
    default:
	return 0;
    }
}

/*
 * OsRandomName --
 *
 *	Writes a name of OS_RANDOM_NAME_SIZE bytes that is very likely unused.
 *	EIO or ENOSYS: the system provides no random bytes, getentropy(3).
 */

int
OsRandomName(
    char *name)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
    static const char prefix[] = "/tcl";
    unsigned char random[OS_RANDOM_NAME_SIZE - sizeof(prefix)];
    char *end = name + strlen(prefix);

    if (getentropy(random, sizeof(random)) != 0) {
	return errno;
    }
    memcpy(name, prefix, sizeof(prefix));
    for (size_t i = 0; i < sizeof(random); i++) {
	*end++ = digits[random[i] % (sizeof(digits) - 1)];
    }
    *end = '\0';
    return 0;
}
