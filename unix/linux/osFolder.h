/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osFolder.h --
 *
 *	The directory in which Linux keeps semaphores, segments, locks, rings
 *	and topics: osFolder.c. Also helpers that read directories.
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
 * OsWritePath writes the path of the file for a name: a prefix, followed by the
 * name without its slashes. Both together must not be longer than NAME_MAX.
 * OsLinkFile links the file of a descriptor to a path; it returns 0 or an errno
 * value.
 */

void	OsWritePath(const char *prefix, const char *name,
	    char path[OS_PATH_SIZE]);
int	OsLinkFile(int fd, const char *path);

/*
 * A scan of the system skips what the caller may not see and what has vanished
 * meanwhile. For an errno value that means one of these, OsUnlessHidden returns
 * 0; any other value it returns unchanged. OsReadEntry is readdir(3); at the
 * end of the directory it stores 0 or an errno value.
 */

int	OsUnlessHidden(int err);
struct dirent *OsReadEntry(DIR *folder, int *errPtr);

int	OsStatFile(int folder, const char *file, struct stat *status);

/*
 * OsCheckFile is for a file in a directory whose name is possible for an object
 * of the family. It returns 0 if the file is such an object, otherwise ENOENT.
 * This depends on the C library: osNamesGlibc.c, osNamesMusl.c.
 */

int	OsCheckFile(const OsFamily *family, int folder, const char *file,
	    const struct stat *status);

int	OsListFolder(const OsFamily *family, int folder, OsFileProc *proc,
	    void *data);

#endif /* OS_FOLDER_H */
