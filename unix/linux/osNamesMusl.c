/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osNamesMusl.c --
 *
 *	In musl, sem_open and shm_open use the same file for the same name, and
 *	neither checks what the file is. If a semaphore were opened as a
 *	segment, or a segment as a semaphore, it would be overwritten.
 *
 *	musl writes a new semaphore as one sem_t, an array of ints: the value,
 *	the count of waiters, 0 (for "shared between processes"). So a file
 *	counts as a semaphore if it has exactly that size, some of it has been
 *	written, and its second and third ints are possible in a semaphore. A
 *	segment of exactly that size with such contents cannot be distinguished
 *	from a semaphore.
 */

#include "osFolder.h"

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <string.h>
#include <unistd.h>

#define MOST_WAITERS (1 << 22)	/* threads that Linux can have */

/*
 * HasContents --
 *
 *	Returns whether the contents of a file can be those of a semaphore, or
 *	true if the caller may not read the file. Leaves the time of access
 *	unchanged if the system allows that.
 */

static bool
HasContents(
    int folder,
    const char *file)
{
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    int fd = openat(folder, file, flags | O_NOATIME);
    int words[3] = { 0 };
    ssize_t length;

    if (fd < 0 && errno == EPERM) {
	fd = openat(folder, file, flags);
    }
    if (fd < 0) {
	return true;
    }
    length = read(fd, words, sizeof(words));
    close(fd);
    return length == (ssize_t) sizeof(words)
	    && words[1] >= 0 && words[1] <= MOST_WAITERS && words[2] == 0;
}

int
OsCheckFile(
    const OsFamily *family,
    int folder,
    const char *file,
    const struct stat *status)
{
    bool isSem;

    if (family->prefix[0] != '\0') {
	return (status->st_size < (off_t) family->leastSize) ? ENOENT : 0;
    }
    isSem = status->st_size == (off_t) sizeof(sem_t)
	    && status->st_blocks > 0 && HasContents(folder, file);
    return (isSem == (family == &osSemFamily)) ? 0 : ENOENT;
}

/*
 * OsCheckFamily --
 *
 *	See os.h. If the directory is missing, or the file is empty, nothing can
 *	be damaged. So a semaphore that was truncated can be unlinked.
 */

int
OsCheckFamily(
    const OsFamily *family,
    const char *name)
{
    const char *file = name + strspn(name, "/");
    int folder = open(OS_SHM_FOLDER, OS_FOLDER_FLAGS);
    struct stat status;
    int err = 0;

    if (folder < 0) {
	return 0;
    }
    if (OsStatFile(folder, file, &status) == 0 && status.st_size > 0
	    && OsCheckFile(family, folder, file, &status) != 0) {
	err = EPROTOTYPE;
    }
    close(folder);
    return err;
}
