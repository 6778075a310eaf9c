/*
 * osFacts.c --
 *
 *	What POSIX lets any system say of itself, and names that nobody uses.
 */

#include "osFacts.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef HAVE_SEM_TIMEDWAIT
#   define SEM_TIMEOUT_SUPPORTED 1
#else
#   define SEM_TIMEOUT_SUPPORTED 0
#endif
#ifdef HAVE_SEM_GETVALUE
#   define SEM_VALUE_SUPPORTED 1
#else
#   define SEM_VALUE_SUPPORTED 0
#endif
#ifdef HAVE_MQ_OPEN
#   define MQ_SUPPORTED 1
#else
#   define MQ_SUPPORTED 0
#endif

/*
 * OsGetResourceLimit --
 *
 *	Returns the soft limit of a resource, INT64_MAX for none: getrlimit(2).
 */

int64_t
OsGetResourceLimit(
    int resource)
{
    struct rlimit limit;

    if (getrlimit(resource, &limit) != 0 || limit.rlim_cur > INT64_MAX) {
	return INT64_MAX;
    }
    return (int64_t) limit.rlim_cur;
}

/*
 * SystemValue --
 *
 *	Returns sysconf(3), or fallback where that sets no limit.
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
 * OsGetPosixFact --
 *
 *	Returns a fact, or 0 where POSIX has no way to ask for it.
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
	return SEM_VALUE_SUPPORTED;
    case OS_SEM_VALUE_MAX:
	return SystemValue(_SC_SEM_VALUE_MAX, INT_MAX);
    case OS_MQ_SUPPORTED:
	return MQ_SUPPORTED;
    case OS_MQ_PRIORITY_MAX:
	return MQ_SUPPORTED ? SystemValue(_SC_MQ_PRIO_MAX, 32) - 1 : 0;
    case OS_FILES_MAX:
	return OsGetResourceLimit(RLIMIT_NOFILE);
    case OS_FILE_BYTES_MAX:
	return OsGetResourceLimit(RLIMIT_FSIZE);
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
 * OsGetFact --
 *
 *	Returns a fact, or what a system starts with where it can't be read.
 */

int64_t
OsGetFact(
    OsFact fact)
{
    int64_t value;

    (void) OsReadFact(fact, &value);
    return value;
}

/*
 * OsRandomName --
 *
 *	Writes a name of OS_RANDOM_NAME_SIZE bytes that most likely nobody
 *	uses. EIO or ENOSYS: the system has no randomness, getentropy(3).
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
