/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osShmFile.c --
 *
 *	Creates segments on Linux. A segment is created as a file without a
 *	name, by open(2) with O_TMPFILE. It gets its size, and then its name by
 *	linkat(2). So no process can open an incomplete segment, and a process
 *	that dies leaves none behind.
 */

#include "osFolder.h"
#include "osShmFile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * CheckLength --
 *
 *	EINVAL: shm_open(3) cannot open a name of that length. glibc before 2.34
 *	allows two bytes fewer than a file name may have.
 */

static int
CheckLength(
    const char *name)
{
    int fd;

    if (strlen(name + strspn(name, "/")) <= NAME_MAX - 2) {
	return 0;
    }
    fd = shm_open(name, O_RDONLY | O_NONBLOCK, 0);
    if (fd < 0) {
	return (errno == EINVAL) ? EINVAL : 0;
    }
    close(fd);
    return 0;
}

/*
 * OpenByName --
 *
 *	Opens a file that has just received its name a second time, because
 *	/proc does not show the name for the first descriptor. Returns the new
 *	descriptor. If the file cannot be opened, or the name already refers to
 *	another file, returns the first one.
 */

static int
OpenByName(
    int fd,
    const char *path,
    const struct stat *status)
{
    int named = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat found;

    if (named < 0) {
	return fd;
    }
    if (fstat(named, &found) == 0 && found.st_ino == status->st_ino
	    && found.st_dev == status->st_dev) {
	close(fd);
	return named;
    }
    close(named);
    return fd;
}

/*
 * OsMakeShmFile --
 *
 *	See osShmFile.h. A segment without a size is complete when it is made.
 *	If memory is to be reserved, an existing segment is detected before
 *	that, so that no memory is reserved needlessly; otherwise linkat(2)
 *	detects it soon enough.
 */

int
OsMakeShmFile(
    const char *name,
    const OsShmRequest *request,
    int *fdPtr,
    struct stat *status)
{
    int64_t size = request->size + request->minSize;
    char path[OS_PATH_SIZE];
    int fd, err;

    if (size == 0) {
	return OsMakeNamedShmFile(name, request, fdPtr, status);
    }
    err = CheckLength(name);
    if (err != 0) {
	return err;
    }
    OsWritePath("", name, path);
    if (request->reserve
	    && faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
	return EEXIST;
    }
    fd = open(OS_SHM_FOLDER, O_TMPFILE | O_RDWR | O_CLOEXEC, request->mode);
    if (fd < 0) {
	return errno;
    }
    err = OsSetShmSize(fd, size, request->reserve);
    if (err == 0) {
	err = (fstat(fd, status) == 0) ? OsLinkFile(fd, path) : errno;
    }
    if (err != 0) {
	close(fd);
	return err;
    }
    *fdPtr = OpenByName(fd, path, status);
    return 0;
}

/*
 * OsGrowShmFile --
 *
 *	Uses fallocate(2) for the last byte, which never makes a file shorter.
 */

int
OsGrowShmFile(
    int fd,
    int64_t size)
{
    struct stat status;

    if (fstat(fd, &status) == 0 && status.st_size >= size) {
	return 0;
    }
    while (fallocate(fd, 0, (off_t) size - 1, 1) != 0) {
	if (errno != EINTR) {
	    return errno;
	}
    }
    return 0;
}
