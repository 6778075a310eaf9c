/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osShmOpen.c --
 *
 *	Opening a segment: shm_overview(7). osShmSize.c gives it a size. New
 *	segments are created in different ways on different systems:
 *	linux/osShmFile.c, posix/osShmFilePosix.c.
 *
 *	Other processes open, resize and unlink segments at any time. A segment
 *	that should only grow is never set to a size that was read earlier,
 *	because that could undo growth by another process.
 */

#include "osShm.h"

#include "osFacts.h"
#include "osObject.h"
#include "osOpen.h"
#include "osShmFile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * StatSegment --
 *
 *	fstat(2) of a segment that was just opened. ENODEV, as for mmap(2): the
 *	file cannot be mapped.
 */

typedef struct OpenRequest {
    const char *name;
    const OsShmRequest *shm;
    int fd;			/* the results */
    struct stat status;
} OpenRequest;

static int
StatSegment(
    OpenRequest *request)
{
    if (fstat(request->fd, &request->status) != 0) {
	return errno;
    }
    return (S_ISFIFO(request->status.st_mode)
	    || S_ISDIR(request->status.st_mode)
	    || S_ISCHR(request->status.st_mode)
	    || S_ISBLK(request->status.st_mode)) ? ENODEV : 0;
}

/*
 * OpenSegment --
 *
 *	shm_open(3), in the form that OsOpenOrCreate calls. If the system allows
 *	it, a new segment is complete before it appears. If segments are files,
 *	anybody can put something else into their directory; opening a FIFO
 *	there must not block.
 */

static int
OpenSegment(
    void *data,
    int flags)
{
    OpenRequest *request = data;
    const OsShmRequest *shm = request->shm;
    int err;

    if (flags & OS_EXCL) {
	return OsMakeShmFile(request->name, shm, &request->fd,
		&request->status);
    }
    request->fd = shm_open(request->name, (shm->readonly ? O_RDONLY : O_RDWR)
	    | (((shm->flags & OS_TRUNC) && !shm->reserve) ? O_TRUNC : 0)
	    | ((flags & OS_CREAT) ? O_CREAT : 0) | osSegmentFlags, shm->mode);
    if (request->fd < 0) {
	return errno;
    }
    err = StatSegment(request);
    if (err != 0) {
	close(request->fd);
    }
    return err;
}

/*
 * CheckSize --
 *
 *	Checks that a segment may have size bytes. Returns EFBIG if the system
 *	cannot represent that number, or if the process may not write so large a
 *	file: exceeding that limit (RLIMIT_FSIZE) would not only fail with
 *	EFBIG, but also raise a signal that kills the process.
 */

static int
CheckSize(
    int64_t size)
{
    return ((off_t) size != size || (size > 0
	    && size > OsGetFact(OS_FILE_BYTES_MAX))) ? EFBIG : 0;
}

/*
 * HasSize --
 *
 *	Returns whether a segment has exactly size bytes.
 */

static bool
HasSize(
    int fd,
    int64_t size)
{
    struct stat status;

    return fstat(fd, &status) == 0 && status.st_size == size;
}

/*
 * ResizeExisting --
 *
 *	Gives an existing segment the size that an open asks for. If it already
 *	has that size, ftruncate(2) would only make it look newer. Reserving
 *	memory also makes the segment grow. To grow it first would leave it
 *	larger if there is no memory. For the same reason, it is not truncated
 *	before memory is reserved.
 */

static int
ResizeExisting(
    int fd,
    const OsShmRequest *request)
{
    struct stat status;
    int err = 0;

    if (request->reserve && (request->flags & OS_TRUNC)) {
	err = OsReserveShm(fd, request->size + request->minSize);
	err = (err == 0) ? OsSetShmSize(fd, 0, false) : err;
    }
    if (err != 0) {
	return err;
    }
    if (request->size != 0) {
	return (!request->reserve && HasSize(fd, request->size)) ? 0
		: OsSetShmSize(fd, request->size, request->reserve);
    }
    if (!request->reserve) {
	return (request->minSize != 0) ? OsGrowShmFile(fd, request->minSize)
		: 0;
    }
    if (fstat(fd, &status) != 0) {
	return errno;
    }
    return OsReserveShm(fd, (status.st_size > request->minSize) ? status.st_size
	    : request->minSize);
}

/*
 * OsShmOpen --
 *
 *	shm_open(3) of a segment, which gets the size that the request asks
 *	for. A new segment that cannot be completed is removed.
 *
 *	EACCES: the request would change the segment, which readonly forbids.
 *	EINVAL: size and minSize exclude each other. EFBIG: no segment can have
 *	that size. ENOSPC: there is not enough memory to reserve. EPROTOTYPE:
 *	see OsCheckFamily.
 */

int
OsShmOpen(
    const char *name,
    const OsShmRequest *request,
    OsObject *object,
    OsShm **shmPtr)
{
    OpenRequest open = { .name = name, .shm = request };
    bool created = false;
    OsShm *shm;
    int err;

    if (request->readonly && (request->size != 0 || request->minSize != 0
	    || request->reserve || (request->flags & OS_TRUNC))) {
	return EACCES;
    }
    if (request->size != 0 && request->minSize != 0) {
	return EINVAL;
    }
    err = CheckSize(request->size + request->minSize);
    if (err == 0 && !(request->flags & OS_EXCL)) {
	err = OsCheckFamily(&osShmFamily, name);
    }
    if (err != 0) {
	return err;
    }
    shm = calloc(1, sizeof(*shm));
    if (shm == NULL) {
	return ENOMEM;
    }
    err = OsOpenOrCreate(OpenSegment, &open, request->flags, &created);
    if (err != 0) {
	free(shm);
	return (request->flags & OS_CREAT) ? OsExplainCreate(err) : err;
    }
    shm->fd = open.fd;
    shm->readonly = request->readonly;
    shm->reserve = request->reserve;
    err = created ? 0 : ResizeExisting(shm->fd, request);
    if (err != 0) {
	OsShmClose(shm);
	return err;
    }
    OsNoteObject(object, &osShmFamily, shm->fd, created, &open.status);
    *shmPtr = shm;
    return 0;
}

/*
 * OsShmClose --
 *
 *	munmap(2) and close(2). shm is freed even if an error is returned.
 */

int
OsShmClose(
    OsShm *shm)
{
    int err;

    OsShmUnmap(shm);
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
    if (OsCheckFamily(&osShmFamily, name) != 0) {
	return ENOENT;
    }
    return (shm_unlink(name) == 0) ? 0 : errno;
}

/*
 * OsShmResize --
 *
 *	ftruncate(2) to size bytes, which are reserved first if the open asked
 *	for that. The next access may find that memory is gone.
 *
 *	EACCES: opened for reading only. EFBIG: see CheckSize.
 */

int
OsShmResize(
    OsShm *shm,
    int64_t size)
{
    int err = shm->readonly ? EACCES : CheckSize(size);

    if (err == 0) {
	err = OsSetShmSize(shm->fd, size, shm->reserve);
    }
    return (err == 0) ? OsGuardInstall() : err;
}
