/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osRingReceive.c --
 *
 *	Receiving and taking from a ring, and ending a take.
 *
 *	Trap: the memory for a message must be allocated before the latch is
 *	entered, so a receiver that has too little room learns how much it
 *	needs.
 */

#include "osRingReceive.h"

#include "osArray.h"

#include <errno.h>

/*
 * FindReady --
 *
 *	Finds the oldest message that can be received. EAGAIN: there is none.
 */

static inline int
FindReady(
    OsSegment *segment,
    OsRingEnds *ends,
    OsRecord *record)
{
    PosixIpcRing *words = &segment->header->ring;
    uint64_t messages = OS_LOAD(&words->messages);

    while (messages != 0 && ends->ready != ends->head) {
	if (!OsRingReadRecord(segment, ends->ready, ends->head, record)) {
	    return OsSegmentDamaged(segment);
	}
	if (record->state == POSIX_IPC_READY) {
	    return (OS_LOAD(&words->bytes) >= record->length
		    && ends->used >= record->room) ? 0
		    : OsSegmentDamaged(segment);
	}
	ends->ready += record->room;
    }
    return (messages == 0) ? EAGAIN : OsSegmentDamaged(segment);
}

/*
 * Remove --
 *
 *	Removes a record from the ring: at the tail by a store of tail, which
 *	also passes finished records after it; elsewhere by marking it as done.
 *	Either store commits. It is a release for readers without the latch.
 */

static inline int
Remove(
    OsRing *ring,
    OsRingEnds *ends,
    const OsRecord *record)
{
    OsSegment *segment = &ring->segment;
    PosixIpcRing *words = &segment->header->ring;
    uint64_t next = record->position + record->room;

    if (record->position == ends->tail) {
	if (ends->used != ends->head - ends->tail) {
	    next = OsRingSkipDone(segment, next, ends->head);
	    if (next == UINT64_MAX) {
		return OsSegmentDamaged(segment);
	    }
	}
	atomic_store_explicit(&words->tail, next, memory_order_release);
	ends->tail = next;
	if (ends->ready - ends->tail > ends->head - ends->tail) {
	    ends->ready = ends->tail;
	}
    } else {
	OsRingSetState(segment, record, POSIX_IPC_DONE, record->attempts);
    }
    ends->used -= record->room;
    return 0;
}

/*
 * Count --
 *
 *	Stores the derived numbers after records were removed or taken. The
 *	arguments are the number of messages that are no longer ready, and the
 *	sum of their lengths. Senders are woken if the ring is half empty, or if
 *	there is nothing to receive.
 */

static inline void
Count(
    OsRing *ring,
    const OsRingEnds *ends,
    uint64_t count,
    uint64_t bytes)
{
    PosixIpcRing *words = &ring->segment.header->ring;
    uint64_t messages = OS_LOAD(&words->messages) - count;

    OS_STORE(&words->ready, ends->ready);
    OS_STORE(&words->used, ends->used);
    OS_STORE(&words->messages, messages);
    OS_STORE(&words->bytes, OS_LOAD(&words->bytes) - bytes);
    ring->hasLeft = (messages != 0);
    ring->hasFreed = (messages == 0
	    || ends->used <= ring->segment.size / 2);
}

/*
 * SetGrant --
 *
 *	Shows in the slot how many messages the handle has taken. The number is
 *	raised before a message is taken, and lowered after a take has ended. If
 *	the process dies in between, the only cost is a fruitless search.
 */

static inline void
SetGrant(
    OsSegment *segment,
    size_t count)
{
    atomic_store_explicit(&OsSegmentGetSlot(segment)->grant, (uint32_t) count,
	    memory_order_release);
}

/*
 * FindTaken --
 *
 *	Finds the record of a message that the handle has taken. The record is
 *	at its old position unless records were moved.
 */

static int
FindTaken(
    OsSegment *segment,
    const OsRingTaken *taken,
    const OsRingEnds *ends,
    OsRecord *record)
{
    uint64_t position = ends->tail;

    if (taken->moves == OS_LOAD(&segment->header->ring.moves)
	    && taken->position - ends->tail < ends->head - ends->tail) {
	position = taken->position;
    }
    while (position != ends->head
	    && OsRingReadRecord(segment, position, ends->head, record)) {
	if (record->id == taken->id) {
	    return (record->state == segment->me && ends->used >= record->room)
		    ? 0 : OsSegmentDamaged(segment);
	}
	position += record->room;
    }
    return OsSegmentDamaged(segment);
}

/*
 * GiveUp --
 *
 *	Ends a take: the message becomes either done or ready again. If it is
 *	ready, it is the next to be received.
 */

static int
GiveUp(
    OsRing *ring,
    const OsRingTaken *taken,
    bool isDone)
{
    OsSegment *segment = &ring->segment;
    PosixIpcRing *words = &segment->header->ring;
    OsRingEnds ends;
    OsRecord record = { 0 };
    int err = OsRingGetEnds(segment, &ends);

    if (err == 0) {
	err = FindTaken(segment, taken, &ends, &record);
    }
    if (err == 0 && isDone) {
	err = Remove(ring, &ends, &record);
    } else if (err == 0) {
	OsRingSetState(segment, &record, POSIX_IPC_READY, record.attempts);
	if (record.position - ends.tail < ends.ready - ends.tail) {
	    ends.ready = record.position;
	}
	OS_STORE(&words->messages, OS_LOAD(&words->messages) + 1);
	OS_STORE(&words->bytes, OS_LOAD(&words->bytes) + record.length);
	ring->sent = 1;
    }
    if (err == 0) {
	OS_STORE(&words->taken, OS_LOAD(&words->taken) - 1);
	Count(ring, &ends, 0, 0);
	SetGrant(segment, ring->takenCount - 1);
    }
    return err;
}

int
OsRingEndDeferred(
    OsRing *ring)
{
    int err = 0;

    for (size_t i = ring->takenCount; err == 0 && i > 0; i--) {
	OsRingTaken *taken = &ring->taken[i - 1];

	if (taken->end != OS_RING_HELD) {
	    err = GiveUp(ring, taken, taken->end == OS_RING_DONE);
	    if (err == 0) {
		*taken = ring->taken[--ring->takenCount];
		ring->deferred--;
	    }
	}
    }
    return err;
}

/*
 * IsLookDue --
 *
 *	Returns whether to look for dead takers even though there may be
 *	messages to receive: every 0.1 s, while others have taken messages.
 */

static inline bool
IsLookDue(
    OsRing *ring)
{
    OsSegment *segment = &ring->segment;

    return OS_LOAD(&segment->header->ring.taken) > ring->takenCount
	    && OsClock() - segment->lastReap >= OS_SEGMENT_SLICE;
}

/*
 * Find --
 *
 *	FindReady. If a look for dead takers is due, or there is no message,
 *	first makes their messages ready again: these are the next to be
 *	received.
 */

static inline int
Find(
    OsRing *ring,
    OsRingEnds *ends,
    OsRecord *record)
{
    OsSegment *segment = &ring->segment;
    int err = (ring->deferred > 0) ? OsRingEndDeferred(ring) : 0;

    if (err != 0) {
	return err;
    }
    if (IsLookDue(ring)) {
	OsSegmentReap(segment);
    }
    err = OsRingGetEnds(segment, ends);
    if (err == 0) {
	err = FindReady(segment, ends, record);
    }
    if (err == EAGAIN
	    && OS_LOAD(&segment->header->ring.taken) > ring->takenCount
	    && OsSegmentReap(segment) > 0) {
	err = OsRingGetEnds(segment, ends);
	if (err == 0) {
	    err = FindReady(segment, ends, record);
	}
    }
    return err;
}

/*
 * CopyFirst --
 *
 *	Finds the oldest message and copies it. Afterward ends->ready is the
 *	position after it. EMSGSIZE: there is too little room; length is the
 *	room that it needs.
 */

static inline int
CopyFirst(
    OsRing *ring,
    OsRingMessage *message,
    OsRingEnds *ends,
    OsRecord *record)
{
    int err = Find(ring, ends, record);

    if (err != 0) {
	return err;
    }
    message->length = record->length;
    if (record->length > message->room) {
	return EMSGSIZE;
    }
    OsRingCopyOut(&ring->segment, record, message->bytes);
    ends->ready = record->position + record->room;
    return 0;
}

/*
 * AttemptReceive --
 *
 *	Copies the oldest message, and removes it.
 */

static inline int
AttemptReceive(
    OsRing *ring,
    void *request)
{
    OsRingEnds ends;
    OsRecord record = { 0 };
    int err = CopyFirst(ring, request, &ends, &record);

    if (err == 0) {
	err = Remove(ring, &ends, &record);
    }
    if (err == 0) {
	Count(ring, &ends, 1, record.length);
    }
    return err;
}

/*
 * OsRingReceive --
 *
 *	Receives a message, waiting for one if there is none. EMSGSIZE: there is
 *	too little room, and the message stays.
 */

int
OsRingReceive(
    OsRing *ring,
    OsRingMessage *message,
    OsTime timeout)
{
    OsRingWaiting waiting = {
	POSIX_IPC_BELL, POSIX_IPC_RECEIVE, AttemptReceive, message
    };

    return OsRingCall(ring, &waiting, timeout);
}

/*
 * A list of messages that were received. Each consists of its length, a size_t,
 * and its bytes, padded to a multiple of 8.
 */

static inline size_t
GetListRoom(
    size_t length)
{
    return sizeof(uint64_t) + ((length + 7) & ~(size_t) 7);
}

/*
 * MeasureList --
 *
 *	Stores how much room the messages need, up to the number asked for, and
 *	how many there are. EMSGSIZE: the caller has less room.
 */

static int
MeasureList(
    OsSegment *segment,
    OsRingEnds ends,
    OsRingList *list)
{
    PosixIpcRing *words = &segment->header->ring;
    uint64_t messages = OS_LOAD(&words->messages), bytes = 0;
    OsRecord record;

    list->length = 0;
    list->count = 0;
    while (list->count < list->most && list->count < messages) {
	if (ends.ready == ends.head || !OsRingReadRecord(segment, ends.ready,
		ends.head, &record)) {
	    return OsSegmentDamaged(segment);
	}
	if (record.state == POSIX_IPC_READY) {
	    list->length += GetListRoom(record.length);
	    list->count++;
	    bytes += record.length;
	}
	ends.ready += record.room;
    }
    if (bytes > OS_LOAD(&words->bytes)) {
	return OsSegmentDamaged(segment);
    }
    return (list->length <= list->room) ? 0 : EMSGSIZE;
}

/*
 * CopyToList --
 *
 *	Copies the message of a record to the end of a list. EBADMSG: the record
 *	differs from what was measured.
 */

static int
CopyToList(
    OsSegment *segment,
    const OsRecord *record,
    OsRingList *list)
{
    unsigned char *place = (unsigned char *) list->bytes + list->length;
    uint64_t length = record->length;

    if (list->room - list->length < GetListRoom(record->length)) {
	return OsSegmentDamaged(segment);
    }
    memcpy(place, &length, sizeof(length));
    OsRingCopyOut(segment, record, place + sizeof(length));
    list->length += GetListRoom(record->length);
    return 0;
}

/*
 * AttemptReceiveList --
 *
 *	Copies messages and removes them. Those at the tail are removed
 *	together, by one store. Each of those after a taken message is removed
 *	by a store of its own; a process that dies in between has received only
 *	some of them.
 */

static int
AttemptReceiveList(
    OsRing *ring,
    void *request)
{
    OsSegment *segment = &ring->segment;
    OsRingList *list = request;
    OsRecord record, first = { .room = 0 };
    OsRingEnds ends;
    uint64_t bytes = 0;
    int err = Find(ring, &ends, &record);

    if (err == 0) {
	err = MeasureList(segment, ends, list);
    }
    if (err != 0) {
	return err;
    }
    first.position = ends.tail;
    list->length = 0;
    for (size_t i = 0; i < list->count && err == 0; i++) {
	err = FindReady(segment, &ends, &record);
	if (err == 0) {
	    err = CopyToList(segment, &record, list);
	}
	if (err == 0) {
	    bytes += record.length;
	    ends.ready = record.position + record.room;
	    if (record.position == first.position + first.room) {
		first.room += record.room;
	    } else {
		err = Remove(ring, &ends, &record);
	    }
	}
    }
    if (err == 0 && first.room > 0) {
	err = Remove(ring, &ends, &first);
    }
    if (err == 0) {
	Count(ring, &ends, list->count, bytes);
    }
    return err;
}

/*
 * OsRingReceiveList --
 *
 *	Receives all messages, but at most list->most. If there is none, waits
 *	for one. EMSGSIZE: there is too little room, and the messages stay.
 */

int
OsRingReceiveList(
    OsRing *ring,
    OsRingList *list,
    OsTime timeout)
{
    OsRingWaiting waiting = {
	POSIX_IPC_BELL, POSIX_IPC_RECEIVE, AttemptReceiveList, list
    };

    return OsRingCall(ring, &waiting, timeout);
}

/*
 * OsRingNextOf --
 *
 *	Returns the message at an offset of a list, which is 0 for the first,
 *	and moves the offset to the next; NULL at the end.
 */

const void *
OsRingNextOf(
    const OsRingList *list,
    size_t *offsetPtr,
    size_t *lengthPtr)
{
    const unsigned char *place = (unsigned char *) list->bytes + *offsetPtr;
    uint64_t length;

    if (*offsetPtr >= list->length) {
	return NULL;
    }
    memcpy(&length, place, sizeof(length));
    *lengthPtr = (size_t) length;
    *offsetPtr += GetListRoom((size_t) length);
    return place + sizeof(length);
}

/*
 * ReserveTaken --
 *
 *	Makes room for one more message that the handle has taken. ENOMEM.
 */

static int
ReserveTaken(
    OsRing *ring)
{
    OsRingTaken *taken = OsMakeRoom(ring->taken, ring->takenCount + 1,
	    &ring->takenRoom, sizeof(*taken));

    if (taken == NULL) {
	return ENOMEM;
    }
    ring->taken = taken;
    return 0;
}

/*
 * AttemptTake --
 *
 *	Copies the oldest message, and marks it as taken by this participant.
 *	The store of the state commits.
 */

static inline int
AttemptTake(
    OsRing *ring,
    void *request)
{
    OsSegment *segment = &ring->segment;
    PosixIpcRing *words = &segment->header->ring;
    OsRingMessage *message = request;
    OsRingEnds ends;
    OsRecord record;
    int err = CopyFirst(ring, message, &ends, &record);

    if (err != 0) {
	return err;
    }
    message->id = record.id;
    message->attempts = record.attempts + 1;
    SetGrant(segment, ring->takenCount + 1);
    OsRingSetState(segment, &record, segment->me, message->attempts);
    OS_STORE(&words->taken, OS_LOAD(&words->taken) + 1);
    Count(ring, &ends, 1, record.length);
    ring->hasFreed = false;
    ring->taken[ring->takenCount++] = (OsRingTaken) {
	.id = record.id, .position = record.position,
	.moves = OS_LOAD(&words->moves)
    };
    return 0;
}

/*
 * OsRingTake --
 *
 *	OsRingReceive, but the message stays in the ring until OsRingAck is
 *	called with its id.
 */

int
OsRingTake(
    OsRing *ring,
    OsRingMessage *message,
    OsTime timeout)
{
    OsRingWaiting waiting = {
	POSIX_IPC_BELL, POSIX_IPC_RECEIVE, AttemptTake, message
    };
    int err;

    OsRingForgetParent(ring);
    err = ReserveTaken(ring);
    return (err == 0) ? OsRingCall(ring, &waiting, timeout) : err;
}

/*
 * FindHeld --
 *
 *	Returns the message with an id that the handle has taken, or NULL.
 */

static OsRingTaken *
FindHeld(
    OsRing *ring,
    uint64_t id)
{
    size_t i;

    OsRingForgetParent(ring);
    i = ring->takenCount;
    while (i > 0 && (ring->taken[i - 1].id != id
	    || ring->taken[i - 1].end != OS_RING_HELD)) {
	i--;
    }
    return (i == 0) ? NULL : &ring->taken[i - 1];
}

/*
 * EndTake --
 *
 *	Ends the take of an id. EINVAL: the handle has taken no such message.
 */

static int
EndTake(
    OsRing *ring,
    uint64_t id,
    bool isDone)
{
    OsRingTaken *taken = FindHeld(ring, id);
    int err;

    if (taken == NULL) {
	return EINVAL;
    }
    err = OsRingEnter(ring, OS_SECOND);
    if (err != 0) {
	return err;
    }
    err = OsRingLeave(ring, GiveUp(ring, taken, isDone));
    if (err == 0) {
	*taken = ring->taken[--ring->takenCount];
    }
    return err;
}

/*
 * OsRingAck, OsRingRequeue --
 *
 *	End a take: OsRingAck removes the message; after OsRingRequeue it is the
 *	next to be delivered. EINVAL: the handle has taken no such message.
 */

int
OsRingAck(
    OsRing *ring,
    uint64_t id)
{
    return EndTake(ring, id, true);
}

int
OsRingRequeue(
    OsRing *ring,
    uint64_t id)
{
    return EndTake(ring, id, false);
}

/*
 * OsRingFinish --
 *
 *	Ends a take like OsRingAck or OsRingRequeue, for a caller that cannot
 *	try again. Where these would fail with EBUSY, the take ends in the next
 *	call that receives or takes, or when the handle is closed.
 */

int
OsRingFinish(
    OsRing *ring,
    uint64_t id,
    bool isDone)
{
    int err = EndTake(ring, id, isDone);
    OsRingTaken *taken = (err == EBUSY) ? FindHeld(ring, id) : NULL;

    if (taken == NULL) {
	return err;
    }
    taken->end = isDone ? OS_RING_DONE : OS_RING_BACK;
    ring->deferred++;
    return 0;
}
