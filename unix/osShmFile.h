/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osShmFile.h --
 *
 *	Creates segments and lets them grow, which differs between systems:
 *	linux/osShmFile.c, posix/osShmFilePosix.c. Functions return 0 or an errno
 *	value.
 */

#ifndef OS_SHM_FILE_H
#define OS_SHM_FILE_H

#include "os.h"

#include <sys/stat.h>

/*
 * OsMakeShmFile creates a segment with the size, the mode (under the umask)
 * and the reservation that a request asks for, and stores a descriptor of it,
 * and stat(2). EEXIST: the name is taken. If it fails, there is no new segment.
 *
 * OsGrowShmFile makes a segment at least size bytes long, and never shorter
 * than it is.
 */

int	OsMakeShmFile(const char *name, const OsShmRequest *request,
	    int *fdPtr, struct stat *status);
int	OsGrowShmFile(int fd, int64_t size);

/*
 * osShmSize.c
 */

int	OsReserveShm(int fd, int64_t size);
int	OsSetShmSize(int fd, int64_t size, bool reserve);
int	OsMakeNamedShmFile(const char *name, const OsShmRequest *request,
	    int *fdPtr, struct stat *status);

#endif /* OS_SHM_FILE_H */
