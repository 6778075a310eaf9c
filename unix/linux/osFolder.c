/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osFolder.c --
 *
 *	The directory in which Linux keeps semaphores and segments as files:
 *	shm_overview(7), sem_overview(7). The files of each family have a prefix
 *	of their own. Segments have no prefix, so a file whose name begins with
 *	another family's prefix is not a segment.
 */

#include "osFolder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int
OsUnlessHidden(
    int err)
{
    return (err == EACCES || err == EPERM || err == ENOENT || err == ESRCH)
	    ? 0 : err;
}

struct dirent *
OsReadEntry(
    DIR *folder,
    int *errPtr)
{
    struct dirent *entry;

    errno = 0;
    entry = readdir(folder);
    *errPtr = (entry == NULL) ? errno : 0;
    return entry;
}

void
OsWritePath(
    const char *prefix,
    const char *name,
    char path[OS_PATH_SIZE])
{
    stpcpy(stpcpy(stpcpy(path, OS_SHM_FOLDER "/"), prefix),
	    name + strspn(name, "/"));
}

/*
 * GetPath --
 *
 *	Writes the path of an object's file. ENAMETOOLONG: it is longer than the
 *	path of any file can be.
 */

static int
GetPath(
    const OsFamily *family,
    const char *name,
    char path[OS_PATH_SIZE])
{
    if (strlen(family->prefix) + strlen(name + strspn(name, "/")) > NAME_MAX) {
	return ENAMETOOLONG;
    }
    OsWritePath(family->prefix, name, path);
    return 0;
}

/*
 * OsLinkFile --
 *
 *	Gives the file of a descriptor a name. Linking by the descriptor itself
 *	requires a privilege on older kernels; linking by its path in /proc does
 *	not.
 */

int
OsLinkFile(
    int fd,
    const char *path)
{
    char link[40];

    if (linkat(fd, "", AT_FDCWD, path, AT_EMPTY_PATH) == 0) {
	return 0;
    }
    if (errno != ENOENT && errno != EPERM) {
	return errno;
    }
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    return (linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0)
	    ? 0 : errno;
}

/*
 * OsExplainCreate --
 *
 *	See osFamily.h. If the directory is missing, the C library returns
 *	ENOENT, which would mean that the object does not exist and can be
 *	created; glibc before 2.34 returns ENOSYS. glibc's sem_open(3) also
 *	returns ENOENT if it may not search the directory.
 */

int
OsExplainCreate(
    int err)
{
    struct statvfs folder;

    if (err == ENOENT || err == EOPNOTSUPP || err == ENOSYS) {
	struct stat status;

	if (stat(OS_SHM_FOLDER, &status) != 0 || !S_ISDIR(status.st_mode)) {
	    return EPFNOSUPPORT;
	}
	return (err == ENOENT && faccessat(AT_FDCWD, OS_SHM_FOLDER, X_OK,
		AT_EACCESS) != 0) ? errno : err;
    }
    return (err == EROFS && statvfs(OS_SHM_FOLDER, &folder) == 0
	    && (folder.f_flag & ST_RDONLY)) ? EPFNOSUPPORT : err;
}

/*
 * OsStatFile --
 *
 *	stat(2) of a file, by its path or by its name in a directory. ENOENT:
 *	there is no such file, or it cannot be an object.
 */

int
OsStatFile(
    int folder,
    const char *file,
    struct stat *status)
{
    if (fstatat(folder, file, status, AT_SYMLINK_NOFOLLOW) != 0) {
	return errno;
    }
    return S_ISREG(status->st_mode) ? 0 : ENOENT;
}

/*
 * HasPrefix, IsOfFamily --
 *
 *	HasPrefix returns whether the name of a file begins with a prefix.
 *	IsOfFamily returns whether it is the name of an object of a family.
 */

static bool
HasPrefix(
    const char *file,
    const char *prefix)
{
    return strncmp(file, prefix, strlen(prefix)) == 0;
}

static bool
IsOfFamily(
    const OsFamily *family,
    const char *file)
{
    if (family->catalog == &osFolderCatalog && family->prefix[0] == '\0') {
	return (OS_SEM_PREFIX[0] == '\0' || !HasPrefix(file, OS_SEM_PREFIX))
		&& !HasPrefix(file, OS_OWN_PREFIX);
    }
    return HasPrefix(file, family->prefix)
	    && file[strlen(family->prefix)] != '\0';
}

/*
 * CheckObject --
 *
 *	Returns 0 if an entry of a directory is an object of a family that can
 *	be opened, that is, a file that is large enough; otherwise ENOENT. Most
 *	entries contain the type of the file; that of any other needs a stat(2).
 */

static int
CheckObject(
    const OsFamily *family,
    int folder,
    const struct dirent *entry)
{
    struct stat status;
    int err;

    if (!IsOfFamily(family, entry->d_name)) {
	return ENOENT;
    }
    if (family->leastSize == 0 && OS_SEM_PREFIX[0] != '\0'
	    && entry->d_type != DT_UNKNOWN) {
	return (entry->d_type == DT_REG) ? 0 : ENOENT;
    }
    err = OsStatFile(folder, entry->d_name, &status);
    return (err == 0) ? OsCheckFile(family, folder, entry->d_name, &status)
	    : err;
}

/*
 * OsListFolder --
 *
 *	Calls proc with the name of each object of a family that has a file in
 *	the directory folder, and closes folder.
 */

int
OsListFolder(
    const OsFamily *family,
    int folder,
    OsFileProc *proc,
    void *data)
{
    DIR *files = fdopendir(folder);
    size_t prefixLength = strlen(family->prefix);
    struct dirent *entry;
    struct stat status;
    int err = 0;

    if (files == NULL) {
	err = errno;
	close(folder);
	return err;
    }
    if (fstat(folder, &status) != 0) {
	err = errno;
    }
    while (err == 0 && (entry = OsReadEntry(files, &err)) != NULL) {
	char name[NAME_MAX + 2];

	err = CheckObject(family, folder, entry);
	if (err == 0) {
	    stpcpy(stpcpy(name, "/"), entry->d_name + prefixLength);
	    err = proc(data, name, status.st_dev, entry->d_ino);
	} else {
	    err = OsUnlessHidden(err);
	}
    }
    closedir(files);
    return err;
}

/*
 * ListFolderObjects --
 *
 *	For osFolderCatalog.
 */

static int
ListFolderObjects(
    const OsFamily *family,
    OsFileProc *proc,
    void *data)
{
    int folder = open(OS_SHM_FOLDER, OS_FOLDER_FLAGS);

    return (folder < 0) ? OsExplainCreate(errno)
	    : OsListFolder(family, folder, proc, data);
}

/*
 * ReadFile --
 *
 *	Lets the family read an object's file, if the caller may read it. Leaves
 *	the time of access unchanged if the system allows that. Returns 0 or an
 *	errno value.
 */

static int
ReadFile(
    const OsFamily *family,
    const char *path,
    OsInfo *info)
{
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    int fd = open(path, flags | O_NOATIME);

    if (fd < 0 && errno == EPERM) {
	fd = open(path, flags);
    }
    if (fd < 0) {
	return OsUnlessHidden(errno);
    }
    family->readFile(fd, info);
    close(fd);
    return 0;
}

/*
 * LookAtFile, StatObject, OpenPath --
 *
 *	For osFolderCatalog.
 */

static int
LookAtFile(
    const OsFamily *family,
    const char *name,
    struct stat *status,
    OsInfo *info)
{
    char path[OS_PATH_SIZE];
    int err = GetPath(family, name, path);

    if (err == 0) {
	err = OsStatFile(AT_FDCWD, path, status);
    }
    if (err == 0 && OsCheckFamily(family, name) != 0) {
	err = ENOENT;
    }
    return (err == 0 && family->readFile != NULL)
	    ? ReadFile(family, path, info) : err;
}

static int
StatObject(
    const OsFamily *family,
    const char *name,
    struct stat *status)
{
    char path[OS_PATH_SIZE];
    int err = GetPath(family, name, path);

    return (err == 0) ? OsStatFile(AT_FDCWD, path, status) : err;
}

static int
OpenPath(
    const OsFamily *family,
    const char *name,
    int *fdPtr)
{
    char path[OS_PATH_SIZE];
    int err = GetPath(family, name, path);

    if (err == 0) {
	*fdPtr = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	err = (*fdPtr < 0) ? errno : 0;
    }
    return err;
}

/*
 * StatFileDescriptor --
 *
 *	For osFolderCatalog. A process in a chroot or a container can have the
 *	object open under any path, so this examines every file, by statx(2),
 *	which does not have to wait for an unreachable file server.
 */

static int
StatFileDescriptor(
    int folder,
    const char *descriptor,
    const char *link,
    struct stat *status)
{
    if (link[0] != '/' || (HasPrefix(link, "/dev/")
	    && !HasPrefix(link, OS_SHM_FOLDER "/"))) {
	return ENOENT;
    }
#ifdef HAVE_STATX
    struct statx file;

    if (statx(folder, descriptor, AT_STATX_DONT_SYNC, STATX_INO, &file)
	    == 0) {
	status->st_dev = makedev(file.stx_dev_major, file.stx_dev_minor);
	status->st_ino = file.stx_ino;
	return 0;
    }
    if (errno != ENOSYS) {
	return errno;
    }
#endif
    return (fstatat(folder, descriptor, status, 0) == 0) ? 0 : errno;
}

const OsCatalog osFolderCatalog = {
    .list = ListFolderObjects,
    .look = LookAtFile,
    .stat = StatObject,
    .openPath = OpenPath,
    .statDescriptor = StatFileDescriptor
};
