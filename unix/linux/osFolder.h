/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osFolder.h --
 *
 *	The folder in which Linux keeps semaphores, segments, locks, rings and
 *	topics: osFolder.c. Also helpers for reading folders.
 */

#ifndef OS_FOLDER_H
#define OS_FOLDER_H

#include "osFamily.h"

#include <dirent.h>
#include <limits.h>

#define OS_SHM_FOLDER	"/dev/shm"
#define OS_FOLDER_FLAGS	(O_RDONLY | O_DIRECTORY | O_CLOEXEC)
#define OS_PATH_SIZE	(sizeof(OS_SHM_FOLDER "/") + NAME_MAX)

/*
 * OsWritePath writes the path of the file that has a name, less its slashes, after
 * a prefix: both together no longer than NAME_MAX. OsLinkFile gives the file of
 * a descriptor a path; it returns 0 or an errno value.
 */

void	OsWritePath(const char *prefix, const char *name,
	    char path[OS_PATH_SIZE]);
int	OsLinkFile(int fd, const char *path);

/*
 * A scan of the system skips what the caller may not see and what has vanished
 * meanwhile: for an errno value that means this, OsUnlessHidden returns 0.
 * OsReadEntry is readdir(3); at the end of the folder it stores 0 or an errno
 * value.
 */

int	OsUnlessHidden(int err);
struct dirent *OsReadEntry(DIR *folder, int *errPtr);

int	OsStatFile(int folder, const char *file, struct stat *status);

/*
 * OsCheckFile returns 0 if a file in a folder, whose name an object of the
 * family can have, is an object of the family. ENOENT: it is not. This
 * depends on the C library: osNamesGlibc.c, osNamesMusl.c.
 */

int	OsCheckFile(const OsFamily *family, int folder, const char *file,
	    const struct stat *status);

int	OsListFolder(const OsFamily *family, int folder, OsFileProc *proc,
	    void *data);

#endif /* OS_FOLDER_H */
