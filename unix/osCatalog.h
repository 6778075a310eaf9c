/*
 * osCatalog.h --
 *
 *	Where Linux keeps objects, for osCatalog.c, osHolders.c and osQueues.c.
 */

#ifndef OS_CATALOG_H
#define OS_CATALOG_H

#include "os.h"

#include <dirent.h>
#include <sys/stat.h>

#define OS_SHM_FOLDER	"/dev/shm"
#define OS_MQUEUE_MAGIC	0x19800202	/* statfs(2) of a queue says so */

/*
 * OsScanDescriptors calls proc for each descriptor of each process that the
 * caller may see, that is of an object of the family. link is what the
 * descriptor's link in /proc says.
 */

typedef int OsDescriptorProc(void *data, pid_t pid, const char *link,
	    const struct stat *status);

/*
 * OsListFiles is OsListNames (os.h) and tells which files they are.
 */

typedef int OsFileProc(void *data, const char *name, dev_t device,
	    ino_t inode);

/*
 * Who looks at the system passes over what the caller may not see, and what
 * is gone by now: OsUnlessHidden returns 0 for an errno value that says so.
 * OsReadEntry is readdir(3), which stores what has ended it: 0, or an errno
 * value.
 */

int	OsUnlessHidden(int err);
struct dirent *OsReadEntry(DIR *folder, int *errPtr);

/*
 * Files in a folder: osCatalog.c. Queues: osQueues.c.
 */

#define OS_FOLDER_FLAGS	(O_RDONLY | O_DIRECTORY | O_CLOEXEC)

int	OsStatFile(int folder, const char *file, struct stat *status);
int	OsListFolder(OsFamily family, int folder, OsFileProc *proc,
	    void *data);
int	OsListFiles(OsFamily family, OsFileProc *proc, void *data);
int	OsLookAtQueue(const char *name, struct stat *status, OsInfo *info);
int	OsListQueues(OsFileProc *proc, void *data);

int	OsScanProcesses(int (*proc)(void *data, pid_t pid, int folder),
	    void *data);
int	OsScanDescriptors(OsFamily family, pid_t pid, int folder,
	    OsDescriptorProc *proc, void *data);

#endif /* OS_CATALOG_H */
