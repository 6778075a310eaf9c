/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osHolders.c --
 *
 *	The processes that have an object open, and the threads that are blocked
 *	on one: proc(5). A holder of a semaphore has only mapped it; a holder of
 *	a segment has mapped or opened it; a holder of a queue has opened it.
 *	Device and inode identify the object, because its name may have been
 *	unlinked and reused, and because a process in a chroot or a container
 *	may know it by another path.
 *
 *	Most callers may not examine every process, so a search records whether
 *	it has skipped a process that could have the object open.
 */

#include "osArray.h"
#include "osBlocked.h"
#include "osCredentials.h"
#include "osFolder.h"
#include "osMappings.h"
#include "osProc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The objects that are searched for, in the order of their inodes, and the
 * procedures to which a search reports what it finds.
 */

typedef struct Object {
    dev_t device;
    ino_t inode;
    char *name;
    pid_t holder;		/* the last process that was reported */
} Object;

typedef struct Search {
    const OsFamily *family;
    Object *objects;
    size_t count;
    size_t room;
    bool isListed;		/* all objects were added */
    const OsInfo *one;		/* of the only object, or NULL */
    bool isComplete;		/* every process that could have it open was
				 * examined */
    OsHolderProc *holderProc;	/* one of the two is NULL */
    OsWaiterProc *waiterProc;
    void *data;
    pid_t pid;			/* the process that is examined */
    int process;		/* its directory in /proc */
} Search;

/*
 * AddObject --
 *
 *	Adds an object to a search.
 */

static int
AddObject(
    void *data,
    const char *name,
    dev_t device,
    ino_t inode)
{
    Search *search = data;
    Object *objects = OsMakeRoom(search->objects, search->count + 1,
	    &search->room, sizeof(*objects));

    if (objects == NULL) {
	return ENOMEM;
    }
    search->objects = objects;
    objects[search->count] = (Object) {
	.device = device,
	.inode = inode,
	.name = strdup(name)
    };
    if (objects[search->count].name == NULL) {
	return ENOMEM;
    }
    search->count++;
    return 0;
}

/*
 * CompareObjects --
 *
 *	For qsort(3) and bsearch(3).
 */

static int
CompareObjects(
    const void *left,
    const void *right)
{
    const Object *a = left, *b = right;

    if (a->inode != b->inode) {
	return (a->inode < b->inode) ? -1 : 1;
    }
    return (a->device > b->device) - (a->device < b->device);
}

/*
 * ListObjects --
 *
 *	Adds all objects of a family. This is done only when a process is found
 *	that may have one open, because most processes have none.
 */

static int
ListObjects(
    Search *search)
{
    int err = search->family->catalog->list(search->family, AddObject,
	    search);

    if (search->count > 0) {
	qsort(search->objects, search->count, sizeof(*search->objects),
		CompareObjects);
    }
    search->isListed = true;
    return err;
}

/*
 * ReadCommand --
 *
 *	Reads the command of the process that is being examined.
 */

static int
ReadCommand(
    const Search *search,
    char *command,
    size_t room)
{
    int fd = openat(search->process, "comm", O_RDONLY | O_CLOEXEC);
    ssize_t length;
    int err;

    if (fd < 0) {
	return OsUnlessHidden(errno);
    }
    length = read(fd, command, room - 1);
    err = (length < 0) ? OsUnlessHidden(errno) : 0;
    command[(length > 0) ? length - 1 : 0] = '\0';
    close(fd);
    return err;
}

/*
 * FindObject --
 *
 *	Returns the object that a file belongs to, or NULL if the object is not
 *	searched for. Stores 0, or the errno value with which listing the
 *	objects failed.
 */

static Object *
FindObject(
    Search *search,
    dev_t device,
    ino_t inode,
    int *errPtr)
{
    Object wanted = { .device = device, .inode = inode };

    *errPtr = search->isListed ? 0 : ListObjects(search);
    return (*errPtr != 0 || search->count == 0) ? NULL
	    : bsearch(&wanted, search->objects, search->count,
		    sizeof(wanted), CompareObjects);
}

/*
 * ReportHolder --
 *
 *	Called when the process that is being examined has a file open. Reports
 *	the process once for each object that is searched for.
 */

static int
ReportHolder(
    Search *search,
    dev_t device,
    ino_t inode)
{
    char command[64] = "";
    int err;
    Object *object = FindObject(search, device, inode, &err);

    if (object == NULL || object->holder == search->pid) {
	return err;
    }
    object->holder = search->pid;
    err = ReadCommand(search, command, sizeof(command));
    return (err != 0) ? err : search->holderProc(search->data, object->name,
	    search->pid, command);
}

static int
ReportDescriptor(
    void *data,
    pid_t pid,
    const char *link,
    const struct stat *status)
{
    (void) pid;
    (void) link;
    return ReportHolder(data, status->st_dev, status->st_ino);
}

static int
ReportMapping(
    void *data,
    const OsMapping *mapping)
{
    return ReportHolder(data, mapping->device, mapping->inode);
}

/*
 * FindHolder --
 *
 *	Reports which of the objects a process has open. Whether its file maps
 *	can be opened shows whether the caller may examine it.
 */

static int
FindHolder(
    void *data,
    pid_t pid,
    int folder)
{
    Search *search = data;
    int maps = openat(folder, "maps", O_RDONLY | O_CLOEXEC), err = 0;

    if (maps < 0) {
	err = errno;
	if ((err == EACCES || err == EPERM) && search->isComplete) {
	    search->isComplete = !OsMayOpen(folder, search->one);
	}
	return OsUnlessHidden(err);
    }
    search->pid = pid;
    search->process = folder;
    if (search->family->isMapped) {
	err = OsScanMappings(maps, ReportMapping, search);
    } else {
	close(maps);
    }
    if (err == 0 && search->family->isOpen) {
	err = OsScanDescriptors(search->family, pid, folder,
		ReportDescriptor, search);
    }
    return err;
}

/*
 * What a blocked thread waits for, and the file that it is in.
 */

typedef struct Wait {
    Search *search;
    const OsBlocked *blocked;
} Wait;

/*
 * ReportWaiter --
 *
 *	Called when a thread is blocked on a file. Reports the thread if the
 *	file is an object that is searched for.
 */

static int
ReportWaiter(
    Search *search,
    dev_t device,
    ino_t inode,
    const char *operation)
{
    char command[64] = "";
    int err;
    Object *object = FindObject(search, device, inode, &err);

    if (object == NULL) {
	return err;
    }
    err = ReadCommand(search, command, sizeof(command));
    return (err != 0) ? err : search->waiterProc(search->data, search->pid,
	    command, operation);
}

static int
ReportWord(
    void *data,
    const OsMapping *mapping)
{
    const Wait *wait = data;
    const OsFamily *family = wait->search->family;
    uint64_t address = wait->blocked->address;

    if (address < mapping->start || address >= mapping->end) {
	return 0;
    }
    return ReportWaiter(wait->search, mapping->device, mapping->inode,
	    family->nameWait(wait->blocked->usesBitset));
}

/*
 * ReportBlocked --
 *
 *	Called when a thread is blocked on a word of memory or on a queue.
 */

static int
ReportBlocked(
    void *data,
    const OsBlocked *blocked)
{
    Search *search = data;
    Wait wait = { search, blocked };
    char path[32];
    struct stat status;
    int maps;

    if (blocked->fd >= 0) {
	snprintf(path, sizeof(path), "fd/%d", blocked->fd);
	return (!search->family->isMapped
		&& fstatat(search->process, path, &status, 0) == 0)
		? ReportWaiter(search, status.st_dev, status.st_ino,
			blocked->sends ? "send" : "receive") : 0;
    }
    if (search->family->nameWait == NULL) {
	return 0;
    }
    maps = openat(search->process, "maps", O_RDONLY | O_CLOEXEC);
    return (maps >= 0) ? OsScanMappings(maps, ReportWord, &wait)
	    : OsUnlessHidden(errno);
}

static int
FindWaiter(
    void *data,
    pid_t pid,
    int folder)
{
    Search *search = data;

    search->pid = pid;
    search->process = folder;
    return OsScanBlocked(pid, folder, ReportBlocked, search);
}

/*
 * ScanChosen --
 *
 *	Like OsScanProcesses, but only for the processes that the caller has
 *	named, if they still exist.
 */

static int
ScanChosen(
    const OsProcesses *chosen,
    int (*proc)(void *data, pid_t pid, int folder),
    void *data)
{
    int err = 0;

    for (size_t i = 0; err == 0 && i < chosen->count; i++) {
	char path[32];
	int folder;

	snprintf(path, sizeof(path), "/proc/%ld", (long) chosen->pids[i]);
	folder = open(path, OS_FOLDER_FLAGS);
	if (folder >= 0) {
	    err = proc(data, chosen->pids[i], folder);
	    close(folder);
	} else {
	    err = OsUnlessHidden(errno);
	}
    }
    return err;
}

/*
 * SeesAllProcesses --
 *
 *	Returns whether /proc shows every process of the machine. It does if the
 *	caller is in the initial PID namespace, pid_namespaces(7), and the mount
 *	does not hide the processes of other users, proc(5).
 */

static bool
SeesAllProcesses(void)
{
    const ino_t first = 0xEFFFFFFC;	/* initial one: <linux/proc_ns.h> */
    struct stat status;

    return access("/proc/1", F_OK) == 0
	    && stat("/proc/self/ns/pid", &status) == 0 && status.st_ino == first;
}

/*
 * Begin, End --
 *
 *	Begin prepares a search for the object with a name, or for all objects
 *	if name is NULL. End frees what it has allocated.
 */

static int
Begin(
    Search *search,
    const char *name,
    OsInfo *info)
{
    int err;

    if (search->family->catalog->look == NULL) {
	return ENOSYS;
    }
    if (name == NULL) {
	return 0;
    }
    err = OsGetInfo(search->family, name, info);
    if (err == 0) {
	err = AddObject(search, name, info->device, info->inode);
    }
    search->isListed = true;
    search->one = info;
    return err;
}

static void
End(
    Search *search)
{
    for (size_t i = 0; i < search->count; i++) {
	free(search->objects[i].name);
    }
    free(search->objects);
}

/*
 * OsListHolders --
 *
 *	Calls proc for each process that has the object with a name open or, if
 *	name is NULL, any object of the family. Searches all processes, or the
 *	chosen ones, if the caller may examine them. Stores whether the search
 *	is complete: whether every process was examined, except those whose
 *	credentials show that they cannot have opened the object.
 *
 *	ENOENT: nothing has that name. ENOSYS: there is no /proc.
 */

int
OsListHolders(
    const OsFamily *family,
    const char *name,
    const OsProcesses *chosen,	/* or NULL */
    bool *completePtr,
    OsHolderProc *proc,
    void *data)
{
    Search search = {
	.family = family, .holderProc = proc, .data = data,
	.isComplete = (chosen != NULL) || SeesAllProcesses()
    };
    OsInfo info;
    int err = Begin(&search, name, &info);

    if (err == 0) {
	err = (chosen != NULL) ? ScanChosen(chosen, FindHolder, &search)
		: OsScanProcesses(FindHolder, &search);
    }
    End(&search);
    *completePtr = search.isComplete;
    return err;
}

/*
 * OsListWaiters --
 *
 *	Calls proc for each thread that is blocked on the object with a name, if
 *	the caller may trace the thread, ptrace(2). ENOENT: nothing has that
 *	name. ENOSYS: there is no /proc.
 */

int
OsListWaiters(
    const OsFamily *family,
    const char *name,
    OsWaiterProc *proc,
    void *data)
{
    Search search = { .family = family, .waiterProc = proc, .data = data };
    OsInfo info;
    int err = Begin(&search, name, &info);

    if (err == 0) {
	err = OsScanProcesses(FindWaiter, &search);
    }
    End(&search);
    return err;
}
