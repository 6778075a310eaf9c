/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osQueues.c --
 *
 *	Lists and examines the queues of the system, on Linux.
 *
 *	Queues are files in a file system, and each IPC namespace has its own:
 *	mq_overview(7), ipc_namespaces(7). The code first tries to create a
 *	detached mount, which requires a privilege. If that fails, it looks for
 *	a mount in the directory tree. There may be none, or it may belong to
 *	another namespace: only opening queues by name shows to which namespace
 *	a mount belongs. The last resort is the descriptors of the processes
 *	that the caller may see.
 *
 *	Examining a queue does not change it: the queue is opened, which takes
 *	no message, and closed without canceling a notification (osNotify.c).
 */

#include "osArray.h"
#include "osFolder.h"
#include "osMq.h"
#include "osProc.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MQUEUE_MAGIC	0x19800202	/* f_type of a queue: statfs(2) */

/*
 * The family of queues, for code that reads a directory or the descriptors of a
 * process.
 */

static const OsFamily files = { .catalog = &osQueueCatalog, .prefix = "" };

/*
 * Linux has had these calls since 5.2, glibc has declared them only since 2.36,
 * and <linux/mount.h> conflicts with <sys/mount.h>. The numbers are the same on
 * all processors except Alpha.
 */

#ifndef SYS_fsopen
#   define SYS_fsopen	430
#   define SYS_fsconfig	431
#   define SYS_fsmount	432
#endif
#ifndef FSOPEN_CLOEXEC
#   define FSOPEN_CLOEXEC	1
#endif
#ifndef FSCONFIG_CMD_CREATE
#   define FSCONFIG_CMD_CREATE	6
#endif
#ifndef FSMOUNT_CLOEXEC
#   define FSMOUNT_CLOEXEC	1
#endif
#ifndef MOUNT_ATTR_NOATIME
#   define MOUNT_ATTR_NOATIME	0x10
#endif

/*
 * ReadQueue --
 *
 *	Reads the state of a queue.
 */

static void
ReadQueue(
    const OsMq *mq,
    OsInfo *info)
{
    struct mq_attr attributes;

    if (mq_getattr(mq->mqd, &attributes) == 0) {
	info->messages = attributes.mq_curmsgs;
	info->limits.maxMessages = attributes.mq_maxmsg;
	info->limits.maxMessageSize = attributes.mq_msgsize;
	info->known |= OS_INFO_QUEUE;
    }
    if (OsMqReadStatus(mq, &info->bytes, &info->notifyPid)) {
	info->known |= OS_INFO_FILE;
    }
}

/*
 * OpenAndLook --
 *
 *	Opens a queue, for reading if the caller may, and reads its state and
 *	its status. Returns 0 or an errno value.
 */

static int
OpenAndLook(
    const char *name,
    struct stat *status,
    OsInfo *info)
{
    OsMq mq = { .mqd = mq_open(name, O_RDONLY) };
    int err, closeErr;

    if (mq.mqd == (mqd_t) -1 && errno == EACCES) {
	mq.mqd = mq_open(name, O_WRONLY);
    }
    if (mq.mqd == (mqd_t) -1) {
	return errno;
    }
    err = (fstat((int) mq.mqd, status) == 0) ? 0 : errno;
    ReadQueue(&mq, info);
    closeErr = OsMqCloseNotified(&mq);
    return (err != 0) ? err : closeErr;
}

/*
 * CheckNamespace --
 *
 *	Returns 0 if the name and the device are those of a queue in the
 *	caller's namespace. EXDEV: it is in another namespace. ENOENT: no queue
 *	in the caller's namespace has the name. EACCES: a queue has the name,
 *	but the caller may not find out which one.
 */

static int
CheckNamespace(
    const char *name,
    dev_t device)
{
    struct stat status = { 0 };
    OsInfo info = { 0 };
    int err = OpenAndLook(name, &status, &info);

    return (err == 0 && status.st_dev != device) ? EXDEV : err;
}

/*
 * What the queues in a directory have shown about the directory.
 */

typedef struct Folder {
    int fd;
    bool isOurs;		/* of the caller's namespace */
    bool isKnown;		/* isOurs is certain, not a guess */
} Folder;

static int
MeetQueue(
    void *data,
    const char *name,
    dev_t device,
    ino_t inode)
{
    Folder *folder = data;
    int err = CheckNamespace(name, device);
    struct stat status;

    if (err == ENOENT) {
	err = OsStatFile(folder->fd, name + 1, &status);
	if (err != 0 || status.st_ino != inode) {
	    return OsUnlessHidden(err);		/* it came and went */
	}
	err = EXDEV;
    }
    if (err == EACCES) {
	folder->isOurs = true;
	return 0;
    }
    if (err == 0 || err == EXDEV) {
	folder->isOurs = (err == 0);
	folder->isKnown = true;
	return EEXIST;		/* enough is seen */
    }
    return err;
}

/*
 * CheckFolder --
 *
 *	Returns 0 for the directory of the caller's namespace. The first queue
 *	that opens by name, or does not exist by name, settles whose directory
 *	this is. If there is no such queue, but every queue there exists by
 *	name, the result is only a guess, and *isKnownPtr is false. ENOENT: it
 *	is another directory, or an empty one, which proves nothing.
 */

static int
CheckFolder(
    int fd,
    bool *isKnownPtr)
{
    Folder folder = { fd, false, false };
    struct statfs system;
    int copy, err;

    if (fstatfs(fd, &system) != 0) {
	return errno;
    }
    if (system.f_type != MQUEUE_MAGIC) {
	return ENOENT;
    }
    copy = openat(fd, ".", OS_FOLDER_FLAGS);
    if (copy < 0) {
	return errno;
    }
    err = OsListFolder(&files, copy, MeetQueue, &folder);
    *isKnownPtr = folder.isKnown;
    return (err != 0 && !folder.isKnown) ? err : folder.isOurs ? 0 : ENOENT;
}

/*
 * IfHidden --
 *
 *	Returns ENOENT for an errno value that means that something does not
 *	exist or may not be seen; any other value unchanged.
 */

static int
IfHidden(
    int err)
{
    return (err == ENOTDIR || OsUnlessHidden(err) == 0) ? ENOENT : err;
}

/*
 * TryFolder --
 *
 *	Stores the directory of the caller's queues if path leads to it. If that
 *	is only a guess, stores the directory in *guessPtr instead, unless there
 *	is one already. ENOENT: keep looking.
 */

static int
TryFolder(
    const char *path,
    int *folderPtr,
    int *guessPtr)
{
    int folder = open(path, OS_FOLDER_FLAGS), err;
    bool isKnown = false;

    if (folder < 0) {
	return IfHidden(errno);
    }
    err = CheckFolder(folder, &isKnown);
    if (err == 0 && isKnown) {
	*folderPtr = folder;
	return 0;
    }
    if (err == 0 && *guessPtr < 0) {
	*guessPtr = folder;
    } else {
	close(folder);
    }
    return (err == 0) ? ENOENT : err;
}

/*
 * TryMounts --
 *
 *	TryFolder for each listed mount of the queue file system.
 */

static int
TryMounts(
    int *folderPtr,
    int *guessPtr)
{
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    struct mntent entry;
    char room[4096];
    int err = ENOENT;

    if (mounts == NULL) {
	return IfHidden(errno);
    }
    while (err == ENOENT
	    && getmntent_r(mounts, &entry, room, sizeof(room)) != NULL) {
	if (strcmp(entry.mnt_type, "mqueue") == 0) {
	    err = TryFolder(entry.mnt_dir, folderPtr, guessPtr);
	}
    }
    if (err == ENOENT && !feof(mounts)) {
	err = errno;
    }
    endmntent(mounts);
    return err;
}

/*
 * OpenMounted --
 *
 *	Opens the directory of the caller's queues where it is mounted, usually
 *	in one place. ENOENT: no such mount was found.
 */

static int
OpenMounted(
    int *folderPtr)
{
    int guess = -1;
    int err = TryFolder("/dev/mqueue", folderPtr, &guess);

    if (err == ENOENT) {
	err = TryMounts(folderPtr, &guess);
    }
    if (err == ENOENT && guess >= 0) {
	*folderPtr = guess;
	return 0;
    }
    if (guess >= 0) {
	close(guess);
    }
    return err;
}

/*
 * OpenDetached --
 *
 *	Opens the directory of the caller's queues through a mount that no other
 *	process sees, fsmount(2). The mount ends when the directory is closed.
 */

static int
OpenDetached(
    int *folderPtr)
{
    int context = (int) syscall(SYS_fsopen, "mqueue", FSOPEN_CLOEXEC);
    int mount = -1, folder = -1, err;

    if (context >= 0 && syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE,
	    NULL, NULL, 0) == 0) {
	mount = (int) syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC,
		MOUNT_ATTR_NOATIME);
    }
    if (mount >= 0) {
	folder = openat(mount, ".", OS_FOLDER_FLAGS);
    }
    err = (folder < 0) ? errno : 0;
    if (mount >= 0) {
	close(mount);
    }
    if (context >= 0) {
	close(context);
    }
    *folderPtr = folder;
    return err;
}

/*
 * OpenQueues --
 *
 *	Opens the directory of the caller's queues. ENOENT: the caller may not
 *	mount it, and no mount was found.
 */

static int
OpenQueues(
    int *folderPtr)
{
    int err = OpenDetached(folderPtr);

    return (err == EPERM || err == EACCES || err == ENOSYS || err == ENODEV)
	    ? OpenMounted(folderPtr) : err;
}

/*
 * A queue that is looked for among the descriptors of all processes.
 */

typedef struct QueueSearch {
    const char *name;
    struct stat *status;
    bool isFound;
} QueueSearch;

static int
MeetDescriptor(
    void *data,
    pid_t pid,
    const char *link,
    const struct stat *status)
{
    QueueSearch *search = data;

    (void) pid;
    if (status->st_nlink == 0 || strcmp(link, search->name) != 0) {
	return 0;
    }
    *search->status = *status;
    search->isFound = true;
    return EEXIST;		/* enough is seen */
}

static int
MeetProcess(
    void *data,
    pid_t pid,
    int folder)
{
    return OsScanDescriptors(&files, pid, folder, MeetDescriptor, data);
}

/*
 * StatQueue --
 *
 *	stat(2) of a queue, without opening it: in the directory of queues or,
 *	if the caller has no access to one, among the descriptors of processes.
 *	ENOENT: no queue that was found has the name.
 */

static int
StatQueue(
    const char *name,
    struct stat *status)
{
    int folder, err = OpenQueues(&folder);

    if (err == 0) {
	err = OsStatFile(folder, name + strspn(name, "/"), status);
	close(folder);
    } else if (err == ENOENT) {
	QueueSearch search = { name, status, false };

	err = OsScanProcesses(MeetProcess, &search);
	err = search.isFound ? 0
		: (err == 0 || err == ENOSYS) ? ENOENT : err;
    }
    return err;
}

/*
 * LookAtQueue --
 *
 *	For osQueueCatalog: OpenAndLook or, for a queue that the caller may not
 *	open, only its status. EACCES: it exists, but nothing more can be found
 *	out.
 */

static int
LookAtQueue(
    const OsFamily *family,
    const char *name,
    struct stat *status,
    OsInfo *info)
{
    int err = OpenAndLook(name, status, info);

    (void) family;
    if (err == EACCES) {
	err = StatQueue(name, status);
	err = (err == ENOENT) ? EACCES : err;
    }
    return err;
}

/*
 * The queues that were found among descriptors, without duplicates.
 */

typedef struct Queue {
    char *name;
    dev_t device;
    ino_t inode;
} Queue;

typedef struct FoundQueues {
    Queue *queues;
    size_t count, room;
} FoundQueues;

static int
KeepQueue(
    void *data,
    pid_t pid,
    const char *link,
    const struct stat *status)
{
    FoundQueues *found = data;
    Queue *larger;
    int err;

    (void) pid;
    if (status->st_nlink == 0) {
	return 0;
    }
    for (size_t i = 0; i < found->count; i++) {
	if (strcmp(found->queues[i].name, link) == 0) {
	    return 0;
	}
    }
    err = CheckNamespace(link, status->st_dev);
    if (err != 0 && err != EACCES) {
	return (err == ENOENT || err == EXDEV) ? 0 : err;
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
    return OsScanDescriptors(&files, pid, folder, KeepQueue, data);
}

/*
 * ListDescriptors --
 *
 *	Calls proc with the name of each queue that is open in a process that
 *	the caller may examine.
 */

static int
ListDescriptors(
    OsFileProc *proc,
    void *data)
{
    FoundQueues found = { 0 };
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

/*
 * ListQueues --
 *
 *	For osQueueCatalog.
 */

static int
ListQueues(
    const OsFamily *family,
    OsFileProc *proc,
    void *data)
{
    int folder, err = OpenQueues(&folder);

    (void) family;
    return (err == 0) ? OsListFolder(&files, folder, proc, data)
	    : (err == ENOENT) ? ListDescriptors(proc, data) : err;
}

/*
 * StatQueueDescriptor --
 *
 *	For osQueueCatalog: the link of a queue is only its name.
 */

static int
StatQueueDescriptor(
    int folder,
    const char *descriptor,
    const char *link,
    struct stat *status)
{
    char path[64];
    struct statfs system;

    if (link[0] != '/' || strchr(link + 1, '/') != NULL) {
	return ENOENT;
    }
    snprintf(path, sizeof(path), "/proc/self/fd/%d/%.16s", folder,
	    descriptor);
    if (statfs(path, &system) != 0) {
	return errno;
    }
    if (system.f_type != MQUEUE_MAGIC) {
	return ENOENT;
    }
    return (fstatat(folder, descriptor, status, 0) == 0) ? 0 : errno;
}

/*
 * StatByName --
 *
 *	For osQueueCatalog: only opening a queue shows which queue has a name.
 */

static int
StatByName(
    const OsFamily *family,
    const char *name,
    struct stat *status)
{
    OsInfo info = { 0 };

    (void) family;
    return OpenAndLook(name, status, &info);
}

const OsCatalog osQueueCatalog = {
    .list = ListQueues,
    .look = LookAtQueue,
    .stat = StatByName,
    .statDescriptor = StatQueueDescriptor
};
