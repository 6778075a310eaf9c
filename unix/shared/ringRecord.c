/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ringRecord.c --
 *
 *	The records of a ring. posixIpcLayout.h describes them and the stores
 *	that commit changes.
 *
 *	Traps:
 *
 *	- The end of the data can split a record or its message, but not a word.
 *	  So each copy has two parts.
 *	- Everything that is read may be corrupt. The check word of a record is
 *	  no protection against malice, so the length of a record is compared
 *	  with the bytes that exist, and each loop advances by at least one
 *	  record.
 */

#include "ringRecord.h"

#include <errno.h>

/*
 * GetWord --
 *
 *	Returns the word at a position.
 */

static inline _Atomic uint64_t *
GetWord(
    OsSegment *segment,
    uint64_t position)
{
    return PosixIpcRingWord(segment->header, segment->size, position);
}

/*
 * CopyIn, CopyOut --
 *
 *	Copy bytes into the data, or out of it, from a position on.
 */

static void
CopyIn(
    OsSegment *segment,
    uint64_t position,
    const void *bytes,
    size_t length)
{
    size_t offset = (size_t) (position & (segment->size - 1));
    size_t first = (size_t) segment->size - offset;

    if (first >= length) {
	memcpy(segment->data + offset, bytes, length);
    } else {
	memcpy(segment->data + offset, bytes, first);
	memcpy(segment->data, (const char *) bytes + first, length - first);
    }
}

static void
CopyOut(
    OsSegment *segment,
    uint64_t position,
    void *bytes,
    size_t length)
{
    size_t offset = (size_t) (position & (segment->size - 1));
    size_t first = (size_t) segment->size - offset;

    if (first >= length) {
	memcpy(bytes, segment->data + offset, length);
    } else {
	memcpy(bytes, segment->data + offset, first);
	memcpy((char *) bytes + first, segment->data, length - first);
    }
}

int
OsRingReadEnds(
    OsSegment *segment,
    OsRingEnds *ends)
{
    PosixIpcRing *ring = &segment->header->ring;
    uint64_t length;

    ends->head = OS_LOAD(&ring->head);
    ends->tail = OS_LOAD(&ring->tail);
    ends->ready = OS_LOAD(&ring->ready);
    ends->used = OS_LOAD(&ring->used);
    length = ends->head - ends->tail;
    return (((ends->head | ends->tail | ends->ready | ends->used) & 7) != 0
	    || length > segment->size || ends->ready - ends->tail > length
	    || ends->used > length) ? EBADMSG : 0;
}

bool
OsRingReadRecord(
    OsSegment *segment,
    uint64_t position,
    uint64_t head,
    OsRecord *record)
{
    uint64_t first, second;

    if (head - position < POSIX_IPC_RECORD) {
	return false;
    }
    first = OS_LOAD(GetWord(segment, position));
    second = OS_LOAD(GetWord(segment, position + 8));
    record->position = position;
    record->id = OS_LOAD(GetWord(segment, position + 16));
    record->length = (uint32_t) first;
    record->room = PosixIpcRingRoom(record->length);
    record->state = (uint32_t) second;
    record->attempts = (uint32_t) (second >> 32);
    return record->length <= segment->size / 2
	    && record->room <= head - position
	    && (uint32_t) (first >> 32)
		    == PosixIpcCheck(record->id, record->length);
}

/*
 * WriteWords, OsRingWriteRecord --
 *
 *	WriteWords writes the words of a record. OsRingWriteRecord: see
 *	ringRecord.h. The record is beyond head, so nobody reads it yet.
 */

static void
WriteWords(
    OsSegment *segment,
    uint64_t position,
    uint64_t id,
    uint32_t length,
    uint32_t state)
{
    OS_STORE(GetWord(segment, position),
	    (uint64_t) PosixIpcCheck(id, length) << 32 | length);
    OS_STORE(GetWord(segment, position + 8), state);
    OS_STORE(GetWord(segment, position + 16), id);
}

uint64_t
OsRingWriteRecord(
    OsSegment *segment,
    uint64_t position,
    uint64_t id,
    const void *bytes,
    uint32_t length)
{
    /* A process that sees a new byte also sees that tail has passed the old
     * one: OsRingPeek. */
    atomic_thread_fence(memory_order_release);
    WriteWords(segment, position, id, length, POSIX_IPC_READY);
    CopyIn(segment, position + POSIX_IPC_RECORD, bytes, length);
    return position + PosixIpcRingRoom(length);
}

/*
 * OsRingSetState --
 *
 *	See ringRecord.h. The release is for a peek, which does not enter the
 *	latch.
 */

void
OsRingSetState(
    OsSegment *segment,
    const OsRecord *record,
    uint32_t state,
    uint32_t attempts)
{
    atomic_store_explicit(GetWord(segment, record->position + 8),
	    (uint64_t) attempts << 32 | state, memory_order_release);
}

void
OsRingCopyOut(
    OsSegment *segment,
    const OsRecord *record,
    void *bytes)
{
    CopyOut(segment, record->position + POSIX_IPC_RECORD, bytes,
	    record->length);
}

uint64_t
OsRingSkipDone(
    OsSegment *segment,
    uint64_t position,
    uint64_t head)
{
    OsRecord record;

    while (position != head) {
	if (!OsRingReadRecord(segment, position, head, &record)) {
	    return UINT64_MAX;
	}
	if (record.state != POSIX_IPC_DONE) {
	    break;
	}
	position += record.room;
    }
    return position;
}

/*
 * WriteGap --
 *
 *	Fills room, at least that of a record, with records that are done.
 */

static void
WriteGap(
    OsSegment *segment,
    uint64_t position,
    uint64_t room)
{
    const uint64_t most = PosixIpcRingRoom(segment->size / 2);

    while (room > 0) {
	uint64_t part = room;

	if (room > most) {
	    part = most;
	    if (room - part < POSIX_IPC_RECORD) {
		part -= POSIX_IPC_RECORD;
	    }
	}
	WriteWords(segment, position, 0, (uint32_t) (part - POSIX_IPC_RECORD),
		POSIX_IPC_DONE);
	position += part;
	room -= part;
    }
}

/*
 * CopyForward --
 *
 *	Moves the rest of the records from a position on forward by a distance.
 *	A part is at most as long as the distance, so its source stays intact
 *	until moveLeft says that the part was copied.
 *
 *	Ordering: each store of moveLeft releases the bytes of its part. A
 *	process that takes the latch over acquires them.
 */

static void
CopyForward(
    OsSegment *segment,
    uint64_t from,
    uint64_t distance,
    uint64_t left)
{
    unsigned char part[4096];

    while (left > 0) {
	size_t length = sizeof(part);

	length = (left < length) ? (size_t) left : length;
	length = (distance < length) ? (size_t) distance : length;
	left -= length;
	CopyOut(segment, from + left, part, length);
	CopyIn(segment, from + left + distance, part, length);
	atomic_store_explicit(&segment->header->ring.moveLeft, left,
		memory_order_release);
    }
}

/*
 * FinishMove --
 *
 *	Moves the rest of the records from moveFrom on. Then, if the oldest
 *	record was moved, tail becomes moveTo; otherwise the room before the
 *	moved records is filled. Either may be done again if this process dies
 *	before it stores moveTo.
 */

static int
FinishMove(
    OsSegment *segment,
    const OsRingEnds *ends)
{
    PosixIpcRing *ring = &segment->header->ring;
    uint64_t from = atomic_load(&ring->moveFrom);
    uint64_t to = atomic_load(&ring->moveTo), distance = to - from;
    uint64_t left = atomic_load(&ring->moveLeft);

    if (to != ends->tail) {
	if (((from | distance | left) & 7) != 0
		|| from - ends->tail > ends->head - ends->tail
		|| distance > ends->head - from
		|| distance < POSIX_IPC_RECORD || left > ends->head - to) {
	    return EBADMSG;
	}
	/* A process that sees a moved byte sees moves and moveTo, too:
	 * OsRingPeek. */
	atomic_thread_fence(memory_order_release);
	CopyForward(segment, from, distance, left);
	if (from != ends->tail) {
	    WriteGap(segment, from, distance);
	} else {
	    atomic_store_explicit(&ring->tail, to, memory_order_release);
	}
    }
    atomic_fetch_add_explicit(&ring->moves, 1, memory_order_release);
    atomic_store_explicit(&ring->moveTo, 0, memory_order_release);
    return 0;
}

/*
 * Move --
 *
 *	Moves the records from one position to end forward, over the finished
 *	records between end and next. A death before the store of moveTo changes
 *	nothing; after it, the participant that takes the latch over finishes
 *	the move.
 */

static int
Move(
    OsSegment *segment,
    OsRingEnds *ends,
    uint64_t from,
    uint64_t end,
    uint64_t next)
{
    PosixIpcRing *ring = &segment->header->ring;
    uint64_t distance = next - end;
    int err;

    atomic_fetch_add_explicit(&ring->moves, 1, memory_order_relaxed);
    atomic_store_explicit(&ring->moveFrom, from, memory_order_release);
    atomic_store_explicit(&ring->moveLeft, end - from, memory_order_release);
    atomic_store_explicit(&ring->moveTo, from + distance,
	    memory_order_release);

    err = FinishMove(segment, ends);
    if (err == 0) {
	if (ends->ready - from < end - from) {
	    ends->ready += distance;
	} else if (ends->ready - from < next - from) {
	    ends->ready = next;
	}
	ends->tail += (from == ends->tail) ? distance : 0;
	OS_STORE(&ring->ready, ends->ready);
    }
    return err;
}

/*
 * FindHole --
 *
 *	Finds the first finished records from a position on. They lie between
 *	*endPtr and *nextPtr; both are head if there are none.
 */

static int
FindHole(
    OsSegment *segment,
    const OsRingEnds *ends,
    uint64_t position,
    uint64_t *endPtr,
    uint64_t *nextPtr)
{
    OsRecord record;

    while (position != ends->head) {
	if (!OsRingReadRecord(segment, position, ends->head, &record)) {
	    return EBADMSG;
	}
	if (record.state == POSIX_IPC_DONE) {
	    break;
	}
	position += record.room;
    }
    *endPtr = position;
    *nextPtr = OsRingSkipDone(segment, position, ends->head);
    return (*nextPtr == UINT64_MAX) ? EBADMSG : 0;
}

/*
 * JoinHoles --
 *
 *	Joins every second hole with the one before it by moving the records
 *	between the two, until the holes found so far have enough bytes.
 */

static int
JoinHoles(
    OsSegment *segment,
    OsRingEnds *ends,
    uint64_t room)
{
    uint64_t position = ends->tail, sum = 0;
    int err = 0;

    while (err == 0 && sum < room && position != ends->head) {
	uint64_t end, next, secondEnd, secondNext;

	err = FindHole(segment, ends, position, &end, &next);
	if (err == 0) {
	    err = FindHole(segment, ends, next, &secondEnd, &secondNext);
	}
	if (err == 0 && secondEnd != secondNext) {
	    err = Move(segment, ends, next, secondEnd, secondNext);
	}
	if (err == 0) {
	    sum += next - end + secondNext - secondEnd;
	    position = secondNext;
	}
    }
    return err;
}

/*
 * OsRingMakeRoom --
 *
 *	See ringRecord.h. The simpler way, to move all records before a hole
 *	over it, hole by hole, would move the oldest records as often as there
 *	are holes.
 */

int
OsRingMakeRoom(
    OsSegment *segment,
    OsRingEnds *ends,
    uint64_t room)
{
    int err = 0;

    while (err == 0 && segment->size - (ends->head - ends->tail) < room) {
	uint64_t lack = room - (segment->size - (ends->head - ends->tail));
	uint64_t end, next;

	err = FindHole(segment, ends, ends->tail, &end, &next);
	if (err == 0 && next - end < lack) {
	    err = JoinHoles(segment, ends, lack);
	    if (err == 0) {
		err = FindHole(segment, ends, ends->tail, &end, &next);
	    }
	}
	if (err == 0) {
	    err = (next == end) ? EBADMSG
		    : Move(segment, ends, ends->tail, end, next);
	}
    }
    return err;
}

/*
 * Recount --
 *
 *	Recomputes the derived numbers.
 */

static int
Recount(
    OsSegment *segment,
    const OsRingEnds *ends)
{
    PosixIpcRing *ring = &segment->header->ring;
    uint64_t messages = 0, bytes = 0, taken = 0, used = 0;
    uint64_t ready = ends->head, last = atomic_load(&ring->last);
    OsRecord record;

    for (uint64_t position = ends->tail; position != ends->head;
	    position += record.room) {
	if (!OsRingReadRecord(segment, position, ends->head, &record)) {
	    return EBADMSG;
	}
	if (record.id > last) {
	    last = record.id;
	}
	if (record.state == POSIX_IPC_READY) {
	    ready = (messages == 0) ? position : ready;
	    messages++;
	    bytes += record.length;
	}
	taken += OsRingIsTaken(record.state);
	used += (record.state != POSIX_IPC_DONE) ? record.room : 0;
    }
    atomic_store(&ring->ready, ready);
    atomic_store(&ring->messages, messages);
    atomic_store(&ring->bytes, bytes);
    atomic_store(&ring->taken, taken);
    atomic_store(&ring->used, used);
    atomic_store(&ring->last, last);
    return 0;
}

/*
 * ReadPlainEnds --
 *
 *	Reads only head and tail, because derived numbers may be wrong.
 */

static int
ReadPlainEnds(
    OsSegment *segment,
    OsRingEnds *ends)
{
    PosixIpcRing *ring = &segment->header->ring;

    ends->head = atomic_load(&ring->head);
    ends->tail = atomic_load(&ring->tail);
    return (((ends->head | ends->tail) & 7) != 0
	    || ends->head - ends->tail > segment->size) ? EBADMSG : 0;
}

/*
 * Tidy --
 *
 *	Moves tail past finished records, and recounts the remaining ones.
 */

static int
Tidy(
    OsSegment *segment,
    OsRingEnds *ends)
{
    ends->tail = OsRingSkipDone(segment, ends->tail, ends->head);
    if (ends->tail == UINT64_MAX) {
	return EBADMSG;
    }
    atomic_store(&segment->header->ring.tail, ends->tail);
    return Recount(segment, ends);
}

int
OsRingRepair(
    OsSegment *segment)
{
    OsRingEnds ends;
    int err = ReadPlainEnds(segment, &ends);

    if (err == 0 && atomic_load(&segment->header->ring.moveTo) != 0) {
	err = FinishMove(segment, &ends);
	if (err == 0) {
	    err = ReadPlainEnds(segment, &ends);
	}
    }
    return (err == 0) ? Tidy(segment, &ends) : err;
}

/*
 * OsRingGiveBack --
 *
 *	See ringRecord.h. Each store of a state is a change of its own.
 */

int
OsRingGiveBack(
    OsSegment *segment,
    uint32_t slot)
{
    OsRingEnds ends;
    OsRecord record = { 0 };
    int err = ReadPlainEnds(segment, &ends);

    for (uint64_t position = ends.tail; err == 0 && position != ends.head;
	    position += record.room) {
	if (!OsRingReadRecord(segment, position, ends.head, &record)) {
	    err = EBADMSG;
	} else if (OsRingIsTaken(record.state)
		&& (record.state & POSIX_IPC_ID_SLOT) == slot + 1) {
	    OsRingSetState(segment, &record, POSIX_IPC_READY, record.attempts);
	}
    }
    return (err == 0) ? Tidy(segment, &ends) : err;
}
