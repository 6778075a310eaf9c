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
 * FindGroup --
 *
 *	Finds a group by its name or, if that is NULL, by its number. An entry
 *	has the names of all members, so it can be long. Returns memory that
 *	entry refers to, which the caller frees; NULL if there is no such group.
 */

static char *
FindGroup(
    const char *name,
    gid_t gid,
    struct group *entry)
{
    const size_t most = 1 << 24;
    struct group *found = NULL;
    char *room = NULL, *larger;
    int err = ERANGE;

    for (size_t size = 1 << 12; err == ERANGE && size <= most; size *= 8) {
	larger = realloc(room, size);
	if (larger == NULL) {
	    break;
	}
	room = larger;
	err = (name != NULL) ? getgrnam_r(name, entry, room, size, &found)
		: getgrgid_r(gid, entry, room, size, &found);
    }
    if (err != 0 || found == NULL) {
	free(room);
	return NULL;
    }
    return room;
}

/*
 * OsGetUserName, OsGetGroupName --
 *
 *	Write the name that belongs to a number into name, which has room for
 *	size bytes. If there is no such name, write the number itself.
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
    struct group entry;
    char *room = FindGroup(NULL, gid, &entry);

    if (room != NULL) {
	snprintf(name, size, "%s", entry.gr_name);
    } else {
	snprintf(name, size, "%lu", (unsigned long) gid);
    }
    free(room);
}

/*
 * OsFindGroup --
 *
 *	Stores the number of a group, given by name or in decimal:
 *	getgrnam_r(3). EINVAL: there is no such group.
 */

int
OsFindGroup(
    const char *name,
    gid_t *gidPtr)
{
    struct group entry;
    char *room = FindGroup(name, 0, &entry), *end;
    unsigned long number;

    if (room != NULL) {
	*gidPtr = entry.gr_gid;
	free(room);
	return 0;
    }
    errno = 0;
    number = strtoul(name, &end, 10);
    if (name[0] < '0' || name[0] > '9' || *end != '\0' || errno != 0
	    || number >= UINT32_MAX) {	/* (gid_t) -1: no change */
	return EINVAL;
    }
    *gidPtr = (gid_t) number;
    return 0;
}
