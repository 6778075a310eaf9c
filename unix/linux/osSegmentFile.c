/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osSegmentFile.c --
 *
 *	Files of segments on Linux. A file is created in /dev/shm without a
 *	name, by open(2) with O_TMPFILE, and linked to its name when it is
 *	complete. A process that dies before that leaves nothing behind.
 */

#include "shared/segmentFile.h"

#include "osFolder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const bool osSegmentFileIsAtomic = true;

/*
 * Reopen --
 *
 *	Opens the file of a descriptor again, through its link in /proc. Returns
 *	0 or an errno value.
 */

static int
Reopen(
    int fd,
    int flags,
    int *resultPtr)
{
    char path[40];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    *resultPtr = open(path, flags | O_CLOEXEC);
    return (*resultPtr >= 0) ? 0 : errno;
}

/*
 * CheckRegular --
 *
 *	Returns ENODEV unless the descriptor refers to a regular file.
 */

static int
CheckRegular(
    int fd)
{
    struct stat status;

    if (fstat(fd, &status) != 0) {
	return errno;
    }
    return S_ISREG(status.st_mode) ? 0 : ENODEV;
}

/*
 * OsSegmentFileOpen --
 *
 *	open(2). Anybody can put something else into the directory, so links are
 *	not followed, and opening a FIFO does not block.
 */

int
OsSegmentFileOpen(
    const char *name,
    bool readonly,
    OsSegmentFile *file)
{
    int access = readonly ? O_RDONLY : O_RDWR;
    char path[OS_PATH_SIZE];
    int err;

    OsWritePath("", name, path);
    file->map = open(path, access | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file->map < 0) {
	return (errno == ELOOP || errno == EISDIR || errno == ENXIO)
		? ENODEV : errno;
    }
    err = CheckRegular(file->map);
    if (err == 0) {
	err = Reopen(file->map, access, &file->life);
    }
    if (err != 0) {
	close(file->map);
    }
    return err;
}

/*
 * OsSegmentFileCreate --
 *
 *	open(2) with O_TMPFILE. The second descriptor is opened while the owner
 *	may still write the file. Then the file gets the mode that was
 *	requested, without the bits that the umask removed at the first open.
 */

int
OsSegmentFileCreate(
    const char *name,
    mode_t mode,
    OsSegmentFile *file)
{
    struct stat status;
    int err;

    (void) name;
    file->map = open(OS_SHM_FOLDER, O_TMPFILE | O_RDWR | O_CLOEXEC, mode | 0600);
    if (file->map < 0) {
	return errno;
    }
    err = (fstat(file->map, &status) == 0 && fchmod(file->map, 0600) == 0)
	    ? 0 : errno;
    if (err == 0) {
	err = Reopen(file->map, O_RDWR, &file->life);
    }
    if (err == 0 && fchmod(file->map, status.st_mode & mode & 07777) != 0) {
	err = errno;
	close(file->life);
    }
    if (err != 0) {
	close(file->map);
    }
    return err;
}

/*
 * OsSegmentFilePublish --
 *
 *	OsLinkFile.
 */

int
OsSegmentFilePublish(
    const char *name,
    const OsSegmentFile *file)
{
    char path[OS_PATH_SIZE];

    OsWritePath("", name, path);
    return OsLinkFile(file->map, path);
}

/*
 * OsSegmentFileUnlink --
 *
 *	unlink(2).
 */

int
OsSegmentFileUnlink(
    const char *name)
{
    char path[OS_PATH_SIZE];

    OsWritePath("", name, path);
    return (unlink(path) == 0) ? 0 : errno;
}
