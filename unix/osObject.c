/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osObject.c --
 *
 *	An open object, apart from what its family does with it: whether its
 *	name still refers to it, its permissions and owner.
 *
 *	A name can be removed and given to another object at any time, so an
 *	object is identified by its device and inode, which are noted when it is
 *	opened. Comparing them and then acting by name takes two steps, and
 *	another process can replace the object in between. So an object that has
 *	a descriptor is reached through it; a semaphore has none.
 */

#include "osObject.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/*
 * StatName --
 *
 *	stat(2) of the object that has a name now. ENOENT: no object has the
 *	name. ENOSYS: the system provides no way to do this.
 */

static int
StatName(
    const OsObject *object,
    const char *name,
    struct stat *status)
{
    const OsCatalog *catalog = object->family->catalog;

    return (catalog->stat == NULL) ? ENOSYS
	    : catalog->stat(object->family, name, status);
}

/*
 * IsSame, CompareName --
 *
 *	IsSame returns whether status is that of an object. CompareName is
 *	StatName, but returns other if another object has the name. ENOSYS: the
 *	system provides no way to compare them, or did not report which object
 *	was opened, for example because another process removed the name at
 *	once.
 */

static bool
IsSame(
    const OsObject *object,
    const struct stat *status)
{
    return status->st_dev == object->device
	    && status->st_ino == object->inode;
}

static int
CompareName(
    const OsObject *object,
    const char *name,
    struct stat *status,
    int other)
{
    int err = StatName(object, name, status);

    return (err != 0) ? err : (object->inode == 0) ? ENOSYS
	    : IsSame(object, status) ? 0 : other;
}

/*
 * OsNoteBeforeClose --
 *
 *	Notes which object is open, if that is not known yet and the system
 *	reports it. Calls that use the name after the object is closed need
 *	this.
 */

void
OsNoteBeforeClose(
    OsObject *object)
{
    struct stat status;

    if (object->inode == 0 && object->fd >= 0
	    && fstat(object->fd, &status) == 0) {
	object->device = status.st_dev;
	object->inode = status.st_ino;
    }
}

/*
 * OsCheckLink --
 *
 *	Returns 0 if name still refers to an object, open or closed. ENOENT: no
 *	object has the name, or the object is gone and the system cannot report
 *	which object has the name now. ESTALE: another object has the name.
 *	ENOSYS, EACCES and others: this cannot be determined.
 */

int
OsCheckLink(
    const OsObject *object,
    const char *name)
{
    struct stat status;
    int err;

    if (object->fd >= 0 && object->family->hasOneName) {
	if (fstat(object->fd, &status) != 0) {
	    return errno;
	}
	if (status.st_nlink > 0) {
	    return 0;
	}
	err = StatName(object, name, &status);
	if (err == ENOSYS) {
	    return ENOENT;
	}
	return (err == 0 || err == EACCES) ? ESTALE : err;
    }
    return CompareName(object, name, &status, ESTALE);
}

/*
 * OsStatObject --
 *
 *	Stores the permission bits and the owner of an open object. ENOENT: it
 *	can be reached only by its name, which no longer refers to it.
 */

int
OsStatObject(
    const OsObject *object,
    const char *name,
    OsOwnership *ownership)
{
    struct stat status;
    int err;

    if (object->fd >= 0) {
	err = (fstat(object->fd, &status) == 0) ? 0 : errno;
    } else {
	err = CompareName(object, name, &status, ENOENT);
    }
    if (err == 0) {
	*ownership = (OsOwnership) {
	    status.st_mode & 0777, status.st_uid, status.st_gid
	};
    }
    return err;
}

/*
 * ChangeByPath --
 *
 *	For an object that can be reached only by its name: calls change with
 *	a path that leads to this object and no other.
 */

static int
ChangeByPath(
    const OsObject *object,
    const char *name,
    int (*change)(const char *path, const void *value),
    const void *value)
{
    const OsCatalog *catalog = object->family->catalog;
    struct stat status;
    char path[32];
    int fd, err;

    if (catalog->openPath == NULL || object->inode == 0) {
	return ENOSYS;
    }
    err = catalog->openPath(object->family, name, &fd);
    if (err != 0) {
	return err;
    }
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (fstat(fd, &status) != 0) {
	err = errno;
    } else if (!IsSame(object, &status)) {
	err = ENOENT;
    } else if (change(path, value) != 0) {
	err = errno;
    }
    close(fd);
    return err;
}

static int
ChangeMode(
    const char *path,
    const void *mode)
{
    return chmod(path, *(const mode_t *) mode);
}

static int
ChangeGroup(
    const char *path,
    const void *gid)
{
    return chown(path, (uid_t) -1, *(const gid_t *) gid);
}

/*
 * OsSetMode, OsSetGroup --
 *
 *	fchmod(2) and fchown(2) of an open object. EPERM: the caller does not
 *	own it. EACCES: the caller does, but is not a member of the group.
 *	ENOENT: as for OsStatObject. ENOSYS: the system provides no way to do
 *	this.
 */

int
OsSetMode(
    const OsObject *object,
    const char *name,
    mode_t mode)
{
    if (object->fd < 0) {
	return ChangeByPath(object, name, ChangeMode, &mode);
    }
    return (fchmod(object->fd, mode) == 0) ? 0 : errno;
}

int
OsSetGroup(
    const OsObject *object,
    const char *name,
    gid_t gid)
{
    OsOwnership ownership;
    int err;

    if (object->fd < 0) {
	err = ChangeByPath(object, name, ChangeGroup, &gid);
    } else {
	err = (fchown(object->fd, (uid_t) -1, gid) == 0) ? 0 : errno;
    }
    return (err == EPERM && OsStatObject(object, name, &ownership) == 0
	    && ownership.uid == geteuid()) ? EACCES : err;
}
