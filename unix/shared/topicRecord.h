/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * topicRecord.h --
 *
 *	An open topic and its records, for osTopic*.c alone: topicRecord.c.
 *	posixIpcLayout.h describes how a message is published and read.
 */

#ifndef OS_TOPIC_RECORD_H
#define OS_TOPIC_RECORD_H

#include "segment.h"

#include <errno.h>

/*
 * The thread sanitizer does not understand fences. It is no help here anyway,
 * because it does not see accesses by other processes.
 */

#ifdef __SANITIZE_THREAD__
#   pragma GCC diagnostic ignored "-Wtsan"
#endif

#define OS_TOPIC_MOST	(UINT64_C(1) << 62)
#define OS_TOPIC_RECORD	sizeof(PosixIpcTopicRecord)

struct OsTopic {
    OsSegment segment;		/* first: tests find it there */
    uint64_t lap;		/* position of the start of the data, for the
				 * place that was computed last */
    uint64_t position;		/* of the record to be read next */
    uint64_t serial;		/* number of that record */
    bool isLost;		/* the position is no longer valid */
    bool hasNoticed;		/* found damage that it could not repair */
    OsTime pause;
    _Atomic uint64_t watched;	/* the position when the waiter was armed */
    OsSegmentWaiter waiter;	/* for an event loop */
};

/*
 * OsTopicGetPlace, OsTopicGetRecord --
 *
 *	OsTopicGetPlace returns the offset of a position in the data;
 *	OsTopicGetRecord, the record there. Most positions are in the same lap
 *	as the previous one, which saves a division.
 */

static inline uint64_t
OsTopicGetPlace(
    OsTopic *topic,
    uint64_t position)
{
    const uint64_t room = POSIX_IPC_TOPIC_ROOM(topic->segment.size);
    uint64_t place = position - topic->lap;

    if (place >= room) {
	place = position % room;
	topic->lap = position - place;
    }
    return place;
}

static inline PosixIpcTopicRecord *
OsTopicGetRecord(
    OsTopic *topic,
    uint64_t position)
{
    return (PosixIpcTopicRecord *)
	    (topic->segment.data + OsTopicGetPlace(topic, position));
}

/*
 * OsTopicIsSane --
 *
 *	Returns whether a tail and a head are a possible pair.
 */

static inline bool
OsTopicIsSane(
    const OsSegment *segment,
    uint64_t tail,
    uint64_t head)
{
    return ((tail | head) & (OS_TOPIC_RECORD - 1)) == 0 && head < OS_TOPIC_MOST
	    && head - tail <= POSIX_IPC_TOPIC_ROOM(segment->size)
		    - OS_TOPIC_RECORD;
}

/*
 * OsTopicCopyIn, OsTopicCopyOut --
 *
 *	Copy a message into the data, and out of it. A reader may copy a message
 *	out while a publisher copies another one in; the reader then discards
 *	its copy.
 */

static inline void
OsTopicCopyIn(
    OsTopic *topic,
    uint64_t position,
    const void *bytes,
    size_t length)
{
    uint64_t place = OsTopicGetPlace(topic, position);
    uint64_t left = POSIX_IPC_TOPIC_ROOM(topic->segment.size) - place;
    size_t first = (length <= left) ? length : (size_t) left;

    memcpy(topic->segment.data + place, bytes, first);
    if (first < length) {
	memcpy(topic->segment.data, (const char *) bytes + first,
		length - first);
    }
}

static inline void
OsTopicCopyOut(
    OsTopic *topic,
    uint64_t position,
    void *bytes,
    size_t length)
{
    uint64_t place = OsTopicGetPlace(topic, position);
    uint64_t left = POSIX_IPC_TOPIC_ROOM(topic->segment.size) - place;
    size_t first = (length <= left) ? length : (size_t) left;

    memcpy(bytes, topic->segment.data + place, first);
    if (first < length) {
	memcpy((char *) bytes + first, topic->segment.data, length - first);
    }
}

/*
 * OsTopicFollowRecord --
 *
 *	Stores the length of the message at a position, and the position after
 *	it. Returns whether there is a record that ends at or before head and
 *	agrees with its successor.
 */

static inline bool
OsTopicFollowRecord(
    OsTopic *topic,
    uint64_t position,
    uint64_t head,
    uint32_t *lengthPtr,
    uint64_t *nextPtr)
{
    PosixIpcTopicRecord *record = OsTopicGetRecord(topic, position), *next;
    uint64_t serial = OS_LOAD(&record->serial);
    uint32_t length = OS_LOAD(&record->length);

    *lengthPtr = length;
    *nextPtr = position + PosixIpcTopicRecordSize(length);
    if (length > topic->segment.size / 2 || *nextPtr - position
	    > head - position) {
	return false;
    }
    next = OsTopicGetRecord(topic, *nextPtr);
    return OS_LOAD(&next->serial) == serial + 1
	    && OS_LOAD(&next->before) == length;
}

/*
 * OsTopicIsOvertaken --
 *
 *	Returns whether tail has passed a position, after a fence for all that
 *	was read there.
 */

static inline bool
OsTopicIsOvertaken(
    OsTopic *topic,
    uint64_t position)
{
    atomic_thread_fence(memory_order_acquire);
    return (int64_t) (OS_LOAD(&topic->segment.header->topic.tail)
	    - position) > 0;
}

/*
 * OsTopicRecount --
 *
 *	Recomputes bytes. Must be called inside the latch. EBADMSG: there are no
 *	valid records from tail to head, or the serial numbers cannot be right.
 */

int	OsTopicRecount(OsTopic *topic);

/*
 * OsTopicLoadEnds --
 *
 *	Loads head and then tail, which publishers may meanwhile have moved past
 *	that head. ESTALE: the two do not fit together, because publishers were
 *	faster. EBADMSG: the topic is corrupt.
 */

int	OsTopicLoadEnds(OsTopic *topic, uint64_t *tailPtr, uint64_t *headPtr);

#endif /* OS_TOPIC_RECORD_H */
