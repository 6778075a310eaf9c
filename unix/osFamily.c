/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osFamily.c --
 *
 *	Lists the objects of a family, and reads the facts about one of them,
 *	through the family's catalog (osFamily.h).
 *
 *	Looking changes nothing: no object is created, no message is taken, and
 *	the time of access stays the same if the system allows that.
 */

#include "osFamily.h"

#include <errno.h>

/*
 * OsListNames --
 *
 *	Calls proc with the name of each object of a family that can be opened,
 *	permissions aside. ENOSYS: the system has no way to list them.
 */

typedef struct NameListing {
    OsNameProc *proc;
    void *data;
} NameListing;

static int
PassName(
    void *data,
    const char *name,
    dev_t device,
    ino_t inode)
{
    const NameListing *listing = data;

    (void) device;
    (void) inode;
    return listing->proc(listing->data, name);
}

int
OsListNames(
    const OsFamily *family,
    OsNameProc *proc,
    void *data)
{
    NameListing listing = { proc, data };

    return (family->catalog->list == NULL) ? ENOSYS
	    : family->catalog->list(family, PassName, &listing);
}

/*
 * OsGetInfo --
 *
 *	Stores the facts about the object with a name. ENOENT: no object has
 *	that name. ENOSYS: the system has no way to report them.
 */

int
OsGetInfo(
    const OsFamily *family,
    const char *name,
    OsInfo *info)
{
    struct stat status = { 0 };
    int err;

    *info = (OsInfo) { .known = 0 };
    if (family->catalog->look == NULL) {
	return ENOSYS;
    }
    err = family->catalog->look(family, name, &status, info);
    if (err != 0) {
	return err;
    }
    info->device = status.st_dev;
    info->inode = status.st_ino;
    info->mode = status.st_mode & 07777;
    info->uid = status.st_uid;
    info->gid = status.st_gid;
    info->mtime = status.st_mtime;
    if (family->hasFileSize) {
	info->size = status.st_size;
	info->known |= OS_INFO_SIZE;
    }
    return 0;
}
