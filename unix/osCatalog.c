/*
 * osCatalog.c --
 *
 *	Names and facts of the objects in the system, on Linux.
 *
 *	Semaphores and segments are files of a folder: shm_overview(7). Queues
 *	are files of a file system that is often not mounted: mq_overview(7).
 *	Then a mount is made that has no place in the tree, which takes a
 *	privilege; without that, the descriptors of the processes that the
 *	caller may see are all there is.
 *
 *	Looking changes nothing. A semaphore's value is read from a copy of its
 *	file; a queue is opened, which takes no message, and closed without
 *	harm to a notification (osNotify.c).
 */

#ifdef __linux__

#include "osArray.h"
#include "osCatalog.h"
#include "osMq.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
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
 * OpenMounted --
 *
 *	Returns a descriptor of a folder on which the file system of queues is
 *	mounted; -1, where there is none. The last one counts: those before
 *	may be of the namespace from which this one was made.
 */

static int
OpenMounted(void)
{
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    struct mntent entry;
    char room[4096];
    int fd = -1;

    if (mounts == NULL) {
	return -1;
    }
    while (getmntent_r(mounts, &entry, room, sizeof(room)) != NULL) {
	int next = (strcmp(entry.mnt_type, "mqueue") != 0) ? -1
		: open(entry.mnt_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (next >= 0) {
	    if (fd >= 0) {
		close(fd);
	    }
	    fd = next;
	}
    }
    endmntent(mounts);
    return fd;
}

/*
 * OpenDetached --
 *
 *	Returns a descriptor of a mount of that file system that nobody else
 *	sees, fsmount(2), and which ends when it is closed; -1, where the
 *	caller may not make one.
 */

static int
OpenDetached(void)
{
    int folder = -1;
    int context = (int) syscall(SYS_fsopen, "mqueue", FSOPEN_CLOEXEC);

    if (context < 0) {
	return -1;
    }
    if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0)
	    == 0) {
	int mount = (int) syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC,
		MOUNT_ATTR_NOATIME);

	if (mount >= 0) {
	    folder = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	    close(mount);
	}
    }
    close(context);
    return folder;
}

int
OsOpenFolder(
    OsFamily family)
{
    int folder;

    if (family != OS_MQ) {
	return open(OS_SHM_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    folder = OpenMounted();
    return (folder >= 0) ? folder : OpenDetached();
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
 * StatFile --
 *
 *	stat(2) of a file, by its path or its name in a folder. ENOENT: there
 *	is nothing, or nothing that can be an object.
 */

static int
StatFile(
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
 * A queue that is looked for among the descriptors of all processes.
 */

typedef struct Quest {
    const char *name;
    struct stat *status;
    bool isFound;
} Quest;

static int
MeetDescriptor(
    void *data,
    pid_t pid,
    const char *link,
    const struct stat *status)
{
    Quest *quest = data;

    (void) pid;
    if (status->st_nlink == 0 || strcmp(link, quest->name) != 0) {
	return 0;
    }
    *quest->status = *status;
    quest->isFound = true;
    return EEXIST;		/* enough is seen */
}

static int
MeetProcess(
    void *data,
    pid_t pid,
    int folder)
{
    return OsScanDescriptors(OS_MQ, pid, folder, MeetDescriptor, data);
}

/*
 * StatQueue --
 *
 *	stat(2) of a queue, without opening it: in the folder of queues, or
 *	where the caller can have none, among the descriptors of processes.
 *	ENOENT: nothing has the name there.
 */

static int
StatQueue(
    const char *name,
    struct stat *status)
{
    int folder = OsOpenFolder(OS_MQ), err;

    if (folder >= 0) {
	err = StatFile(folder, name + strspn(name, "/"), status);
	close(folder);
    } else {
	Quest quest = { name, status, false };

	err = OsScanProcesses(MeetProcess, &quest);
	err = quest.isFound ? 0
		: (err == 0 || err == ENOSYS) ? ENOENT : err;
    }
    return err;
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
    err = StatFile(folder, entry->d_name, &status);
    return (err == 0 && isSem && status.st_size < (off_t) sizeof(sem_t))
	    ? ENOENT : err;
}

/*
 * ListFolder --
 *
 *	Calls proc with the name of each object of a family that has a file in
 *	folder, which is closed.
 */

static int
ListFolder(
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

/*
 * The queues that were found among descriptors, each once.
 */

typedef struct Queue {
    char *name;
    dev_t device;
    ino_t inode;
} Queue;

typedef struct Found {
    Queue *queues;
    size_t count, room;
} Found;

static int
KeepQueue(
    void *data,
    pid_t pid,
    const char *link,
    const struct stat *status)
{
    Found *found = data;
    Queue *larger;

    (void) pid;
    if (status->st_nlink == 0) {
	return 0;
    }
    for (size_t i = 0; i < found->count; i++) {
	if (strcmp(found->queues[i].name, link) == 0) {
	    return 0;
	}
    }
    larger = OsMakeRoom(found->queues, found->count + 1, &found->room,
	    sizeof(*larger));
    if (larger == NULL) {
	return ENOMEM;
    }
    found->queues = larger;
    larger[found->count] = (Queue) {
	strdup(link), status->st_dev, status->st_ino
    };
    return (larger[found->count++].name == NULL) ? ENOMEM : 0;
}

static int
KeepQueues(
    void *data,
    pid_t pid,
    int folder)
{
    return OsScanDescriptors(OS_MQ, pid, folder, KeepQueue, data);
}

/*
 * ListDescriptors --
 *
 *	Calls proc with the name of each queue that a process has open which the
 *	caller may see.
 */

static int
ListDescriptors(
    OsFileProc *proc,
    void *data)
{
    Found found = { 0 };
    int err = OsScanProcesses(KeepQueues, &found);

    for (size_t i = 0; i < found.count; i++) {
	const Queue *queue = &found.queues[i];

	if (err == 0) {
	    err = proc(data, queue->name, queue->device, queue->inode);
	}
	free(queue->name);
    }
    free(found.queues);
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
    folder = OsOpenFolder(family);
    if (folder >= 0) {
	return ListFolder(family, folder, proc, data);
    }
    return (family == OS_MQ) ? ListDescriptors(proc, data) : errno;
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
 * ReadQueue --
 *
 *	Reads what a queue says of itself.
 */

static void
ReadQueue(
    const OsMq *mq,
    OsInfo *info)
{
    if (OsMqGetDepth(mq, &info->messages) == 0) {
	info->limits = *OsMqGetLimits(mq);
	info->known |= OS_INFO_QUEUE;
    }
    if (OsMqReadStatus(mq, &info->bytes, &info->notifyPid)) {
	info->known |= OS_INFO_FILE;
    }
}

/*
 * LookAtQueue --
 *
 *	Opens a queue, for reading if the caller may, and reads what it says.
 *	Stores its status too. Returns 0 or an errno value.
 */

static int
LookAtQueue(
    const char *name,
    struct stat *status,
    OsInfo *info)
{
    OsMq *mq;
    int err = OsMqOpen(name, 0, 0, true, false, NULL, &mq);

    if (err == EACCES) {
	err = OsMqOpen(name, 0, 0, false, true, NULL, &mq);
    }
    if (err == 0) {
	int closeErr;

	err = (fstat(OsMqDescriptor(mq), status) == 0) ? 0 : errno;
	ReadQueue(mq, info);
	closeErr = OsMqClose(mq);
	err = (err != 0) ? err : closeErr;
    }
    return err;
}

/*
 * FindQueue --
 *
 *	LookAtQueue, and for a queue that the caller may not open, its status
 *	alone. EACCES: there is one, and nothing to be known of it.
 */

static int
FindQueue(
    const char *name,
    struct stat *status,
    OsInfo *info)
{
    int err = LookAtQueue(name, status, info);

    if (err == EACCES) {
	err = StatQueue(name, status);
	err = (err == ENOENT) ? EACCES : err;
    }
    return err;
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
	err = FindQueue(name, &status, info);
    } else {
	err = GetPath(family, name, path);
	err = (err == 0) ? StatFile(AT_FDCWD, path, &status) : err;
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
