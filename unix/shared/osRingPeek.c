/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osRingPeek.c --
 *
 *	Peeking at the messages of a ring, which stay there.
 *
 *	Read permission is enough, so a peek takes no slot and enters no latch,
 *	and participants may change the ring meanwhile. A record that is done
 *	keeps its bytes until tail has passed it, or other records are moved
 *	over it.
 *
 *	Trap: what was read may be torn, or not a record at all. Once a check
 *	shows that tail has not passed its position and that no records were
 *	moved, an impossible number means damage.
 */

#include "osRingPeek.h"

#include "osTime.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

/*
 * How long a peek is retried while participants are faster, or while one is
 * stopped in the middle of moving records.
 */

#define TIMEOUT	OS_SEGMENT_SLICE

/*
 * Takers, and whether they are dead, by the numbers of their slots.
 */

#define TAKERS		64

typedef struct Taker {
    uint32_t id;		/* 0: none */
    bool isDead;
} Taker;

typedef struct Peek {
    OsSegment *segment;
    OsTime end;			/* when to give up */
    bool hasPosition;
    uint64_t position;		/* of the record to be looked at next */
    uint64_t moves;		/* of the ring, before anything was read */
    Taker takers[TAKERS];
    size_t longest;		/* bytes of a message that are wanted */
    OsRingMessage message;	/* its bytes are on the heap */
} Peek;

/*
 * HasChanged --
 *
 *	Returns whether what was read at a position may no longer be a record,
 *	after a fence for all that was read there.
 */

static bool
HasChanged(
    const Peek *peek,
    uint64_t position)
{
    PosixIpcRing *words = &peek->segment->header->ring;

    atomic_thread_fence(memory_order_acquire);
    return (int64_t) (atomic_load(&words->tail) - position) > 0
	    || atomic_load(&words->moveTo) != 0
	    || atomic_load(&words->moves) != peek->moves;
}

/*
 * LoadEnds --
 *
 *	Loads the positions of the records. If tail has passed the peek's
 *	position, continues with the oldest record. ESTALE: records were moved
 *	since the last message was seen, so the position means nothing. EBADMSG:
 *	the ends are impossible.
 */

static int
LoadEnds(
    Peek *peek,
    uint64_t *headPtr)
{
    PosixIpcRing *words = &peek->segment->header->ring;
    uint64_t moves = atomic_load(&words->moves);
    uint64_t tail = atomic_load(&words->tail);
    uint64_t head = atomic_load(&words->head);

    if (peek->hasPosition && moves != peek->moves) {
	return ESTALE;
    }
    peek->moves = moves;
    if (!peek->hasPosition || (int64_t) (tail - peek->position) > 0) {
	peek->position = tail;
	peek->hasPosition = true;
    }
    *headPtr = head;
    return (((head | tail) & 7) != 0
	    || head - peek->position > peek->segment->size) ? EBADMSG : 0;
}

/*
 * IsDead --
 *
 *	Returns whether a taker is dead, so that its message can be received.
 */

static bool
IsDead(
    Peek *peek,
    uint32_t id)
{
    Taker *taker = &peek->takers[id % TAKERS];

    if (taker->id != id) {
	*taker = (Taker) { id, OsSegmentIsDead(peek->segment, id) };
    }
    return taker->isDead;
}

/*
 * FindWaiting --
 *
 *	Finds the next message that can be received. EAGAIN: there is none.
 *	ESTALE: the time is up. EBADMSG: there is no record.
 */

static int
FindWaiting(
    Peek *peek,
    uint64_t head,
    OsRecord *record)
{
    while (peek->position != head) {
	if (!OsRingReadRecord(peek->segment, peek->position, head, record)) {
	    return EBADMSG;
	}
	if (record->state == POSIX_IPC_READY) {
	    return 0;
	}
	if (OsRingIsTaken(record->state) && IsDead(peek, record->state)) {
	    return 0;
	}
	if (OsClock() >= peek->end) {
	    return ESTALE;
	}
	peek->position += record->room;
    }
    return EAGAIN;
}

/*
 * CopyMessage --
 *
 *	Copies as many bytes of a message as are wanted. ENOMEM.
 */

static int
CopyMessage(
    Peek *peek,
    OsRecord *record)
{
    OsRingMessage *message = &peek->message;

    if (record->length > peek->longest) {
	record->length = (uint32_t) peek->longest;
    }
    if (record->length > message->room) {
	void *bytes = realloc(message->bytes, record->length);

	if (bytes == NULL) {
	    return ENOMEM;
	}
	message->bytes = bytes;
	message->room = record->length;
    }
    message->length = record->length;
    message->id = record->id;
    message->attempts = record->attempts;
    if (record->length > 0) {
	OsRingCopyOut(peek->segment, record, message->bytes);
    }
    return 0;
}

/*
 * LookOnce --
 *
 *	Peeks at the next message. EAGAIN: there is none. ESTALE: participants
 *	were faster. ENOMEM. EBADMSG: the ring is corrupt.
 */

static int
LookOnce(
    Peek *peek)
{
    OsRecord record = { .room = 0 };
    uint64_t head, position;
    int err = OsSegmentBegin(peek->segment);

    if (err != 0) {
	return err;
    }
    err = LoadEnds(peek, &head);
    position = peek->position;
    if (err == 0) {
	err = FindWaiting(peek, head, &record);
	position = peek->position;
    }
    if (err == 0) {
	err = CopyMessage(peek, &record);
	peek->position += record.room;
    }
    if (HasChanged(peek, position)) {
	err = ESTALE;
    }
    return OsSegmentEnd(peek->segment, err);
}

/*
 * OsRingPeekAt --
 *
 *	See osRingPeek.h. Once a message has been seen, a change of the ring
 *	ends the peek, because the following messages may have been moved.
 */

int
OsRingPeekAt(
    OsSegment *segment,
    size_t most,
    size_t longest,
    OsRingPeekProc *proc,
    void *data)
{
    const struct timespec pause = OsTimespec(OS_SECOND / 10000);
    Peek peek = {
	.segment = segment, .end = OsClock() + TIMEOUT, .longest = longest
    };
    size_t count = 0;
    int err = 0;

    while (err == 0 && count < most) {
	err = LookOnce(&peek);
	if (err == ESTALE && count == 0 && OsClock() < peek.end) {
	    peek.hasPosition = false;
	    nanosleep(&pause, NULL);
	    err = 0;
	} else if (err == 0) {
	    count++;
	    err = proc(data, &peek.message);
	}
    }
    free(peek.message.bytes);
    if (err == EAGAIN || (err == ESTALE && count > 0)) {
	return 0;
    }
    return (err == ESTALE) ? EBUSY : err;
}
