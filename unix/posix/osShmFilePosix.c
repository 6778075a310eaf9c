/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osShmFilePosix.c --
 *
 *	Creates segments on systems about which only shm_open(3) is known. There
 *	a segment gets its name before it gets its size.
 */

#include "osShmFile.h"

#include <errno.h>

/*
 * OsMakeShmFile, OsGrowShmFile --
 *
 *	See osShmFile.h. OsGrowShmFile reads the size first, so it can undo
 *	growth by another process at the same time.
 */

int
OsMakeShmFile(
    const char *name,
    const OsShmRequest *request,
    int *fdPtr,
    struct stat *status)
{
    return OsMakeNamedShmFile(name, request, fdPtr, status);
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
