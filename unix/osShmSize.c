/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osShmSize.c --
 *
 *	Makes a segment by shm_open(3), and gives it a size and memory:
 *	ftruncate(2), posix_fallocate(3).
 */

#include "osShmFile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * OsReserveShm --
 *
 *	posix_fallocate(3) of the first size bytes, which never shrinks a
 *	segment. ENOSPC: there is not enough memory; the size stays the same.
 *	ENOSYS: the system has no such call for segments.
 */

int
OsReserveShm(
    int fd,
    int64_t size)
{
#ifdef HAVE_POSIX_FALLOCATE
    int err = 0;

    if (size > 0) {
	do {
	    err = posix_fallocate(fd, 0, (off_t) size);
	} while (err == EINTR);
    }
    return (err == EOPNOTSUPP || err == ENODEV || err == EINVAL) ? ENOSYS : err;
#else
    (void) fd;
    return (size > 0) ? ENOSYS : 0;
#endif
}

/*
 * Fits --
 *
 *	Returns whether a segment already has size bytes, rounded up to whole
 *	pages.
 */

static bool
Fits(
    int fd,
    int64_t size)
{
    struct stat status;

    return fstat(fd, &status) == 0 && status.st_size >= size
	    && status.st_size - size < OsGetFact(OS_PAGE_SIZE);
}

/*
 * OsSetShmSize --
 *
 *	ftruncate(2) to size bytes, which are reserved first if asked for. macOS
 *	rounds the size up to whole pages and lets it be set once; later it
 *	returns EINVAL.
 */

int
OsSetShmSize(
    int fd,
    int64_t size,
    bool reserve)
{
    int err = reserve ? OsReserveShm(fd, size) : 0;

    while (err == 0 && ftruncate(fd, (off_t) size) != 0) {
	int failure = errno;	/* before Fits makes calls */

	if (failure == EINVAL && Fits(fd, size)) {
	    return 0;
	}
	err = (failure != EINTR) ? failure : 0;
    }
    return err;
}

/*
 * OsMakeNamedShmFile --
 *
 *	OsMakeShmFile, by a segment that has its name before it has its size.
 */

int
OsMakeNamedShmFile(
    const char *name,
    const OsShmRequest *request,
    int *fdPtr,
    struct stat *status)
{
    int64_t size = request->size + request->minSize;
    int fd = shm_open(name, (request->readonly ? O_RDONLY : O_RDWR)
	    | O_CREAT | O_EXCL, request->mode);
    int err;

    if (fd < 0) {
	return errno;
    }
    err = (size != 0) ? OsSetShmSize(fd, size, request->reserve) : 0;
    if (err == 0 && fstat(fd, status) != 0) {
	err = errno;
    }
    if (err != 0) {
	close(fd);
	shm_unlink(name);
	return err;
    }
    *fdPtr = fd;
    return 0;
}
