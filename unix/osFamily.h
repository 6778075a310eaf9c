/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osFamily.h --
 *
 *	The description of a family of objects for the rest of unix/. Each
 *	family's own file defines its OsFamily; no other code tests for a
 *	particular family.
 */

#ifndef OS_FAMILY_H
#define OS_FAMILY_H

#include "os.h"

#include <sys/stat.h>

/*
 * Called for each object of a family, with its name and the identity of its
 * file. A result other than 0 ends the listing and becomes its result.
 */

typedef int OsFileProc(void *data, const char *name, dev_t device,
	    ino_t inode);

/*
 * A place where the system keeps objects, and procedures that examine it. A
 * member is NULL if the system provides no way to implement it. Functions
 * return 0 or an errno value.
 */

typedef struct OsCatalog {
    int (*list)(const OsFamily *family, OsFileProc *proc, void *data);
    int (*look)(const OsFamily *family, const char *name,
	    struct stat *status, OsInfo *info);
				/* stores stat(2) of the object's file, and
				 * the facts in the object itself */
    int (*stat)(const OsFamily *family, const char *name,
	    struct stat *status);
				/* which object has the name: EACCES if that
				 * cannot be determined */
    int (*openPath)(const OsFamily *family, const char *name, int *fdPtr);
				/* opens a descriptor of the object's file
				 * with O_PATH: open(2) */
    int (*statDescriptor)(int folder, const char *descriptor,
	    const char *link, struct stat *status);
				/* stat(2), device and inode at least, of a
				 * descriptor in a directory of /proc, if its
				 * link may lead to an object; otherwise
				 * ENOENT */
} OsCatalog;

extern const OsCatalog osFolderCatalog;	/* /dev/shm: linux/osFolder.c */
extern const OsCatalog osQueueCatalog;	/* message queues: linux/osQueues.c */

/*
 * Segments have no prefix, so the prefixes of all other families in the same
 * directory begin with one of these.
 */

#ifdef OS_NAMES_ARE_SHARED		/* musl: linux/osNamesMusl.c */
#   define OS_SEM_PREFIX ""
#else
#   define OS_SEM_PREFIX "sem."		/* the C library's */
#endif
#define OS_OWN_PREFIX	"posix_ipc."	/* this package's */

/*
 * OsExplainCreate returns the errno value to report if creating an object, or
 * listing all objects, failed with err. If the directory for objects is missing
 * or read-only, that is EPFNOSUPPORT, which no call for a file returns.
 */

int	OsExplainCreate(int err);

struct OsFamily {
    const OsCatalog *catalog;
    const char *prefix;		/* of its file names: "" for none */
    size_t leastSize;		/* bytes; a smaller file is no object */
    bool needsOneSlash;		/* a name begins with exactly one */
    bool isMapped;		/* a holder shows in /proc/PID/maps */
    bool isOpen;		/* a holder has a descriptor */
    bool hasFileSize;		/* an object is as large as its file */
    bool hasOneName;		/* an object cannot be linked elsewhere */
    OsFact spaceLimit;		/* the limit that ENOSPC means */
    const char *(*nameWait)(bool likeSemaphore);
				/* the operation of a thread that is blocked
				 * on its memory, such as "acquire", in the
				 * way of the C library's semaphores or in
				 * another; NULL: none is */
    void (*readFile)(int fd, OsInfo *info);
				/* reads facts from the object's file, or
				 * NULL */
};

#endif /* OS_FAMILY_H */
