/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osProc.c --
 *
 *	Scans the processes of the system and their descriptors: proc(5).
 */

#include "osProc.h"

#include "osFolder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * OsScanProcesses --
 *
 *	Calls proc with each process and its directory in /proc. If proc returns
 *	anything but 0, that ends the scan.
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
	    int folder = openat(dirfd(all), entry->d_name, OS_FOLDER_FLAGS);

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
 * StatDescriptor --
 *
 *	Reads the target of a descriptor's link into link and, if it may be an
 *	object of a family, calls stat(2) for it. ENOENT: it is not such an
 *	object.
 */

static int
StatDescriptor(
    const OsFamily *family,
    int folder,
    const char *descriptor,
    char *link,
    size_t room,
    struct stat *status)
{
    ssize_t length = (descriptor[0] == '.') ? 0
	    : readlinkat(folder, descriptor, link, room - 1);

    if (length <= 0) {
	return (length == 0) ? ENOENT : errno;
    }
    link[length] = '\0';
    return family->catalog->statDescriptor(folder, descriptor, link, status);
}

/*
 * OsScanDescriptors --
 *
 *	Calls proc for each descriptor of a process that refers to an object of
 *	the family, until proc does not return 0. If the caller may not examine
 *	the process, finds nothing.
 */

int
OsScanDescriptors(
    const OsFamily *family,
    pid_t pid,
    int folder,
    OsDescriptorProc *proc,
    void *data)
{
    int fd = openat(folder, "fd", OS_FOLDER_FLAGS);
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
