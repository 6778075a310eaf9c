/*
 * osWatch.h --
 *
 *	What the sources of events share, for unix/ alone: osWatch.c.
 */

#ifndef OS_WATCH_H
#define OS_WATCH_H

#include "os.h"
#include "osPoller.h"
#include "osThread.h"

/*
 * Something that can happen on another thread. watch is NULL while nobody
 * wants to know.
 */

typedef struct OsPosting {
    OsWatch *watch;
    void *data;
    bool isPosted;
    struct OsPosting *next;	/* in the list of watch */
} OsPosting;

struct OsWatch {
    OsPoller *poller;
    OsPosting *posted;
    pid_t process;		/* that has opened it */
};

/*
 * To be called with the lock.
 */

void	OsPost(OsPosting *posting);
void	OsUnpost(OsPosting *posting);

#endif /* OS_WATCH_H */
