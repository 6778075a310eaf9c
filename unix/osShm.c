/*
 * osShm.c --
 *
 *	Shared memory: shm_overview(7). A segment is read and written through
 *	a mapping of the whole of it, made at the first access.
 *
 *	Other processes make segments longer and shorter as they like, and an
 *	access outside must be noticed without a system call each time. Two
 *	things together tell that an access is inside: it ends before the page
 *	in which the mapping ends, and that last page is still there, which a
 *	touch of one byte shows (osGuard.c). Everything else takes the slow
 *	way, which asks the system for the size.
 */

#include "os.h"
#include "osGuard.h"
#include "osOpen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct OsShm {
    int fd;
    bool readonly;
    char *map;			/* of the segment from its start, or NULL */
    size_t mapped;		/* bytes in map */
    size_t surelyInside;	/* bytes before the last page of map */
};

/*
 * OpenSegment --
 *
 *	shm_open(3) as OsOpenOrCreate wants it. Where segments are files, anybody
 *	can put something else in their folder: to open a fifo would wait. What
 *	is new is a segment.
 *
 *	ENODEV: there is something that has no memory, as mmap(2) says it.
 */

typedef struct OpenRequest {
    const char *name;
    int access;			/* O_RDONLY or O_RDWR, and O_TRUNC */
    mode_t mode;
    int fd;			/* the result */
} OpenRequest;

static int
OpenSegment(
    void *data,
    int flags)
{
    OpenRequest *request = data;
    int createFlags = ((flags & OS_CREAT) ? O_CREAT : 0)
	    | ((flags & OS_EXCL) ? O_EXCL : 0);
    struct stat status;

    request->fd = shm_open(request->name,
	    request->access | createFlags | O_NONBLOCK, request->mode);
    if (request->fd < 0) {
	return errno;
    }
    if (!(flags & OS_EXCL) && fstat(request->fd, &status) == 0
	    && (S_ISFIFO(status.st_mode) || S_ISDIR(status.st_mode)
		    || S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode))) {
	close(request->fd);
	return ENODEV;
    }
    return 0;
}

/*
 * CheckSize --
 *
 *	Whether a segment may have size bytes: 0, or EFBIG where the system
 *	can't say so many, or the process may not write so large a file: to run
 *	into that limit (RLIMIT_FSIZE) is not just EFBIG but a signal that kills.
 */

static int
CheckSize(
    int64_t size)
{
    return ((off_t) size != size
	    || size > OsGetFact(OS_FILE_BYTES_MAX)) ? EFBIG : 0;
}

/*
 * SetSize --
 *
 *	ftruncate(2) to a size that has been checked.
 */

static int
SetSize(
    const OsShm *shm,
    int64_t size)
{
    while (ftruncate(shm->fd, (off_t) size) != 0) {
	if (errno != EINTR) {
	    return errno;
	}
    }
    return 0;
}

/*
 * OsShmOpen --
 *
 *	shm_open(3), and ftruncate(2) where size (bytes) is not 0, for a new
 *	segment and for an existing one. A segment that was made and could not
 *	get its size is unlinked again.
 *
 *	EACCES: readonly forbids size and OS_TRUNC.
 */

int
OsShmOpen(
    const char *name,
    int flags,
    mode_t mode,
    int64_t size,
    bool readonly,
    OsShm **shmPtr)
{
    OpenRequest request = {
	.name = name,
	.access = (readonly ? O_RDONLY : O_RDWR)
		| ((flags & OS_TRUNC) ? O_TRUNC : 0),
	.mode = mode
    };
    bool created;
    OsShm *shm;
    int err;

    if (readonly && (size != 0 || (flags & OS_TRUNC))) {
	return EACCES;
    }
    err = (size != 0) ? CheckSize(size) : 0;
    if (err != 0) {
	return err;
    }
    shm = calloc(1, sizeof(*shm));
    if (shm == NULL) {
	return ENOMEM;
    }
    err = OsOpenOrCreate(OpenSegment, &request, flags, &created);
    if (err != 0) {
	free(shm);
	return err;
    }
    shm->fd = request.fd;
    shm->readonly = readonly;
    if (size != 0) {
	err = SetSize(shm, size);
    }
    if (err != 0) {
	OsShmClose(shm);
	if (created) {
	    shm_unlink(name);
	}
	return err;
    }
    *shmPtr = shm;
    return 0;
}

/*
 * Unmap --
 *
 *	munmap(2) of the segment, if it is mapped. The next access maps it anew.
 */

static void
Unmap(
    OsShm *shm)
{
    if (shm->map != NULL) {
	munmap(shm->map, shm->mapped);
	shm->map = NULL;
	shm->mapped = shm->surelyInside = 0;
    }
}

/*
 * OsShmClose --
 *
 *	munmap(2) and close(2). shm is gone whatever is returned.
 */

int
OsShmClose(
    OsShm *shm)
{
    int err;

    Unmap(shm);
    err = (close(shm->fd) == 0) ? 0 : errno;
    free(shm);
    return err;
}

/*
 * OsShmUnlink --
 *
 *	shm_unlink(3).
 */

int
OsShmUnlink(
    const char *name)
{
    return (shm_unlink(name) == 0) ? 0 : errno;
}

/*
 * OsShmDescriptor --
 *
 *	Returns the segment's file descriptor.
 */

int
OsShmDescriptor(
    const OsShm *shm)
{
    return shm->fd;
}

/*
 * OsShmGetSize --
 *
 *	The segment's present size in bytes: lseek(2), which takes less than
 *	half the time of fstat(2), where the system has it for segments.
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
 * OsShmResize --
 *
 *	ftruncate(2) to size bytes. The next access may meet what is gone now.
 *
 *	EACCES: opened for reading alone. EFBIG: CheckSize.
 */

int
OsShmResize(
    OsShm *shm,
    int64_t size)
{
    int err = shm->readonly ? EACCES : CheckSize(size);

    if (err == 0) {
	err = SetSize(shm, size);
    }
    return (err == 0) ? OsGuardInstall() : err;
}

/*
 * Map --
 *
 *	mmap(2) of length bytes of the segment, from offset, which begins a
 *	page. Returns NULL, with errno set, where that fails.
 */

static char *
Map(
    const OsShm *shm,
    int64_t offset,
    size_t length)
{
    int protection = PROT_READ | (shm->readonly ? 0 : PROT_WRITE);
    void *map = mmap(NULL, length, protection, MAP_SHARED, shm->fd, offset);

    if (map == MAP_FAILED) {
	return NULL;
    }
    return map;
}

/*
 * MapWhole --
 *
 *	Maps the segment anew, all size bytes of it. Returns false where there
 *	is no room for so much.
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
    Unmap(shm);
    shm->map = map;
    shm->mapped = (size_t) size;
    shm->surelyInside = (shm->mapped - 1) / pageSize * pageSize;
    return true;
}

/*
 * A copy between a segment and the caller: where in the segment, whose
 * bytes, how many, which way.
 */

typedef struct Copy {
    int64_t offset;		/* bytes from the segment's start */
    char *bytes;
    size_t length;		/* bytes */
    bool write;			/* into the segment */
} Copy;

/*
 * CopyGuarded --
 *
 *	Makes the copy, in a mapping of mapped bytes in which copy->offset is
 *	at start, if the byte at witness is there. Returns false when memory is
 *	gone.
 */

static bool
CopyGuarded(
    const Copy *copy,
    char *map,
    size_t mapped,
    size_t start,
    size_t witness)
{
    char *place = map + start;

    OsGuardEnter(map, mapped, NULL);
    (void) *(volatile const char *) (map + witness);
    if (osGuard.broken) {
	/* nothing to copy */
    } else if (copy->write) {
	memcpy(place, copy->bytes, copy->length);
    } else {
	memcpy(copy->bytes, place, copy->length);
    }
    return !OsGuardLeave();
}

/*
 * CheckInside --
 *
 *	Whether the copy is inside a segment that now has *sizePtr bytes: 0,
 *	ERANGE, or the errno value that kept the size from being known.
 */

static int
CheckInside(
    const OsShm *shm,
    const Copy *copy,
    int64_t *sizePtr)
{
    int err = OsShmGetSize(shm, sizePtr);

    if (err == 0 && (copy->offset < 0 || copy->offset > *sizePtr
	    || copy->length > (uint64_t) (*sizePtr - copy->offset))) {
	err = ERANGE;
    }
    return err;
}

/*
 * CopyThroughWindow --
 *
 *	Makes a copy through a mapping of its pages alone, for segments that
 *	are too large for the address space.
 */

static int
CopyThroughWindow(
    const OsShm *shm,
    const Copy *copy,
    bool *completePtr)		/* false: memory is gone */
{
    int64_t start = copy->offset - copy->offset % sysconf(_SC_PAGESIZE);
    size_t before = (size_t) (copy->offset - start);
    size_t length = before + copy->length;
    char *map = Map(shm, start, length);

    if (map == NULL) {
	return errno;
    }
    *completePtr = CopyGuarded(copy, map, length, before, before);
    munmap(map, length);
    return 0;
}

/*
 * CopyOnce --
 *
 *	The slow way of a copy: asks for the size, maps what is not mapped.
 *	ERANGE: not inside. EFAULT: memory is gone, or never was there.
 */

static int
CopyOnce(
    OsShm *shm,
    const Copy *copy)
{
    int64_t size = 0;
    bool complete = true;
    int err = CheckInside(shm, copy, &size);

    if (err != 0 || copy->length == 0) {
	return err;
    }
    if ((uint64_t) copy->offset + copy->length <= shm->mapped
	    || MapWhole(shm, size)) {
	complete = CopyGuarded(copy, shm->map, shm->mapped,
		(size_t) copy->offset, (size_t) copy->offset);
	if (!complete) {
	    Unmap(shm);
	}
    } else {
	err = CopyThroughWindow(shm, copy, &complete);
    }
    return complete ? err : EFAULT;
}

/*
 * CopyChecked --
 *
 *	Makes a copy the slow way, and again where another process makes the
 *	segment shorter and longer meanwhile.
 *
 *	ERANGE: not inside. ENOSPC: inside, but the system has no memory to
 *	put there.
 */

static int
CopyChecked(
    OsShm *shm,
    const Copy *copy)
{
    struct statvfs status;

    for (int attempts = 0; attempts < 10; attempts++) {
	int err = CopyOnce(shm, copy);

	if (err != EFAULT) {
	    return err;
	}
    }
    if (fstatvfs(shm->fd, &status) != 0) {
	return errno;
    }
    return (status.f_bfree == 0) ? ENOSPC : ERANGE;
}

/*
 * CopySegment --
 *
 *	Makes a copy the fast way where that is safe: the segment still
 *	reaches into the last page that is mapped of it. Else the slow way.
 */

static int
CopySegment(
    OsShm *shm,
    const Copy *copy)
{
    OsGuardKeep();
    if (copy->length > 0 && copy->offset >= 0
	    && copy->length <= shm->surelyInside
	    && (uint64_t) copy->offset <= shm->surelyInside - copy->length) {
	if (CopyGuarded(copy, shm->map, shm->mapped, (size_t) copy->offset,
		shm->mapped - 1)) {
	    return 0;
	}
	Unmap(shm);
    }
    return CopyChecked(shm, copy);
}

/*
 * OsShmRead, OsShmWrite --
 *
 *	Copy length bytes from, or to, offset in the segment.
 *
 *	ERANGE: not all of them are inside, or another process has cut them
 *	away meanwhile. EACCES: opened for reading alone. ENOSPC: the
 *	system has no memory left for a page that was never written.
 */

int
OsShmRead(
    OsShm *shm,
    int64_t offset,
    void *bytes,
    size_t length)
{
    return CopySegment(shm, &(Copy) { offset, bytes, length, false });
}

int
OsShmWrite(
    OsShm *shm,
    int64_t offset,
    const void *bytes,
    size_t length)
{
    if (shm->readonly) {
	return EACCES;
    }
    return CopySegment(shm, &(Copy) { offset, (char *) bytes, length, true });
}
