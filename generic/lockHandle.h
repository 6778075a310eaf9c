/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lockHandle.h --
 *
 *	The handle of a lock, for the files of lock*.c.
 */

#ifndef IPC_LOCK_HANDLE_H
#define IPC_LOCK_HANDLE_H

#include "args.h"
#include "pending.h"

/*
 * What pending calls wait for. Those that wait for permits are served in
 * order; each wait for a notification has a number of its own.
 */

enum { EVENT_PERMITS = IPC_UNORDERED + 1, EVENT_FIRST_WAIT };

/*
 * A wait for a notification that is completed later.
 */

typedef struct LockWait {
    int event;
    uint32_t permits;		/* to be acquired again */
    unsigned grant;		/* number that the grant then has again */
    OsTime deadline;
    bool isOver;		/* the permits are being acquired */
    int err;			/* the errno value that will end the call */
    struct LockWait *next;
} LockWait;

typedef struct LockHandle {
    IpcHandle handle;
    OsSharedLock *lock;		/* NULL once it is closed */
    pid_t deadPid;		/* the last one that was reported to a call */
    unsigned grant;		/* number of the grant; after a wait, the same
				 * as before it */
    unsigned grants;		/* the last number given */
    int lastEvent;
    LockWait *waits;	/* in the order of their calls */
} LockHandle;

/*
 * The options of acquire and with.
 */

typedef struct LockOptions {
    IpcWaitOptions wait;
    uint32_t permits;
    int takeover;
    Tcl_Obj *recover;
} LockOptions;

#define LOCK_DEFAULTS { .wait = IPC_WAIT_DEFAULTS, .permits = 1 }

/*
 * A request for permits: options, as unix/ knows them.
 */

typedef struct LockRequest {
    uint32_t permits;
    int flags;			/* OS_LOCK_TAKEOVER, or 0 */
    int err;			/* of the last attempt of a blocking call: the
				 * handle may make others meanwhile */
} LockRequest;

static inline LockRequest
LockGetRequest(
    const LockOptions *options)
{
    return (LockRequest) {
	options->permits, options->takeover ? OS_LOCK_TAKEOVER : 0, 0
    };
}

/*
 * LockCountGrant --
 *
 *	Gives a grant its number, if permits were acquired: err is 0.
 */

static inline void
LockCountGrant(
    LockHandle *self,
    int err)
{
    if (err == 0) {
	self->grant = ++self->grants;
    }
}

/*
 * lockHandle.c
 */

void	LockRefine(IpcHandle *handle, Tcl_Interp *interp, int err);
int	LockFail(LockHandle *self, const IpcCall *call, int err);
void	LockFreeWait(LockHandle *self, LockWait *wait);
void	LockShowPending(LockHandle *self);

/*
 * lockPermits.c
 */

int	LockReadPermits(const IpcCall *call, const char *what, Tcl_Obj *value,
	    void *where);
int	LockAcquire(LockHandle *self, const IpcCall *call,
	    LockRequest *request, OsTime timeout);
int	LockTakeTurn(LockHandle *self, LockRequest request);
int	LockRelease(LockHandle *self, bool abandon);

IpcMethodProc LockAcquireMethod, LockReleaseMethod;

/*
 * lockNotify.c
 */

IpcMethodProc LockWaitMethod, LockNotifyMethod;

/*
 * lockWith.c
 */

IpcMethodProc LockWithMethod;

#endif /* IPC_LOCK_HANDLE_H */
