/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osRingCall.c --
 *
 *	How the calls of a ring wait.
 *
 *	Traps:
 *
 *	- A sender wakes one receiver, and in doing so clears the mark that
 *	  receivers wait, so the next send wakes nobody. So a receiver that has
 *	  slept leaves its bell armed when it gets a message, and wakes another
 *	  receiver if there are more messages. If it dies between the wake and
 *	  its look, the others lose a slice of 0.1 s.
 *	- Senders are woken when the ring is half empty, or has no messages. A
 *	  sender whose message would fit earlier notices that only after its
 *	  slice.
 */

#include "osRingCall.h"

#include <errno.h>

/*
 * Arm, Disarm --
 *
 *	Arm shows that a thread is about to block, and stores the bell's value.
 *	Disarm shows that the thread is no longer blocked. The bell stays armed,
 *	because another receiver may be asleep too.
 */

static int
Arm(
    OsRing *ring,
    const OsRingWaiting *waiting,
    uint32_t *valuePtr)
{
    int err = OsRingBegin(ring);

    if (err != 0) {
	return err;
    }
    *valuePtr = OsBellArm(&ring->segment, waiting->bell);
    OS_STORE(&OsSegmentGetSlot(&ring->segment)->operation, waiting->operation);
    return OsRingEnd(ring, 0);
}

static void
Disarm(
    OsRing *ring)
{
    OsSegment *segment = &ring->segment;

    if (OsSegmentHasSlot(segment)) {
	OsGuardEnter(segment->header, segment->mapped, NULL);
	OS_STORE(&OsSegmentGetSlot(segment)->operation, 0);
	OsSegmentEnd(segment, 0);
    }
}

int
OsRingWait(
    OsRing *ring,
    const OsRingWaiting *waiting,
    OsTime timeout)
{
    OsTime now = OsClock(), end = OsAfter(now, timeout);
    int err = EAGAIN;

    while (err == EAGAIN && now < end) {
	OsTime left = end - now;
	uint32_t value = 0;

	err = Arm(ring, waiting, &value);
	if (err == 0) {
	    err = OsRingTry(ring, waiting->attempt, waiting->request,
		    (left < OS_SECOND / 10) ? left : OS_LATCH_ATTEMPT);
	}
	if (err == EAGAIN) {
	    err = OsBellWait(&ring->segment, waiting->bell, value, left);
	    err = (err == 0 || err == ETIMEDOUT) ? EAGAIN
		    : OsRingLose(ring, err);
	}
	now = OsClock();
    }
    Disarm(ring);
    return (err == EAGAIN) ? ETIMEDOUT : err;
}
