/*
 * osQueues.c --
 *
 *	The queues that are in the system, on Linux.
 *
 *	They are files of a file system that each IPC namespace has for itself:
 *	mq_overview(7), ipc_namespaces(7). A mount is made of it that has no
 *	place in the tree, which takes a privilege. Without that, it is looked
 *	for in the tree, where it may not be, and those of other namespaces
 *	may be: only opening queues by their names tells which it is. At last
 *	there are the descriptors of the processes that the caller may see.
 *
 *	Looking changes nothing: a queue is opened, which takes no message, and
 *	closed without harm to a notification (osNotify.c).
 */

#ifdef __linux__

#include "osArray.h"
#include "osCatalog.h"
#include "osMq.h"

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
 * OpenAndLook --
 *
 *	Opens a queue, for reading if the caller may, and reads what it says.
 *	Stores its status too. Returns 0 or an errno value.
 */

static int
OpenAndLook(
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
 * CheckNamespace --
 *
 *	Returns 0 for the name and the device of a queue of the caller's
 *	namespace. EXDEV: it is of another. ENOENT: nothing has the name here.
 *	EACCES: something has, and what that is can't be told.
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
 * What the queues of a folder tell of it.
 */

typedef struct Folder {
    int fd;
    bool isOurs;		/* of the caller's namespace, as it seems, or */
    bool isKnown;		/* as it is */
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
 *	Returns 0 for a folder of the queues of the caller's namespace. The
 *	first queue decides that can be opened by its name, or can't be found
 *	by it. Where there is none of either kind, all are there by their names,
 *	and that is no more than a guess: *isKnownPtr is false. ENOENT: it is
 *	another folder, or an empty one, which tells nothing.
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
    if (system.f_type != OS_MQUEUE_MAGIC) {
	return ENOENT;
    }
    copy = openat(fd, ".", OS_FOLDER_FLAGS);
    if (copy < 0) {
	return errno;
    }
    err = OsListFolder(OS_MQ, copy, MeetQueue, &folder);
    *isKnownPtr = folder.isKnown;
    return (err != 0 && !folder.isKnown) ? err : folder.isOurs ? 0 : ENOENT;
}

/*
 * IfHidden --
 *
 *	Returns ENOENT for an errno value that says that something is not there,
 *	or may not be seen; any other as it is.
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
 *	Stores the folder of the caller's queues where a path leads to it. One
 *	that is guessed goes to *guessPtr, unless one is there. ENOENT: look on.
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
 *	TryFolder with each mount of the file system of queues that is told.
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
 *	Opens the folder of the caller's queues where it is mounted: most often
 *	in one place. ENOENT: it is not, as far as can be told.
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
 *	Opens the folder of the caller's queues by a mount that nobody else
 *	sees, fsmount(2), and which ends when the folder is closed.
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
 *	Opens the folder of the caller's queues. ENOENT: the caller may make no
 *	mount of it, and finds none.
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
    int folder, err = OpenQueues(&folder);

    if (err == 0) {
	err = OsStatFile(folder, name + strspn(name, "/"), status);
	close(folder);
    } else if (err == ENOENT) {
	Quest quest = { name, status, false };

	err = OsScanProcesses(MeetProcess, &quest);
	err = quest.isFound ? 0
		: (err == 0 || err == ENOSYS) ? ENOENT : err;
    }
    return err;
}

/*
 * OsLookAtQueue --
 *
 *	OpenAndLook, and for a queue that the caller may not open, its status
 *	alone. EACCES: there is one, and nothing to be known of it.
 */

int
OsLookAtQueue(
    const char *name,
    struct stat *status,
    OsInfo *info)
{
    int err = OpenAndLook(name, status, info);

    if (err == EACCES) {
	err = StatQueue(name, status);
	err = (err == ENOENT) ? EACCES : err;
    }
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

/*
 * OsListQueues --
 *
 *	Calls proc with the name of each queue, and which file it is.
 */

int
OsListQueues(
    OsFileProc *proc,
    void *data)
{
    int folder, err = OpenQueues(&folder);

    return (err == 0) ? OsListFolder(OS_MQ, folder, proc, data)
	    : (err == ENOENT) ? ListDescriptors(proc, data) : err;
}

#else

typedef int OsQueuesIsElsewhere;

#endif /* __linux__ */
