/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osLockState.c --
 *
 *	Reads the state of a lock: its attributes, owners and waiters.
 */

#include "osLock.h"

/*
 * ReadOwner --
 *
 *	Calls proc with a living owner, and subtracts its permits from
 *	*freePtr. Returns what proc returns.
 */

static int
ReadOwner(
    OsSegment *segment,
    uint32_t number,
    uint32_t permits,
    uint32_t *freePtr,
    OsLockOwnerProc *proc,
    void *data)
{
    PosixIpcSlot *slot = &segment->slots[number];

    if (permits == 0 || OsSegmentIsDead(segment, PosixIpcId(number,
	    atomic_load(&slot->generation)))) {
	return 0;
    }
    *freePtr -= (permits < *freePtr) ? permits : *freePtr;
    return (proc == NULL) ? 0
	    : proc(data, (pid_t) atomic_load(&slot->pid), permits);
}

/*
 * ReadAbandoned --
 *
 *	Stores whether the lock is abandoned, even if no process has noticed
 *	the death of its owner yet.
 */

static void
ReadAbandoned(
    OsSegment *segment,
    uint32_t owner,
    OsLockState *state)
{
    uint32_t number = (owner & POSIX_IPC_ID_SLOT) - 1;

    if ((owner & POSIX_IPC_ID) != 0 && OsSegmentIsDead(segment, owner)) {
	state->isAbandoned = true;
	state->deadPid = (number < POSIX_IPC_SLOTS)
		? (pid_t) atomic_load(&segment->slots[number].pid) : 0;
    } else if ((owner & POSIX_IPC_ABANDONED) != 0) {
	state->isAbandoned = true;
	state->deadPid = (pid_t) atomic_load(&segment->header->lock.deadPid);
    }
}

/*
 * ReadState --
 *
 *	Reads what others hold and wait for. This happens without the latch, so
 *	values that change meanwhile may be of different moments. NULL procs are
 *	not called.
 */

static int
ReadState(
    OsSegment *segment,
    OsLockState *state,
    OsLockOwnerProc *ownerProc,
    OsWaiterProc *waiterProc,
    void *data)
{
    PosixIpcLock *words = &segment->header->lock;
    uint32_t owner = atomic_load(&words->owner);
    uint32_t count = OsSegmentCountSlots(segment);
    int err = 0;

    *state = (OsLockState) {
	.permits = (uint32_t) segment->size,
	.free = (uint32_t) segment->size
    };
    ReadAbandoned(segment, owner, state);
    for (uint32_t i = 0; i < count && err == 0; i++) {
	uint32_t grant = ((owner & POSIX_IPC_ID_SLOT) == i + 1)
		? state->permits : atomic_load(&segment->slots[i].grant);

	err = ReadOwner(segment, i, grant, &state->free, ownerProc, data);
    }
    if (state->isAbandoned) {
	state->free = 0;
    }
    return (err != 0) ? err : OsSegmentReadWaiters(segment, &state->waiters,
	    waiterProc, data);
}

/*
 * OsLockGetState --
 *
 *	Stores the state of a lock as this handle sees it. First checks whether
 *	the owner is dead.
 */

int
OsLockGetState(
    OsSharedLock *lock,
    OsLockState *state)
{
    int err = OsLockEnter(lock, OS_SECOND);

    if (err != 0) {
	return err;
    }
    OsLockLookForDead(&lock->segment);
    ReadState(&lock->segment, state, NULL, NULL, NULL);
    state->held = lock->held;
    return OsLockLeave(lock, 0);
}

/*
 * OsLockInspect --
 *
 *	Stores the state of the lock with a name. Calls the procs, unless they
 *	are NULL, for each of its living owners and each blocked thread. Read
 *	permission is enough; nothing is changed. If a proc returns anything but
 *	0, that ends the call and is its result.
 */

int
OsLockInspect(
    const char *name,
    OsLockState *state,
    OsLockOwnerProc *ownerProc,
    OsWaiterProc *waiterProc,
    void *data)
{
    OsSegment segment;
    int err = OsSegmentOpen(&osLockType, name, 0, 0, 0, true, &segment);

    if (err != 0) {
	return err;
    }
    err = OsSegmentBegin(&segment);
    if (err == 0) {
	err = OsSegmentEnd(&segment, ReadState(&segment, state, ownerProc,
		waiterProc, data));
    }
    OsSegmentClose(&segment);
    return err;
}
