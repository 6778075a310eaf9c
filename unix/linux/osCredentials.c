/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osCredentials.c --
 *
 *	Finds out whether a process that the caller may not examine can have
 *	opened an object, from its credentials(7), which everybody may read in
 *	/proc/PID/status.
 */

#include "osCredentials.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The fields of /proc/PID/status that decide whether the process can have
 * opened an object.
 */

typedef struct Credentials {
    bool hasMemory;		/* false: a kernel thread, or a zombie */
    bool isPrivileged;		/* has a capability, or was root */
    unsigned long uids[4];	/* real, effective, saved, of file access */
    unsigned long gids[4];
    char groups[4096];		/* the others, in decimal */
} Credentials;

static bool
ReadCredentials(
    int process,
    Credentials *credentials)
{
    int fd = openat(process, "status", O_RDONLY | O_CLOEXEC);
    FILE *file = (fd < 0) ? NULL : fdopen(fd, "r");
    char line[sizeof(credentials->groups)];
    unsigned long *ids;
    unsigned long long capabilities;

    if (file == NULL) {
	if (fd >= 0) {
	    close(fd);
	}
	return false;
    }
    *credentials = (Credentials) { .hasMemory = false };
    while (fgets(line, sizeof(line), file) != NULL) {
	ids = (strncmp(line, "Uid:", 4) == 0) ? credentials->uids
		: (strncmp(line, "Gid:", 4) == 0) ? credentials->gids : NULL;
	if (ids != NULL) {
	    sscanf(line + 4, "%lu %lu %lu %lu", ids, ids + 1, ids + 2,
		    ids + 3);
	} else if (strncmp(line, "Groups:", 7) == 0) {
	    snprintf(credentials->groups, sizeof(credentials->groups), "%s",
		    line + 7);
	} else if (strncmp(line, "VmSize:", 7) == 0) {
	    credentials->hasMemory = true;
	} else if (sscanf(line, "CapPrm: %llx", &capabilities) == 1) {
	    credentials->isPrivileged = (capabilities != 0);
	}
    }
    fclose(file);
    return true;
}

/*
 * HasId, HasGroup --
 *
 *	Return whether a process has a user id or a group id.
 */

static bool
HasId(
    const unsigned long ids[4],
    unsigned long id)
{
    return ids[0] == id || ids[1] == id || ids[2] == id || ids[3] == id;
}

static bool
HasGroup(
    const Credentials *credentials,
    unsigned long gid)
{
    const char *rest = credentials->groups;
    char *end;

    for (;;) {
	unsigned long group = strtoul(rest, &end, 10);

	if (end == rest) {
	    return HasId(credentials->gids, gid);
	}
	if (group == gid) {
	    return true;
	}
	rest = end;
    }
}

/*
 * OsMayOpen --
 *
 *	Returns whether a process, given by its directory in /proc, may have
 *	opened an object, according to its credentials. If object is NULL, this
 *	means any object. Credentials that have changed prove nothing. They have
 *	changed if the directory in /proc does not belong to the user of the
 *	process.
 */

bool
OsMayOpen(
    int process,
    const OsInfo *object)
{
    Credentials credentials;
    struct stat status;

    if (!ReadCredentials(process, &credentials)) {
	return fstatat(process, "status", &status, 0) == 0;
    }
    if (!credentials.hasMemory) {
	return false;
    }
    if (object == NULL || credentials.isPrivileged
	    || HasId(credentials.uids, 0)
	    || fstat(process, &status) != 0
	    || status.st_uid != credentials.uids[1]
	    || HasId(credentials.uids, object->uid)) {
	return true;
    }
    return (object->mode & (HasGroup(&credentials, object->gid) ? 060 : 06))
	    != 0;
}
