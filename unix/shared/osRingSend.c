/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osRingSend.c --
 *
 *	Sending to a ring.
 */

#include "osRingCall.h"

#include <errno.h>

/*
 * Messages to be sent.
 */

typedef struct Batch {
    const OsBytes *messages;
    size_t count;
    uint64_t room;		/* that they take */
    uint64_t bytes;		/* the sum of their lengths */
} Batch;

/*
 * AttemptSend --
 *
 *	Writes records at head, and moves head past all of them.
 *
 *	Ordering: the store of head releases the records, so a process that
 *	reads this head without the latch (acquire) finds them complete. Before
 *	this store, nothing has been sent.
 */

static inline int
AttemptSend(
    OsRing *ring,
    void *request)
{
    OsSegment *segment = &ring->segment;
    PosixIpcRing *words = &segment->header->ring;
    const Batch *batch = request;
    OsRingEnds ends;
    uint64_t position, id;
    int err = OsRingGetEnds(segment, &ends);

    if (err != 0) {
	return err;
    }
    if (batch->room > segment->size - (ends.head - ends.tail)) {
	if (batch->room > segment->size - ends.used) {
	    return EAGAIN;
	}
	if (OsRingMakeRoom(segment, &ends, batch->room) != 0) {
	    return OsSegmentDamaged(segment);
	}
    }
    position = ends.head;
    id = OS_LOAD(&words->last);
    for (size_t i = 0; i < batch->count; i++) {
	const OsBytes *message = &batch->messages[i];

	position = OsRingWriteRecord(segment, position, ++id, message->bytes,
		(uint32_t) message->length);
    }
    atomic_store_explicit(&words->head, position, memory_order_release);
    OS_STORE(&words->last, id);
    OS_STORE(&words->messages, OS_LOAD(&words->messages) + batch->count);
    OS_STORE(&words->bytes, OS_LOAD(&words->bytes) + batch->bytes);
    OS_STORE(&words->used, ends.used + batch->room);
    ring->sent = batch->count;
    return 0;
}

/*
 * OsRingMeasure --
 *
 *	Returns how many bytes messages take in a ring.
 */

uint64_t
OsRingMeasure(
    const OsBytes *messages,
    size_t count)
{
    uint64_t room = 0;

    for (size_t i = 0; i < count; i++) {
	room += PosixIpcRingRoom(messages[i].length);
    }
    return room;
}

/*
 * OsRingSend --
 *
 *	Sends all of the messages in one step, waiting for room if there is not
 *	enough. EMSGSIZE: a message is longer than half of the ring, or the ring
 *	can never hold all of them.
 */

int
OsRingSend(
    OsRing *ring,
    const OsBytes *messages,
    size_t count,
    OsTime timeout)
{
    uint64_t size = ring->segment.size;
    Batch batch = {
	.messages = messages, .count = count,
	.room = OsRingMeasure(messages, count)
    };
    OsRingWaiting waiting = {
	POSIX_IPC_BELL_ROOM, POSIX_IPC_SEND, AttemptSend, &batch
    };
    int err;

    for (size_t i = 0; i < count; i++) {
	if (messages[i].length > size / 2) {
	    return EMSGSIZE;
	}
	batch.bytes += messages[i].length;
    }
    if (batch.room > size) {
	return EMSGSIZE;
    }
    err = OsRingCall(ring, &waiting, timeout);
    if (err == ETIMEDOUT && batch.room < atomic_load(&ring->refused)) {
	atomic_store(&ring->refused, batch.room);
    }
    return err;
}
