/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osSem.c --
 *
 *	Semaphores: sem_overview(7), with names, or without a name in a segment.
 *	A semaphore is memory in a file, so each access to it is guarded. If
 *	another process has truncated the file, the call returns EIDRM, or
 *	ERANGE if the file is a segment.
 *
 *	sem_open(3) returns the same memory each time a process opens a
 *	semaphore, and the guard replaces that memory only once. So all handles
 *	share one flag that says whether the memory is gone: OsSemMapping.
 */

#include "osSem.h"

#include "osObject.h"
#include "osOpen.h"
#include "osShm.h"
#include "osTime.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * The memory of a semaphore in this process. Protected by the lock, except
 * isGone.
 */

typedef struct OsSemMapping {
    const sem_t *memory;
    atomic_bool isGone;
    unsigned handles;
    struct OsSemMapping *next;	/* in its list of mappings */
} OsSemMapping;

#define LISTS 256

static OsSemMapping *mappings[LISTS];

/*
 * FindMapping, ShareMapping, UnshareMapping --
 *
 *	FindMapping returns the address of the link to the mapping of a
 *	semaphore's memory; the link is NULL if there is no mapping.
 *	ShareMapping gives the mapping to a handle; if there is none yet, spare
 *	becomes the mapping. UnshareMapping takes the mapping back.
 */

static OsSemMapping **
FindMapping(
    const sem_t *memory)
{
    OsSemMapping **link = &mappings[((uintptr_t) memory >> 12) % LISTS];

    while (*link != NULL && (*link)->memory != memory) {
	link = &(*link)->next;
    }
    return link;
}

static void
ShareMapping(
    OsSem *sem,
    OsSemMapping *spare)
{
    OsSemMapping **link;

    OsLock();
    link = FindMapping(sem->memory);
    if (*link == NULL) {
	spare->memory = sem->memory;
	*link = spare;
    } else {
	free(spare);
    }
    (*link)->handles++;
    sem->mapping = *link;
    OsUnlock();
}

static void
UnshareMapping(
    OsSem *sem)
{
    OsSemMapping *mapping = sem->mapping;

    OsLock();
    if (--mapping->handles == 0) {
	*FindMapping(sem->memory) = mapping->next;
	free(mapping);
    }
    OsUnlock();
}

/*
 * BeginAccess --
 *
 *	Begins an access to a semaphore.
 */

static inline sem_t *
BeginAccess(
    OsSem *sem)
{
#ifdef OS_SEM_IS_MEMORY
    if (sem->map != NULL) {
	OsGuardEnter(sem->map, sem->mapped, NULL);
    } else {
	OsGuardEnter(sem->memory, sizeof(*sem->memory),
		&sem->mapping->isGone);
    }
#endif
    return sem->memory;
}

#ifdef OS_SEM_IS_MEMORY

/*
 * LeaveSegment --
 *
 *	Ends an access to a semaphore in a segment. If the segment was truncated
 *	within the same page, the memory is still mapped, so the size is
 *	checked.
 */

static int
LeaveSegment(
    OsSem *sem,
    int err)
{
    struct stat status;

    if (OsGuardLeave() || (fstat(sem->fd, &status) == 0
	    && status.st_size < sem->end)) {
	sem->isGone = true;
    }
    return sem->isGone ? ERANGE : err;
}

#endif

/*
 * EndAccess --
 *
 *	Ends an access to a semaphore. Returns 0, or an errno value if the C
 *	library's call did not return 0.
 */

static inline int
EndAccess(
    OsSem *sem,
    int result)
{
    int err = (result == 0) ? 0 : errno;
#ifdef OS_SEM_IS_MEMORY
    if (sem->map != NULL) {
	return LeaveSegment(sem, err);
    }
    return (OsGuardLeave() || atomic_load_explicit(&sem->mapping->isGone,
	    memory_order_relaxed)) ? EIDRM : err;
#else
    (void) sem;
    return err;
#endif
}

/*
 * HasMemory --
 *
 *	Returns whether the semaphore's file is long enough for a semaphore.
 */

static bool
HasMemory(
    OsSem *sem)
{
#ifdef OS_SEM_IS_MEMORY
    (void) *(volatile const char *) BeginAccess(sem);
    return EndAccess(sem, 0) == 0;
#else
    (void) sem;
    return true;
#endif
}

/*
 * StatSem --
 *
 *	stat(2) of the file of the semaphore with a name; all zeros if that
 *	fails.
 */

static void
StatSem(
    const char *name,
    struct stat *status)
{
    const OsCatalog *catalog = osSemFamily.catalog;

    if (catalog->stat == NULL
	    || catalog->stat(&osSemFamily, name, status) != 0) {
	*status = (struct stat) { 0 };
    }
}

/*
 * OpenNamed --
 *
 *	sem_open(3), in the form that OsOpenOrCreate calls.
 *
 *	sem_open(3) reports neither which object it has opened nor whether that
 *	is a semaphore of this C library, so the file with the name is examined
 *	before and after the call. If it is the same file both times, it is the
 *	file of the semaphore. EAGAIN: it is not the same, because the name is
 *	being replaced. ENOTSUP: the file is shorter than a semaphore, so a
 *	program with another word size or C library created it, or a process has
 *	truncated it.
 */

typedef struct OpenRequest {
    const char *name;
    mode_t mode;
    unsigned value;
    sem_t *sem;			/* the result, and its file */
    struct stat status;
} OpenRequest;

static int
OpenNamed(
    void *data,
    int flags)
{
    OpenRequest *request = data;
    int openFlags = ((flags & OS_CREAT) ? O_CREAT : 0)
	    | ((flags & OS_EXCL) ? O_EXCL : 0);
    struct stat before = { 0 };

    if (!(flags & OS_EXCL)) {
	StatSem(request->name, &before);
	if (before.st_nlink > 0 && before.st_size < (off_t) sizeof(sem_t)) {
	    return ENOTSUP;
	}
    }
    request->sem = sem_open(request->name, openFlags, request->mode,
	    request->value);
    if (request->sem == SEM_FAILED) {
	return errno;
    }
    StatSem(request->name, &request->status);
    if (!(flags & OS_EXCL) && (request->status.st_ino != before.st_ino
	    || request->status.st_dev != before.st_dev)) {
	sem_close(request->sem);
	return EAGAIN;
    }
    return 0;
}

/*
 * OsSemOpen --
 *
 *	sem_open(3); mode and value are for a new semaphore. The memory of a new
 *	semaphore is not accessed, because the page fault would take a tenth of
 *	the time of an open. ENOTSUP: the file is too short for a semaphore.
 *	EIDRM: the file was truncated while this process had it open.
 *	EPROTOTYPE: see OsCheckFamily.
 */

int
OsSemOpen(
    const char *name,
    int flags,
    mode_t mode,
    unsigned value,
    OsObject *object,
    OsSem **semPtr)
{
    OpenRequest request = { .name = name, .mode = mode, .value = value };
    OsSem *sem = calloc(1, sizeof(*sem));
    OsSemMapping *spare = calloc(1, sizeof(*spare));
    int err = (sem != NULL && spare != NULL) ? OsGuardInstall() : ENOMEM;
    bool created = false;

    if (err == 0 && !(flags & OS_EXCL)) {
	err = OsCheckFamily(&osSemFamily, name);
    }
    if (err == 0) {
	do {
	    err = OsOpenOrCreate(OpenNamed, &request, flags, &created);
	} while (err == EAGAIN);
    }
    if (err != 0) {
	free(spare);
	free(sem);
	return (flags & OS_CREAT) ? OsExplainCreate(err) : err;
    }
    sem->memory = request.sem;
    ShareMapping(sem, spare);
    if (!created && !HasMemory(sem)) {
	OsSemFree(sem);
	return EIDRM;
    }
    OsNoteObject(object, &osSemFamily, -1, created, &request.status);
    *semPtr = sem;
    return 0;
}

#ifdef OS_SEM_IS_MEMORY

/*
 * MapSem --
 *
 *	Maps the semaphore at offset in a segment. It is read once: that shows
 *	whether it is inside the segment, and makes the system find memory for a
 *	page that was never written.
 *
 *	EINVAL: not aligned. ERANGE: not inside. ENOSPC: the system has no
 *	memory for it. EACCES: the segment was opened for reading only.
 */

static int
MapSem(
    OsShm *shm,
    int64_t offset,
    OsSem *sem)
{
    const int64_t size = sizeof(sem_t);
    sem_t copy;
    size_t before;
    int err;

    if (shm->readonly) {
	return EACCES;
    } else if (offset % (int64_t) _Alignof(sem_t) != 0) {
	return EINVAL;
    }
    err = OsShmRead(shm, offset, &copy, sizeof(copy));
    if (err != 0) {
	return err;
    }
    sem->map = OsShmMapPart(shm, offset, (size_t) size, &sem->mapped, &before);
    if (sem->map == NULL) {
	return errno;
    }
    sem->memory = (sem_t *) (void *) (sem->map + before);
    sem->end = offset + size;
    return 0;
}

/*
 * OsSemAt --
 *
 *	Opens the process-shared semaphore at an offset in a segment. Unless
 *	valuePtr is NULL, initializes it with *valuePtr: sem_init(3). The
 *	segment may be closed while the semaphore is open.
 *
 *	EINVAL, ERANGE, ENOSPC, EACCES: see MapSem. ENOTSUP: the system has no
 *	such semaphores.
 */

int
OsSemAt(
    OsShm *shm,
    int64_t offset,
    const unsigned *valuePtr,
    OsObject *object,
    OsSem **semPtr)
{
    OsSem *sem = calloc(1, sizeof(*sem));
    struct stat status;
    int err = (sem == NULL) ? ENOMEM : OsGuardInstall();

    if (err == 0) {
	err = MapSem(shm, offset, sem);
    }
    if (err != 0) {
	free(sem);
	return err;
    }
    sem->fd = fcntl(shm->fd, F_DUPFD_CLOEXEC, 0);
    if (sem->fd < 0 || fstat(sem->fd, &status) != 0) {
	err = errno;
    } else {
	sem_t *memory = BeginAccess(sem);

	err = EndAccess(sem, (valuePtr == NULL) ? 0
		: sem_init(memory, 1, *valuePtr));
    }
    if (err != 0) {
	OsSemFree(sem);
	return (err == ENOSYS) ? ENOTSUP : err;
    }
    OsNoteObject(object, &osShmFamily, sem->fd, valuePtr != NULL, &status);
    *semPtr = sem;
    return 0;
}

#else

int
OsSemAt(
    OsShm *shm,
    int64_t offset,
    const unsigned *valuePtr,
    OsObject *object,
    OsSem **semPtr)
{
    (void) shm;
    (void) offset;
    (void) valuePtr;
    (void) object;
    (void) semPtr;
    return ENOTSUP;
}

#endif

const int64_t osSemSize = sizeof(sem_t);

/*
 * OsSemGetPlace --
 *
 *	Stores the offset of a semaphore in its segment, and the segment's
 *	present size, or -1.
 */

void
OsSemGetPlace(
    const OsSem *sem,
    int64_t *offsetPtr,
    int64_t *segmentSizePtr)
{
    struct stat status;

    *offsetPtr = sem->end - osSemSize;
    *segmentSizePtr = (fstat(sem->fd, &status) == 0) ? status.st_size : -1;
}

/*
 * OsSemFree --
 *
 *	sem_close(3), or munmap(2) for a semaphore in a segment. This is
 *	OsSemClose for a semaphore from which no units are being fetched.
 */

int
OsSemFree(
    OsSem *sem)
{
    int err;

    if (sem->map == NULL) {
	err = (sem_close(sem->memory) == 0) ? 0 : errno;
	UnshareMapping(sem);
    } else {
	munmap(sem->map, sem->mapped);
	err = (sem->fd < 0 || close(sem->fd) == 0) ? 0 : errno;
    }
    free(sem);
    return err;
}

/*
 * OsSemUnlink --
 *
 *	sem_unlink(3).
 */

int
OsSemUnlink(
    const char *name)
{
    if (OsCheckFamily(&osSemFamily, name) != 0) {
	return ENOENT;
    }
    return (sem_unlink(name) == 0) ? 0 : errno;
}

/*
 * OsSemPost --
 *
 *	sem_post(3). EOVERFLOW: the value is the maximum. EIDRM: glibc aborted
 *	the call, because another program has overwritten the semaphore in the
 *	segment.
 */

int
OsSemPost(
    OsSem *sem)
{
    sem_t *memory;
    int result, err;

    if (sem->map == NULL) {
	return EndAccess(sem, sem_post(BeginAccess(sem)));
    }
    err = OsGuardInstallForCalls();
    if (err != 0) {
	return err;
    }
    memory = BeginAccess(sem);
    OS_GUARD_CALL(result, sem_post(memory));
    return EndAccess(sem, result);
}

/*
 * OsSemTryWait --
 *
 *	sem_trywait(3). EAGAIN: the value is 0.
 */

int
OsSemTryWait(
    OsSem *sem)
{
    return EndAccess(sem, sem_trywait(BeginAccess(sem)));
}

#if defined(HAVE_SEM_CLOCKWAIT) || defined(HAVE_SEM_TIMEDWAIT)

/*
 * TimedWait --
 *
 *	sem_clockwait(3) with a clock that nobody can set. If the system has no
 *	such call, sem_timedwait(3), which uses the wall clock.
 */

static int
TimedWait(
    sem_t *sem,
    OsTime timeout)
{
#ifdef HAVE_SEM_CLOCKWAIT
    struct timespec deadline = OsDeadline(CLOCK_MONOTONIC, timeout);

    return sem_clockwait(sem, CLOCK_MONOTONIC, &deadline);
#else
    struct timespec deadline = OsDeadline(CLOCK_REALTIME, timeout);

    return sem_timedwait(sem, &deadline);
#endif
}

/*
 * OsSemWait --
 *
 *	Waits to decrement the semaphore, for timeout nanoseconds at most. glibc
 *	aborts a wait if another process truncates the file or overwrites the
 *	semaphore meanwhile; the result is then EIDRM. Preparing for that takes
 *	a system call, so it is done only if the call must block.
 *
 *	ETIMEDOUT: the time is up. EINTR: a signal handler has run.
 */

int
OsSemWait(
    OsSem *sem,
    OsTime timeout)
{
    sem_t *memory;
    int result, err = OsSemTryWait(sem);

    if (err != EAGAIN) {
	return err;
    }
    if (timeout <= 0) {
	return ETIMEDOUT;
    }
    err = OsGuardInstallForCalls();
    if (err != 0) {
	return err;
    }
    memory = BeginAccess(sem);
    OS_GUARD_CALL(result, TimedWait(memory, timeout));
    return EndAccess(sem, result);
}

#else

/*
 * OsSemWait --
 *
 *	The same function for systems without timed waits: tries repeatedly,
 *	with pauses of 50 microseconds to 5 milliseconds.
 */

int
OsSemWait(
    OsSem *sem,
    OsTime timeout)
{
    const OsTime start = OsClock();
    OsTime pause = OS_SECOND / 20000;
    const OsTime longestPause = OS_SECOND / 200;

    for (;;) {
	int err = OsSemTryWait(sem);
	OsTime remaining = timeout - (OsClock() - start);
	struct timespec nap;

	if (err != EAGAIN) {
	    return err;
	}
	if (remaining <= 0) {
	    return ETIMEDOUT;
	}
	nap = OsTimespec(pause < remaining ? pause : remaining);
	if (nanosleep(&nap, NULL) != 0) {
	    return errno;
	}
	pause = (pause * 2 < longestPause) ? pause * 2 : longestPause;
    }
}

#endif

/*
 * OsSemGetValue --
 *
 *	sem_getvalue(3). ENOSYS: the system does not support it.
 */

int
OsSemGetValue(
    OsSem *sem,
    int *valuePtr)		/* never negative */
{
#ifdef HAVE_SEM_GETVALUE
    int value = 0;
    int err = EndAccess(sem, sem_getvalue(BeginAccess(sem), &value));

    *valuePtr = (value > 0) ? value : 0;
    return err;
#else
    (void) sem;
    (void) valuePtr;
    return ENOSYS;
#endif
}

/*
 * NameWait --
 *
 *	A thread that is blocked on a semaphore's memory is in the operation
 *	acquire.
 */

static const char *
NameWait(
    bool likeSemaphore)
{
    (void) likeSemaphore;
    return "acquire";
}

const OsFamily osSemFamily = {
    .catalog = &osFolderCatalog,
    .prefix = OS_SEM_PREFIX,
    .leastSize = sizeof(sem_t),
    .isMapped = true,
    .spaceLimit = OS_SHM_BYTES_MAX,
    .nameWait = NameWait,
    .readFile = OsReadSemFile
};
