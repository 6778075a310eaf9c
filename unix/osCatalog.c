/*
 * osCatalog.c --
 *
 *	Names and facts of the objects in the system, on Linux.
 *
 *	Semaphores and segments are files of a folder, shm_overview(7); of
 *	queues osQueues.c knows.
 *
 *	Looking changes nothing: a semaphore's value is read from a copy of its
 *	file.
 */

#ifdef __linux__

#include "osCatalog.h"

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <string.h>
#include <unistd.h>

static const char semPrefix[] = "sem.";

/*
 * OsUnlessHidden, OsReadEntry --
 *
 *	See osCatalog.h.
 */

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

/*
 * GetPath --
 *
 *	Writes the path of a semaphore's or a segment's file. ENAMETOOLONG: no
 *	file has so long a one.
 */

#define PATH_SIZE (sizeof(OS_SHM_FOLDER "/") + NAME_MAX)

static int
GetPath(
    OsFamily family,
    const char *name,
    char path[PATH_SIZE])
{
    const char *prefix = (family == OS_SEM) ? semPrefix : "";
    const char *file = name + strspn(name, "/");

    if (strlen(prefix) + strlen(file) > NAME_MAX) {
	return ENAMETOOLONG;
    }
    stpcpy(stpcpy(stpcpy(path, OS_SHM_FOLDER "/"), prefix), file);
    return 0;
}

/*
 * OsStatFile --
 *
 *	stat(2) of a file, by its path or its name in a folder. ENOENT: there
 *	is nothing, or nothing that can be an object.
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
 * CheckObject --
 *
 *	Returns 0 for an entry of a folder that is an object of a family which
 *	can be opened: a file, and as large as a semaphore if it is one. Most
 *	entries tell their type, and spare us a stat(2) each. ENOENT: it is none.
 */

static int
CheckObject(
    OsFamily family,
    int folder,
    const struct dirent *entry)
{
    bool isSem = family != OS_MQ
	    && strncmp(entry->d_name, semPrefix, strlen(semPrefix)) == 0;
    struct stat status;
    int err;

    if (isSem != (family == OS_SEM)
	    || (isSem && entry->d_name[strlen(semPrefix)] == '\0')) {
	return ENOENT;
    }
    if (!isSem && entry->d_type != DT_UNKNOWN) {
	return (entry->d_type == DT_REG) ? 0 : ENOENT;
    }
    err = OsStatFile(folder, entry->d_name, &status);
    return (err == 0 && isSem && status.st_size < (off_t) sizeof(sem_t))
	    ? ENOENT : err;
}

/*
 * OsListFolder --
 *
 *	Calls proc with the name of each object of a family that has a file in
 *	folder, which is closed.
 */

int
OsListFolder(
    OsFamily family,
    int folder,
    OsFileProc *proc,
    void *data)
{
    DIR *files = fdopendir(folder);
    size_t prefixLength = (family == OS_SEM) ? strlen(semPrefix) : 0;
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

int
OsListFiles(
    OsFamily family,
    OsFileProc *proc,
    void *data)
{
    int folder;

    if (family == OS_MQ && OsGetFact(OS_MQ_SUPPORTED) == 0) {
	return ENOSYS;
    }
    if (family == OS_MQ) {
	return OsListQueues(proc, data);
    }
    folder = open(OS_SHM_FOLDER, OS_FOLDER_FLAGS);
    return (folder < 0) ? errno : OsListFolder(family, folder, proc, data);
}

/*
 * OsListNames --
 *
 *	Calls proc with the name of each object of a family that can be opened,
 *	rights aside.
 */

typedef struct NameQuest {
    OsNameProc *proc;
    void *data;
} NameQuest;

static int
TellName(
    void *data,
    const char *name,
    dev_t device,
    ino_t inode)
{
    const NameQuest *quest = data;

    (void) device;
    (void) inode;
    return quest->proc(quest->data, name);
}

int
OsListNames(
    OsFamily family,
    OsNameProc *proc,
    void *data)
{
    NameQuest quest = { proc, data };

    return OsListFiles(family, TellName, &quest);
}

/*
 * GetValueOfCopy --
 *
 *	Reads a copy of a semaphore from its file, and the value from that.
 *	Returns false where there is none, or no sem_getvalue(3).
 */

static bool
GetValueOfCopy(
    int fd,
    int *valuePtr)
{
#ifdef HAVE_SEM_GETVALUE
    sem_t copy;

    if (read(fd, &copy, sizeof(copy)) != (ssize_t) sizeof(copy)
	    || sem_getvalue(&copy, valuePtr) != 0) {
	return false;
    }
    *valuePtr = (*valuePtr > 0) ? *valuePtr : 0;
    return true;
#else
    (void) fd;
    (void) valuePtr;
    return false;
#endif
}

/*
 * ReadValue --
 *
 *	Reads the value of a semaphore, if the caller may read its file. The
 *	time of access stays where the system lets it.
 */

static int
ReadValue(
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
    if (GetValueOfCopy(fd, &info->value)) {
	info->known |= OS_INFO_VALUE;
    }
    close(fd);
    return 0;
}

/*
 * OsGetInfo --
 *
 *	Stores what is to be known of the object that has a name. ENOENT:
 *	nothing has it.
 */

int
OsGetInfo(
    OsFamily family,
    const char *name,
    OsInfo *info)
{
    char path[PATH_SIZE];
    struct stat status = { 0 };
    int err;

    *info = (OsInfo) { .known = 0 };
    if (family == OS_MQ) {
	err = OsLookAtQueue(name, &status, info);
    } else {
	err = GetPath(family, name, path);
	err = (err == 0) ? OsStatFile(AT_FDCWD, path, &status) : err;
    }
    if (err != 0) {
	return err;
    }
    info->device = status.st_dev;
    info->inode = status.st_ino;
    info->mode = status.st_mode & 07777;
    info->uid = status.st_uid;
    info->gid = status.st_gid;
    info->mtime = status.st_mtime;
    if (family == OS_SHM) {
	info->size = status.st_size;
	info->known |= OS_INFO_SIZE;
    }
    return (family == OS_SEM) ? ReadValue(path, info) : 0;
}

#else

typedef int OsCatalogIsElsewhere;

#endif /* __linux__ */
