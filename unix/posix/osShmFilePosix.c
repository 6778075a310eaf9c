/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osShmFilePosix.c --
 *
 *	Creates segments on systems about which nothing but shm_open(3) is
 *	known: a segment has its name before it has its size.
 */

#include "osShmFile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * OsMakeShmFile, OsGrowShmFile --
 *
 *	See osShmFile.h. Growing reads the size first, so it can undo what
 *	another process does at the same time.
 */

int
OsMakeShmFile(
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

int
OsGrowShmFile(
    int fd,
    int64_t size)
{
    struct stat status;

    if (fstat(fd, &status) != 0) {
	return errno;
    }
    return (status.st_size >= size) ? 0 : OsSetShmSize(fd, size, false);
}
