/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osSegmentFileShm.c --
 *
 *	Files of segments on systems about which only shm_open(3) is known.
 *	There a new segment gets its name before it is complete, which segment.c
 *	handles.
 */

#include "osFacts.h"
#include "shared/segmentFile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const bool osSegmentFileIsAtomic = false;

/*
 * Open --
 *
 *	shm_open(3) of a name that lacks its slash. Stores the descriptor twice.
 */

static int
Open(
    const char *name,
    int flags,
    mode_t mode,
    OsSegmentFile *file)
{
    char path[512];
    struct stat status;

    if (snprintf(path, sizeof(path), "/%s", name) >= (int) sizeof(path)) {
	return ENAMETOOLONG;
    }
    file->map = file->life = shm_open(path, flags, mode);
    if (file->map < 0) {
	return (errno == ELOOP || errno == EISDIR || errno == ENXIO)
		? ENODEV : errno;
    }
    if (fstat(file->map, &status) == 0 && (S_ISFIFO(status.st_mode)
	    || S_ISDIR(status.st_mode) || S_ISCHR(status.st_mode)
	    || S_ISBLK(status.st_mode) || S_ISSOCK(status.st_mode))) {
	close(file->map);
	return ENODEV;
    }
    return 0;
}

/*
 * OsSegmentFileOpen, OsSegmentFileCreate, OsSegmentFilePublish --
 *
 *	See segmentFile.h. There is nothing to publish.
 */

int
OsSegmentFileOpen(
    const char *name,
    bool readonly,
    OsSegmentFile *file)
{
    return Open(name, (readonly ? O_RDONLY : O_RDWR) | osSegmentFlags, 0, file);
}

int
OsSegmentFileCreate(
    const char *name,
    mode_t mode,
    OsSegmentFile *file)
{
    return Open(name, O_RDWR | O_CREAT | O_EXCL, mode, file);
}

int
OsSegmentFilePublish(
    const char *name,
    const OsSegmentFile *file)
{
    (void) name;
    (void) file;
    return 0;
}

/*
 * OsSegmentFileUnlink --
 *
 *	shm_unlink(3).
 */

int
OsSegmentFileUnlink(
    const char *name)
{
    char path[512];

    if (snprintf(path, sizeof(path), "/%s", name) >= (int) sizeof(path)) {
	return ENAMETOOLONG;
    }
    return (shm_unlink(path) == 0) ? 0 : errno;
}
