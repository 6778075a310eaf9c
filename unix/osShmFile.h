/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osShmFile.h --
 *
 *	Creating segments and making them grow, which differs between systems:
 *	linux/osShmFile.c, posix/osShmFilePosix.c. Functions return 0 or an
 *	errno value.
 */

#ifndef OS_SHM_FILE_H
#define OS_SHM_FILE_H

#include "os.h"

#include <sys/stat.h>

/*
 * OsMakeShmFile creates a segment with the size, the mode (subject to the
 * umask) and the reservation that a request asks for. It stores a descriptor of
 * the segment and the result of stat(2). EEXIST: the name is in use. If it
 * fails, it leaves no new segment.
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
