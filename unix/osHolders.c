/*
 * osHolders.c --
 *
 *	Who has an object open: proc(5). A semaphore is only mapped, a segment
 *	is mapped or open, a queue is open. Device and inode tell which object
 *	it is: a name may have been unlinked, and be in use anew.
 */

#ifdef __linux__

#include "osArray.h"
#include "osCatalog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

/*
 * OsScanProcesses --
 *
 *	Calls proc with each process and its folder of /proc. What proc
 *	returns ends the scan unless it is 0.
 */

int
OsScanProcesses(
    int (*proc)(void *data, pid_t pid, int folder),
    void *data)
{
    DIR *all = opendir("/proc");
    struct dirent *entry;
    int err = 0;

    if (all == NULL) {
	return (errno == ENOENT) ? ENOSYS : errno;
    }
    while (err == 0 && (entry = OsReadEntry(all, &err)) != NULL) {
	char *end;
	long pid = strtol(entry->d_name, &end, 10);

	if (pid > 0 && *end == '\0') {
	    int folder = openat(dirfd(all), entry->d_name,
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	    if (folder >= 0) {
		err = proc(data, (pid_t) pid, folder);
		close(folder);
	    } else {
		err = OsUnlessHidden(errno);
	    }
	}
    }
    closedir(all);
    return err;
}

/*
 * CheckFamily --
 *
 *	Returns 0 for a descriptor, in a folder of /proc, that may be one of an
 *	object of a family. ENOENT: it is none.
 */

static int
CheckFamily(
    OsFamily family,
    int folder,
    const char *descriptor,
    const char *link)
{
    char path[64];
    struct statfs system;

    if (family != OS_MQ) {
	return strncmp(link, OS_SHM_FOLDER "/", strlen(OS_SHM_FOLDER) + 1)
		== 0 ? 0 : ENOENT;
    }
    if (link[0] != '/' || strchr(link + 1, '/') != NULL) {
	return ENOENT;
    }
    snprintf(path, sizeof(path), "/proc/self/fd/%d/%.16s", folder,
	    descriptor);
    if (statfs(path, &system) != 0) {
	return errno;
    }
    return (system.f_type == OS_MQUEUE_MAGIC) ? 0 : ENOENT;
}

/*
 * StatDescriptor --
 *
 *	Reads where the link of a descriptor leads, as text in link, and, if it
 *	may be one of an object of a family, stat(2) of that. ENOENT: it is none.
 */

static int
StatDescriptor(
    OsFamily family,
    int folder,
    const char *descriptor,
    char *link,
    size_t room,
    struct stat *status)
{
    ssize_t length = (descriptor[0] == '.') ? 0
	    : readlinkat(folder, descriptor, link, room - 1);
    int err;

    if (length <= 0) {
	return (length == 0) ? ENOENT : errno;
    }
    link[length] = '\0';
    err = CheckFamily(family, folder, descriptor, link);
    return (err == 0 && fstatat(folder, descriptor, status, 0) != 0)
	    ? errno : err;
}

/*
 * OsScanDescriptors --
 *
 *	See osCatalog.h. Of a process that the caller may not look into
 *	nothing is found.
 */

int
OsScanDescriptors(
    OsFamily family,
    pid_t pid,
    int folder,
    OsDescriptorProc *proc,
    void *data)
{
    int fd = openat(folder, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct dirent *entry;
    int err = 0;
    DIR *all;

    if (fd < 0) {
	return OsUnlessHidden(errno);
    }
    all = fdopendir(fd);
    if (all == NULL) {
	err = OsUnlessHidden(errno);
	close(fd);
	return err;
    }
    while (err == 0 && (entry = OsReadEntry(all, &err)) != NULL) {
	char link[512];
	struct stat status = { 0 };

	err = StatDescriptor(family, fd, entry->d_name, link, sizeof(link),
		&status);
	err = (err == 0) ? proc(data, pid, link, &status)
		: OsUnlessHidden(err);
    }
    closedir(all);
    return err;
}

/*
 * The objects whose holders are wanted, in the order of their inodes, and
 * where a scan tells of them.
 */

typedef struct Object {
    dev_t device;
    ino_t inode;
    char *name;
    pid_t told;			/* the last process that was told of */
} Object;

typedef struct Search {
    OsFamily family;
    Object *objects;
    size_t count;
    size_t room;
    bool isListed;		/* all that are wanted are there */
    OsHolderProc *proc;
    void *data;
    int process;		/* the folder in /proc of the one looked at */
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
 *	Adds all objects of a family, now that somebody may have one open: most
 *	processes have none.
 */

static int
ListObjects(
    Search *search)
{
    int err = OsListFiles(search->family, AddObject, search);

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
 *	Reads the command of the process that is looked at.
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
 * Tell --
 *
 *	A process has an object open: tells of it, once, if it is wanted.
 */

static int
Tell(
    Search *search,
    pid_t pid,
    dev_t device,
    ino_t inode)
{
    Object wanted = { .device = device, .inode = inode }, *object;
    char command[64] = "";
    int err = search->isListed ? 0 : ListObjects(search);

    if (err != 0 || search->count == 0) {
	return err;
    }
    object = bsearch(&wanted, search->objects, search->count, sizeof(wanted),
	    CompareObjects);
    if (object == NULL || object->told == pid) {
	return 0;
    }
    object->told = pid;
    err = ReadCommand(search, command, sizeof(command));
    return (err != 0) ? err
	    : search->proc(search->data, object->name, pid, command);
}

static int
TellOfDescriptor(
    void *data,
    pid_t pid,
    const char *link,
    const struct stat *status)
{
    (void) link;
    return Tell(data, pid, status->st_dev, status->st_ino);
}

/*
 * ReadMapping --
 *
 *	Reads from a line of /proc/PID/maps which file it is of: the fourth
 *	and the fifth field. Returns false for a line that has none.
 */

static bool
ReadMapping(
    const char *line,
    dev_t *devicePtr,
    ino_t *inodePtr)
{
    unsigned long major, minor;
    char *end;

    for (int i = 0; i < 3; i++) {
	line = strchr(line, ' ');
	if (line == NULL) {
	    return false;
	}
	line++;
    }
    major = strtoul(line, &end, 16);
    if (*end != ':') {
	return false;
    }
    minor = strtoul(end + 1, &end, 16);
    *devicePtr = makedev(major, minor);
    *inodePtr = (ino_t) strtoull(end, NULL, 10);
    return true;
}

/*
 * ReadLine --
 *
 *	getline(3). Returns false at the end, with what has ended it stored: 0,
 *	or an errno value.
 */

static bool
ReadLine(
    FILE *file,
    char **linePtr,
    size_t *roomPtr,
    int *errPtr)
{
    if (getline(linePtr, roomPtr, file) > 0) {
	return true;
    }
    *errPtr = feof(file) ? 0 : OsUnlessHidden(errno);
    return false;
}

/*
 * ScanMaps --
 *
 *	Tells of what a process has mapped.
 */

static int
ScanMaps(
    Search *search,
    pid_t pid)
{
    int fd = openat(search->process, "maps", O_RDONLY | O_CLOEXEC);
    char *line = NULL;
    size_t room = 0;
    int err = 0;
    FILE *maps;

    if (fd < 0) {
	return OsUnlessHidden(errno);
    }
    maps = fdopen(fd, "r");
    if (maps == NULL) {
	err = errno;
	close(fd);
	return err;
    }
    while (err == 0 && ReadLine(maps, &line, &room, &err)) {
	dev_t device;
	ino_t inode;

	if (strstr(line, " " OS_SHM_FOLDER "/") != NULL
		&& ReadMapping(line, &device, &inode)) {
	    err = Tell(search, pid, device, inode);
	}
    }
    free(line);
    fclose(maps);
    return err;
}

/*
 * ScanProcess --
 *
 *	Tells of all that a process has open.
 */

static int
ScanProcess(
    void *data,
    pid_t pid,
    int folder)
{
    Search *search = data;
    int err = 0;

    search->process = folder;
    if (search->family != OS_MQ) {
	err = ScanMaps(search, pid);
    }
    if (err == 0 && search->family != OS_SEM) {
	err = OsScanDescriptors(search->family, pid, folder,
		TellOfDescriptor, search);
    }
    return err;
}

/*
 * ScanChosen --
 *
 *	As OsScanProcesses, with those processes alone, if they still exist,
 *	that the caller has named.
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
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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
 * OsListHolders --
 *
 *	Calls proc for each process that has the object of a name open, or any
 *	object where name is NULL, as far as the caller may see; of all
 *	processes, or of the chosen ones where chosen is not NULL.
 *
 *	ENOENT: nothing has that name. ENOSYS: there is no /proc.
 */

int
OsListHolders(
    OsFamily family,
    const char *name,
    const OsProcesses *chosen,
    OsHolderProc *proc,
    void *data)
{
    Search search = { .family = family, .proc = proc, .data = data };
    int err = 0;

    if (family == OS_MQ && OsGetFact(OS_MQ_SUPPORTED) == 0) {
	return ENOSYS;
    }
    if (name != NULL) {
	OsInfo info;

	err = OsGetInfo(family, name, &info);
	if (err == 0) {
	    err = AddObject(&search, name, info.device, info.inode);
	}
	search.isListed = true;
    }
    if (err == 0) {
	err = (chosen != NULL) ? ScanChosen(chosen, ScanProcess, &search)
		: OsScanProcesses(ScanProcess, &search);
    }
    for (size_t i = 0; i < search.count; i++) {
	free(search.objects[i].name);
    }
    free(search.objects);
    return err;
}

#else

typedef int OsHoldersIsElsewhere;

#endif /* __linux__ */
