/*
 * osUser.c --
 *
 *	Names of users and groups: getpwuid_r(3), getgrgid_r(3).
 */

#include "os.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>

/*
 * OsGetUserName, OsGetGroupName --
 *
 *	Write the name that belongs to a number into name, which has room for
 *	size bytes; the number itself, where there is no name.
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
