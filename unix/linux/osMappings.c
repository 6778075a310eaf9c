/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osMappings.c --
 *
 *	The files that a process has mapped, from /proc/PID/maps, proc(5).
 *	Device and inode identify a file, whatever its path is now.
 */

#include "osMappings.h"

#include "osFolder.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/*
 * ParseMapping --
 *
 *	Parses a line of /proc/PID/maps. Returns whether it is well-formed.
 */

static bool
ParseMapping(
    const char *line,
    OsMapping *mapping)
{
    unsigned major, minor;
    unsigned long long inode;

    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %*s %x:%x %llu",
	    &mapping->start, &mapping->end, &major, &minor, &inode) != 5) {
	return false;
    }
    mapping->device = makedev(major, minor);
    mapping->inode = (ino_t) inode;
    return true;
}

/*
 * ReadLine --
 *
 *	getline(3). At the end of the file it returns false and stores 0, or
 *	the errno value of a failure.
 */

static bool
ReadLine(
    FILE *file,
    char **linePtr,
    size_t *roomPtr,
    int *errPtr)
{
    if (getline(linePtr, roomPtr, file) > 0) {
	return true;
    }
    *errPtr = feof(file) ? 0 : OsUnlessHidden(errno);
    return false;
}

/*
 * OsScanMappings --
 *
 *	Calls proc for each file that a process has mapped, until proc does not
 *	return 0. Closes fd, the process's file maps.
 */

int
OsScanMappings(
    int fd,
    OsMappingProc *proc,
    void *data)
{
    FILE *maps = fdopen(fd, "r");
    char *line = NULL;
    size_t room = 0;
    int err = 0;

    if (maps == NULL) {
	err = errno;
	close(fd);
	return err;
    }
    while (err == 0 && ReadLine(maps, &line, &room, &err)) {
	OsMapping mapping;

	if (ParseMapping(line, &mapping) && mapping.inode != 0) {
	    err = proc(data, &mapping);
	}
    }
    free(line);
    fclose(maps);
    return err;
}
