/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osWatch.h --
 *
 *	Declarations that the sources of events share, for unix/ alone:
 *	osWatch.c.
 */

#ifndef OS_WATCH_H
#define OS_WATCH_H

#include "os.h"
#include "osPoller.h"
#include "osThread.h"

/*
 * An event that can happen on another thread. watch is NULL while nobody
 * waits for it.
 */

typedef struct OsPosting {
    OsWatch *watch;
    void *data;
    bool isPosted;
    struct OsPosting *next;	/* in the list of watch */
} OsPosting;

#define OS_RESERVED	2	/* the descriptors that Tcl's notifier opens */

struct OsWatch {
    OsPoller *poller;
    OsPosting *posted;
    unsigned generation;	/* OsGetGeneration of the process that has
				 * opened it */
    int reserved[OS_RESERVED];	/* descriptors */
    int reservedCount;
};

/*
 * The caller must hold the lock.
 */

void	OsPost(OsPosting *posting);
void	OsUnpost(OsPosting *posting);

#endif /* OS_WATCH_H */
