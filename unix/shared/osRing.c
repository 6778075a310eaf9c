/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osRing.c --
 *
 *	Rings: message queues in a segment. This file has the segment type,
 *	opening, closing, and the state. osRingSend.c and osRingReceive.c send
 *	and receive, osRingPeek.c peeks at messages, osRingCall.c waits, and
 *	ringRecord.c handles the records.
 *
 *	Every operation runs inside the latch, and one store commits it. Without
 *	a latch, a sender that died between reserving room and filling it would
 *	stop the ring forever.
 */

#include "osRingPeek.h"
#include "osRingReceive.h"
#include "osRingWatch.h"

#include "osFamily.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

/*
 * Measure --
 *
 *	The size of a ring is that of its data: a power of two.
 */

static uint64_t
Measure(
    uint64_t size)
{
    return (size == OsSegmentRoundUp(size, POSIX_IPC_RING_LEAST,
	    POSIX_IPC_RING_MOST)) ? size : UINT64_MAX;
}

/*
 * WakeAll --
 *
 *	Wakes all waiters of all bells.
 */

static void
WakeAll(
    OsSegment *segment)
{
    for (int which = 0; which < POSIX_IPC_BELLS; which++) {
	OsBellRing(segment, which, INT_MAX);
    }
}

/*
 * Reap --
 *
 *	Cleans up after the dead participant of a slot: the messages that it had
 *	taken become ready again. If the ring has no taken messages, there is
 *	nothing to search for, whatever another program may have written into
 *	the slots.
 */

static void
Reap(
    OsSegment *segment,
    uint32_t number)
{
    PosixIpcSlot *slot = &segment->slots[number];
    bool hadSome = (atomic_load(&slot->grant) != 0
	    && OS_LOAD(&segment->header->ring.taken) != 0);

    if (hadSome && OsRingGiveBack(segment, number) != 0) {
	OsSegmentDamaged(segment);
	segment->damageSeen--;	/* the next Begin reports it to this process */
    }
    OsSegmentClearSlot(slot);
    if (hadSome) {
	WakeAll(segment);
    }
}

/*
 * Reset --
 *
 *	Empties a corrupt ring. Positions continue from where they were, so that
 *	a reader without the latch never sees them decrease.
 */

static void
Reset(
    OsSegment *segment)
{
    PosixIpcRing *words = &segment->header->ring;
    uint64_t end = (atomic_load(&words->head) + 7) & ~UINT64_C(7);

    atomic_store(&words->moveTo, 0);
    atomic_store(&words->messages, 0);
    atomic_store(&words->bytes, 0);
    atomic_store(&words->taken, 0);
    atomic_store(&words->used, 0);
    atomic_store(&words->ready, end);
    atomic_store(&words->tail, end);
    atomic_store(&words->head, end);
    for (uint32_t i = 0; i < POSIX_IPC_SLOTS; i++) {
	atomic_store(&segment->slots[i].grant, 0);
    }
    WakeAll(segment);
}

static const OsSegmentType ringType = {
    POSIX_IPC_RING, &osRingFamily, Measure, Reap, OsRingRepair, Reset
};

/*
 * OsRingOpen --
 *
 *	Opens a ring, or creates one of size bytes, rounded up to a power of
 *	two: 4096 to 2^32, otherwise EINVAL. EUSERS: the maximum number of
 *	handles already have it open. The other errors are those of segment.h,
 *	and ENOMEM.
 */

int
OsRingOpen(
    const char *name,
    int flags,
    mode_t mode,
    uint64_t size,
    OsObject *object,
    OsRing **ringPtr)
{
    OsRing *ring;
    int err;

    if ((flags & OS_CREAT) && (size < POSIX_IPC_RING_LEAST
	    || size > POSIX_IPC_RING_MOST)) {
	return EINVAL;
    }
    ring = calloc(1, sizeof(*ring));
    if (ring == NULL) {
	return ENOMEM;
    }
    err = OsSegmentOpenObject(&ringType, name, flags, mode,
	    OsSegmentRoundUp(size, POSIX_IPC_RING_LEAST, POSIX_IPC_RING_MOST),
	    false, &ring->segment, object);
    if (err != 0) {
	free(ring);
	return err;
    }
    ring->process = OsGetGeneration();
    OsRingInitWaiters(ring);
    *ringPtr = ring;
    return 0;
}

/*
 * OsRingClose --
 *
 *	Closes a ring, and gives back what the handle has taken. If a stopped
 *	process prevents that, other participants do it later.
 */

void
OsRingClose(
    OsRing *ring)
{
    OsSegment *segment = &ring->segment;

    OsRingForgetParent(ring);
    if (ring->takenCount > 0 && OsRingEnter(ring, OS_SECOND) == 0) {
	OsRingEndDeferred(ring);
	Reap(segment, (uint32_t) segment->slot);
	OsRingLeave(ring, 0);
    }
    OsWaiterDrop(&ring->waiter.word);
    OsWaiterDrop(&ring->roomWaiter.word);
    OsSegmentClose(segment);
    free(ring->taken);
    free(ring);
}

/*
 * OsRingUnlink, OsRingGetSize --
 *
 *	OsRingUnlink removes a name. OsRingGetSize returns the size of a ring
 *	in bytes.
 */

int
OsRingUnlink(
    const char *name)
{
    return OsSegmentUnlink(&ringType, name);
}

void
OsRingFindTrouble(
    OsRing *ring,
    OsTrouble *trouble)
{
    OsSegmentFindTrouble(&ring->segment, trouble);
}

uint64_t
OsRingGetSize(
    const OsRing *ring)
{
    return ring->segment.size;
}

/*
 * ReadState --
 *
 *	Reads the counts and the waiters.
 */

static int
ReadState(
    OsSegment *segment,
    OsRingState *state,
    OsWaiterProc *waiterProc,
    void *data)
{
    PosixIpcRing *words = &segment->header->ring;

    *state = (OsRingState) {
	.size = (int64_t) segment->size,
	.messages = (int64_t) OS_LOAD(&words->messages),
	.bytes = (int64_t) OS_LOAD(&words->bytes),
	.taken = (int64_t) OS_LOAD(&words->taken)
    };
    return OsSegmentReadWaiters(segment, &state->waiters, waiterProc, data);
}

/*
 * OsRingGetState --
 *
 *	Stores the state of a ring. First checks for dead takers.
 */

int
OsRingGetState(
    OsRing *ring,
    OsRingState *state)
{
    OsSegment *segment = &ring->segment;
    int err = OsRingEnter(ring, OS_SECOND);

    if (err != 0) {
	return err;
    }
    if (OS_LOAD(&segment->header->ring.taken) > ring->takenCount) {
	OsSegmentReap(segment);
    }
    return OsRingLeave(ring, ReadState(segment, state, NULL, NULL));
}

/*
 * CountDead --
 *
 *	Adjusts the counts: messages whose takers are dead, although no process
 *	has noticed that yet, count as messages that can be received. Runs
 *	without the latch, so it ends where it finds no valid record.
 */

static void
CountDead(
    OsSegment *segment,
    OsRingState *state)
{
    uint64_t position = OS_LOAD(&segment->header->ring.tail);
    uint64_t head = atomic_load(&segment->header->ring.head);
    OsRecord record;

    while (head - position <= segment->size
	    && OsRingReadRecord(segment, position, head, &record)) {
	if (OsRingIsTaken(record.state) && state->taken > 0
		&& OsSegmentIsDead(segment, record.state)) {
	    state->taken--;
	    state->messages++;
	    state->bytes += record.length;
	}
	position += record.room;
    }
}

/*
 * OsRingInspect --
 *
 *	Stores the state of the ring with a name. Unless the proc is NULL, calls
 *	it for each blocked thread. Read permission is enough; nothing is
 *	changed. If the proc returns anything but 0, that ends the call and is
 *	its result.
 */

int
OsRingInspect(
    const char *name,
    OsRingState *state,
    OsWaiterProc *waiterProc,
    void *data)
{
    OsSegment segment;
    int err = OsSegmentOpen(&ringType, name, 0, 0, 0, true, &segment);

    if (err != 0) {
	return err;
    }
    err = OsSegmentBegin(&segment);
    if (err == 0) {
	err = ReadState(&segment, state, waiterProc, data);
	if (err == 0 && state->taken > 0) {
	    CountDead(&segment, state);
	}
	err = OsSegmentEnd(&segment, err);
    }
    OsSegmentClose(&segment);
    return err;
}

/*
 * OsRingPeek --
 *
 *	Calls the proc with the oldest messages that can be received from the
 *	ring with a name, and with how often each was taken. The arguments limit
 *	the number of messages and the bytes of each. The messages stay in the
 *	ring. Read permission is enough; nothing is changed. If the ring changes
 *	meanwhile, fewer messages may be reported. EBUSY: the ring changes too
 *	fast, or a process is stopped while it changes the ring. If the proc
 *	returns anything but 0, that ends the call and is its result.
 */

int
OsRingPeek(
    const char *name,
    size_t most,
    size_t longest,
    OsRingPeekProc *proc,
    void *data)
{
    OsSegment segment;
    int err = OsSegmentOpen(&ringType, name, 0, 0, 0, true, &segment);

    if (err == 0) {
	err = OsRingPeekAt(&segment, most, longest, proc, data);
	OsSegmentClose(&segment);
    }
    return err;
}

const OsFamily osRingFamily = {
    .catalog = &osFolderCatalog,
    .prefix = OS_OWN_PREFIX "ring.",
    .isOpen = true,
    .isMapped = true,
    .spaceLimit = OS_SHM_BYTES_MAX
};
