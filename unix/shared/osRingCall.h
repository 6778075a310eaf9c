/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osRingCall.h --
 *
 *	An open ring, and how its calls enter the latch, leave it, and wait. For
 *	osRing*.c alone: osRingCall.c.
 */

#ifndef OS_RING_CALL_H
#define OS_RING_CALL_H

#include "ringRecord.h"

#include <errno.h>
#include <limits.h>

/*
 * A message that the handle has taken. It is at position, or after it if
 * records have been moved since.
 */

typedef struct OsRingTaken {
    uint64_t id;
    uint64_t position;
    uint64_t moves;		/* of the ring, when position was right */
    enum { OS_RING_HELD, OS_RING_DONE, OS_RING_BACK } end;	/* how the take
				 * will end, if that is deferred */
} OsRingTaken;

struct OsRing {
    OsSegment segment;		/* first: tests find it there */
    unsigned process;		/* generation of forks that set these */
    OsRingTaken *taken;		/* takenCount of them, with room for more */
    size_t takenCount;
    size_t takenRoom;
    size_t deferred;		/* taken messages whose end is deferred */
    size_t sent;		/* messages sent by the current operation */
    bool hasFreed;		/* the current operation has freed room */
    bool hasLeft;		/* the current operation has left messages */
    uint32_t pending;		/* calls that its slot shows */
    _Atomic uint64_t refused;	/* the least room that was recently lacking */
    OsSegmentWaiter waiter;	/* an event loop, for messages */
    OsSegmentWaiter roomWaiter;	/* an event loop, for room */
};

/*
 * OsRingGetLongestRoom --
 *
 *	Returns how many bytes the longest message of a ring takes.
 */

static inline uint64_t
OsRingGetLongestRoom(
    const OsSegment *segment)
{
    return PosixIpcRingRoom(segment->size / 2);
}

/*
 * OsRingLose, OsRingForgetParent --
 *
 *	OsRingLose forgets all messages that the handle has taken, because the
 *	ring was corrupt. OsRingForgetParent does so in a forked child, because
 *	its parent has taken them.
 */

static inline int
OsRingLose(
    OsRing *ring,
    int err)
{
    if (err == EBADMSG) {
	ring->takenCount = 0;
	ring->deferred = 0;
    }
    return err;
}

static inline void
OsRingForgetParent(
    OsRing *ring)
{
    if (ring->process != OsGetGeneration()) {
	ring->process = OsGetGeneration();
	ring->takenCount = 0;
	ring->deferred = 0;
	ring->pending = 0;
    }
}

/*
 * OsRingBegin, OsRingEnd --
 *
 *	OsSegmentBegin and OsSegmentEnd.
 */

static inline int
OsRingBegin(
    OsRing *ring)
{
    int err;

    OsRingForgetParent(ring);
    err = OsSegmentBegin(&ring->segment);
    return (err == 0) ? 0 : OsRingLose(ring, err);
}

static inline int
OsRingEnd(
    OsRing *ring,
    int err)
{
    err = OsSegmentEnd(&ring->segment, err);
    return (err == 0) ? 0 : OsRingLose(ring, err);
}

/*
 * OsRingEnter, OsRingLeave --
 *
 *	OsRingEnter begins an operation and enters the latch. OsRingLeave leaves
 *	the latch, rings the bells for what was done inside, and ends the
 *	operation. While this process enters the latch, another one may find
 *	damage.
 */

static inline int
OsRingEnter(
    OsRing *ring,
    OsTime timeout)		/* how long to wait for a process that is
				 * stopped inside */
{
    OsSegment *segment = &ring->segment;
    int err = OsRingBegin(ring);

    if (err != 0) {
	return err;
    }
    err = OsLatchEnter(segment, timeout);
    if (err != 0) {
	return OsRingEnd(ring, err);
    }
    if (OS_LOAD(&segment->header->damage) != segment->damageSeen) {
	OsLatchLeave(segment);
	return OsRingLose(ring, OsSegmentReportDamage(segment));
    }
    ring->sent = 0;
    ring->hasFreed = false;
    ring->hasLeft = false;
    return 0;
}

static inline int
OsRingLeave(
    OsRing *ring,
    int err)
{
    OsSegment *segment = &ring->segment;

    OsLatchLeave(segment);
    if (ring->sent > 0) {
	OsBellRing(segment, POSIX_IPC_BELL, (int) ring->sent);
	OsBellRing(segment, POSIX_IPC_BELL_LOOPS, INT_MAX);
    } else if (ring->hasLeft) {
	OsBellRing(segment, POSIX_IPC_BELL, 1);
    }
    if (ring->hasFreed) {
	OsBellRing(segment, POSIX_IPC_BELL_ROOM, INT_MAX);
	OsBellRing(segment, POSIX_IPC_BELL_ROOM_LOOPS, INT_MAX);
    }
    return OsRingEnd(ring, err);
}

/*
 * OsRingGetEnds --
 *
 *	OsRingReadEnds, but impossible values are reported as damage.
 */

static inline int
OsRingGetEnds(
    OsSegment *segment,
    OsRingEnds *ends)
{
    return (OsRingReadEnds(segment, ends) == 0) ? 0
	    : OsSegmentDamaged(segment);
}

/*
 * An attempt makes a call inside the latch. EAGAIN: the call must wait.
 */

typedef int OsRingAttempt(OsRing *ring, void *request);

/*
 * OsRingTry --
 *
 *	Makes an attempt. If a process is stopped in the latch, returns EAGAIN:
 *	the call must wait.
 */

static inline int
OsRingTry(
    OsRing *ring,
    OsRingAttempt *attempt,
    void *request,
    OsTime timeout)
{
    int err = OsRingEnter(ring, timeout);

    if (err != 0) {
	return (err == EBUSY) ? EAGAIN : err;
    }
    err = attempt(ring, request);
    return OsRingLeave(ring, err);
}

/*
 * How a call waits.
 */

typedef struct OsRingWaiting {
    int bell;			/* POSIX_IPC_BELL ... */
    uint32_t operation;		/* POSIX_IPC_RECEIVE ... */
    OsRingAttempt *attempt;
    void *request;
} OsRingWaiting;

/*
 * OsRingWait --
 *
 *	Makes attempts until one succeeds or fails, for at most timeout.
 *	ETIMEDOUT: the time is up. EINTR: a signal handler ran.
 */

int	OsRingWait(OsRing *ring, const OsRingWaiting *waiting,
	    OsTime timeout);

/*
 * OsRingCall --
 *
 *	Makes an attempt. If the attempt must wait and the call may wait, waits.
 */

static inline int
OsRingCall(
    OsRing *ring,
    const OsRingWaiting *waiting,
    OsTime timeout)
{
    int err = OsRingTry(ring, waiting->attempt, waiting->request,
	    OS_LATCH_ATTEMPT);

    if (err != EAGAIN) {
	return err;
    }
    return (timeout == OS_NOW) ? ETIMEDOUT : OsRingWait(ring, waiting, timeout);
}

#endif /* OS_RING_CALL_H */
