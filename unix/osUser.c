/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osUser.c --
 *
 *	Names of users and groups: getpwuid_r(3), getgrgid_r(3).
 */

#include "os.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * OsGetUserName, OsGetGroupName --
 *
 *	Write the name that belongs to a number into name, which has room for
 *	size bytes; if there is no name, the number itself.
 */

void
OsGetUserName(
    uid_t uid,
    char *name,
    size_t size)
{
    struct passwd entry, *found = NULL;
    char room[4096];

    if (getpwuid_r(uid, &entry, room, sizeof(room), &found) == 0
	    && found != NULL) {
	snprintf(name, size, "%s", entry.pw_name);
    } else {
	snprintf(name, size, "%lu", (unsigned long) uid);
    }
}

void
OsGetGroupName(
    gid_t gid,
    char *name,
    size_t size)
{
    struct group entry, *found = NULL;
    char room[16384];

    if (getgrgid_r(gid, &entry, room, sizeof(room), &found) == 0
	    && found != NULL) {
	snprintf(name, size, "%s", entry.gr_name);
    } else {
	snprintf(name, size, "%lu", (unsigned long) gid);
    }
}

/*
 * OsFindGroup --
 *
 *	Stores the number of a group, given by name or in decimal: getgrnam_r(3).
 *	EINVAL: there is no such group.
 */

int
OsFindGroup(
    const char *name,
    gid_t *gidPtr)
{
    struct group entry, *found = NULL;
    char room[16384], *end;
    unsigned long number;

    if (getgrnam_r(name, &entry, room, sizeof(room), &found) == 0
	    && found != NULL) {
	*gidPtr = found->gr_gid;
	return 0;
    }
    errno = 0;
    number = strtoul(name, &end, 10);
    if (name[0] < '0' || name[0] > '9' || *end != '\0' || errno != 0
	    || number >= UINT32_MAX) {	/* chown(2): -1 is not a group */
	return EINVAL;
    }
    *gidPtr = (gid_t) number;
    return 0;
}
