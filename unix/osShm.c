/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osShm.c --
 *
 *	Shared memory: shm_overview(7). A segment is read and written through a
 *	mapping of the whole segment, which is made at the first access.
 *
 *	Other processes may resize segments at any time, and an access outside
 *	the segment must be detected without a system call for each access. An
 *	access is known to be inside if it ends before the last page of the
 *	mapping and that page still exists, which reading one byte of it shows
 *	(osGuard.c). For every other access, the system is asked for the size;
 *	osShm.h says whether that happens before or after the access.
 */

#include "osShm.h"

#include "osFamily.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/*
 * OsShmUnmap --
 *
 *	munmap(2) of the segment, if it is mapped. The next access maps it
 *	again.
 */

void
OsShmUnmap(
    OsShm *shm)
{
    if (shm->map != NULL) {
	munmap(shm->map, shm->mapped);
	shm->map = NULL;
	shm->mapped = shm->surelyInside = 0;
    }
}

/*
 * OsShmGetSize --
 *
 *	Stores the segment's current size in bytes. Uses lseek(2) if that works
 *	for segments, because it takes less than half the time of fstat(2).
 */

int
OsShmGetSize(
    const OsShm *shm,
    int64_t *sizePtr)
{
    off_t end = lseek(shm->fd, 0, SEEK_END);
    struct stat status;

    if (end >= 0) {
	*sizePtr = end;
	return 0;
    }
    if (fstat(shm->fd, &status) != 0) {
	return errno;
    }
    *sizePtr = status.st_size;
    return 0;
}

/*
 * Map --
 *
 *	Maps length bytes of the segment from offset, which begins a page:
 *	mmap(2). On failure, returns NULL and sets errno.
 */

static char *
Map(
    const OsShm *shm,
    int64_t offset,
    size_t length)
{
    int protection = PROT_READ | (shm->readonly ? 0 : PROT_WRITE);
    int err = OsGuardInstall();
    void *map;

    if (err != 0) {
	errno = err;
	return NULL;
    }
    map = mmap(NULL, length, protection, MAP_SHARED, shm->fd, offset);
    if (map == MAP_FAILED) {
	return NULL;
    }
    return map;
}

/*
 * MapWhole --
 *
 *	Maps all size bytes of the segment, and replaces the previous mapping.
 *	Returns false if there is no room for them.
 */

static bool
MapWhole(
    OsShm *shm,
    int64_t size)
{
    size_t pageSize = (size_t) sysconf(_SC_PAGESIZE);
    char *map = ((uint64_t) size > SIZE_MAX) ? NULL
	    : Map(shm, 0, (size_t) size);

    if (map == NULL) {
	return false;
    }
    OsShmUnmap(shm);
    shm->map = map;
    shm->mapped = (size_t) size;
    shm->surelyInside = (shm->mapped - 1) / pageSize * pageSize;
    return true;
}

/*
 * OsShmMapPart --
 *
 *	Maps only the pages that contain length bytes at offset. Stores how many
 *	bytes these pages have, and how many of them precede offset. On failure,
 *	returns NULL and sets errno.
 */

char *
OsShmMapPart(
    const OsShm *shm,
    int64_t offset,
    size_t length,
    size_t *mappedPtr,
    size_t *beforePtr)
{
    *beforePtr = (size_t) (offset % sysconf(_SC_PAGESIZE));
    *mappedPtr = *beforePtr + length;
    return Map(shm, offset - (int64_t) *beforePtr, *mappedPtr);
}

/*
 * Touch --
 *
 *	Makes the access in a mapping of mapped bytes, beginning at start, if
 *	its first byte is inside. Returns false if memory is gone.
 */

static bool
Touch(
    const OsAccess *access,
    char *map,
    size_t mapped,
    size_t start)
{
    OsGuardEnter(map, mapped, NULL);
    (void) *(volatile const char *) (map + start);
    if (!osGuard.broken) {
	access->touch(map + start, access->data);
    }
    return !OsGuardLeave();
}

/*
 * CheckInside --
 *
 *	Checks that the access is inside the segment, and stores the current
 *	size in *sizePtr. Returns 0, ERANGE, or the errno value if the size
 *	cannot be read.
 */

static int
CheckInside(
    const OsShm *shm,
    const OsAccess *access,
    int64_t *sizePtr)
{
    int err = OsShmGetSize(shm, sizePtr);

    if (err == 0 && (access->offset < 0 || access->offset > *sizePtr
	    || access->length > (uint64_t) (*sizePtr - access->offset))) {
	err = ERANGE;
    }
    return err;
}

/*
 * AccessPart --
 *
 *	Makes an access through a mapping of only its own pages, for segments
 *	that are too large for the address space.
 */

static int
AccessPart(
    const OsShm *shm,
    const OsAccess *access,
    bool *completePtr)		/* false: memory is gone */
{
    size_t mapped, before;
    char *map = OsShmMapPart(shm, access->offset, access->length, &mapped,
	    &before);

    if (map == NULL) {
	return errno;
    }
    *completePtr = Touch(access, map, mapped, before);
    munmap(map, mapped);
    return 0;
}

/*
 * AccessOnce --
 *
 *	Makes an access the slow way: reads the size, and maps what is not
 *	mapped. ERANGE: the access was not inside, either before it was made or
 *	after. EFAULT: memory is gone, or never existed.
 */

static int
AccessOnce(
    OsShm *shm,
    const OsAccess *access)
{
    int64_t size = 0;
    bool complete = true;
    int err = CheckInside(shm, access, &size);

    if (err != 0 || access->length == 0) {
	return err;
    }
    if ((shm->map != NULL && (uint64_t) access->offset + access->length
		    <= shm->mapped) || MapWhole(shm, size)) {
	complete = Touch(access, shm->map, shm->mapped,
		(size_t) access->offset);
	if (!complete) {
	    OsShmUnmap(shm);
	}
    } else {
	err = AccessPart(shm, access, &complete);
    }
    return !complete ? EFAULT
	    : (err == 0 && access->look == OS_LOOK_AFTER)
	    ? CheckInside(shm, access, &size) : err;
}

/*
 * OsShmAccessChecked, OsShmAccessAgain --
 *
 *	OsShmAccessChecked makes an access the slow way, and tries again if
 *	another process shrinks and grows the segment meanwhile. An access of no
 *	bytes only checks that it is inside. OsShmAccessAgain is the same after
 *	the fast way has found that memory is gone.
 *
 *	ERANGE: not inside. ENOSPC: inside, but the system has no memory to put
 *	there. Where fstatvfs(2) does not work for segments, as on macOS,
 *	segments cannot be made shorter.
 */

int
OsShmAccessChecked(
    OsShm *shm,
    const OsAccess *access)
{
    struct statvfs status;

    for (int attempts = 0; attempts < 10; attempts++) {
	int err = AccessOnce(shm, access);

	if (err != EFAULT) {
	    return err;
	}
    }
    return (fstatvfs(shm->fd, &status) == 0 && status.f_bfree > 0)
	    ? ERANGE : ENOSPC;
}

int
OsShmAccessAgain(
    OsShm *shm,
    const OsAccess *access)
{
    OsShmUnmap(shm);
    return OsShmAccessChecked(shm, access);
}

/*
 * CopyOut, CopyIn --
 *
 *	Copy from the segment, and into it.
 */

typedef struct Copy {
    void *bytes;
    size_t length;
} Copy;

static void
CopyOut(
    void *place,
    void *data)
{
    const Copy *copy = data;

    memcpy(copy->bytes, place, copy->length);
}

static void
CopyIn(
    void *place,
    void *data)
{
    const Copy *copy = data;

    memcpy(place, copy->bytes, copy->length);
}

/*
 * OsShmRead, OsShmWrite --
 *
 *	Copy length bytes from, or to, offset in the segment.
 *
 *	ERANGE: not all of them are inside, or another process has truncated
 *	the segment meanwhile. EACCES: opened for reading only. ENOSPC: the
 *	system has no memory left for a page that was never written.
 */

int
OsShmRead(
    OsShm *shm,
    int64_t offset,
    void *bytes,
    size_t length)
{
    Copy copy = { bytes, length };

    return OsShmAccess(shm, offset, length, OS_LOOK_AFTER, CopyOut, &copy);
}

int
OsShmWrite(
    OsShm *shm,
    int64_t offset,
    const void *bytes,
    size_t length)
{
    Copy copy = { (void *) bytes, length };

    if (shm->readonly) {
	return EACCES;
    }
    return OsShmAccess(shm, offset, length, OS_LOOK_BEFORE, CopyIn, &copy);
}

/*
 * NameWait --
 *
 *	A thread that is blocked on a segment's memory is in the operation wait,
 *	or acquires a semaphore in the segment.
 */

static const char *
NameWait(
    bool likeSemaphore)
{
    return likeSemaphore ? "acquire" : "wait";
}

const OsFamily osShmFamily = {
    .catalog = &osFolderCatalog,
    .prefix = "",
    .isMapped = true,
    .isOpen = true,
    .hasFileSize = true,
    .spaceLimit = OS_SHM_BYTES_MAX,
    .nameWait = NameWait
};
