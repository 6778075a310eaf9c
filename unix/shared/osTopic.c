/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osTopic.c --
 *
 *	Topics: messages in a segment that every reader sees. This file has the
 *	segment type, opening, closing, publishing, and the state. osTopicRead.c
 *	reads messages; topicRecord.c handles the records.
 *
 *	Publishers take turns at the latch.
 */

#include "osTopicWatch.h"

#include "osFamily.h"

#include <limits.h>
#include <stdlib.h>

#define LEAST_SIZE	UINT64_C(4096)
#define MOST_SIZE	(UINT64_C(1) << 31)

/*
 * Measure --
 *
 *	A topic's size is a power of two.
 */

static uint64_t
Measure(
    uint64_t size)
{
    return (size == OsSegmentRoundUp(size, LEAST_SIZE, MOST_SIZE))
	    ? POSIX_IPC_TOPIC_ROOM(size) : UINT64_MAX;
}

/*
 * Reap --
 *
 *	Cleans up after a dead participant, which leaves nothing but the mark
 *	that it waits.
 */

static void
Reap(
    OsSegment *segment,
    uint32_t number)
{
    OsSegmentClearSlot(&segment->slots[number]);
}

static int
Repair(
    OsSegment *segment)
{
    return OsTopicRecount((OsTopic *) segment);
}

/*
 * Reset --
 *
 *	Empties a corrupt topic. If possible, positions continue from where they
 *	were, so that none is used twice.
 */

static void
Reset(
    OsSegment *segment)
{
    PosixIpcTopic *words = &segment->header->topic;
    uint64_t head = atomic_load(&words->head), serial;
    PosixIpcTopicRecord *record;

    head = (head < OS_TOPIC_MOST)
	    ? head & ~(uint64_t) (OS_TOPIC_RECORD - 1) : 0;
    atomic_store(&words->tail, head);
    record = OsTopicGetRecord((OsTopic *) segment, head);
    serial = atomic_load(&record->serial);
    if (serial >= OS_TOPIC_MOST) {
	atomic_store(&record->serial, 0);
    }
    atomic_store(&record->before, 0);
    atomic_store(&words->bytes, 0);
    atomic_store(&words->head, head);
    OsBellRing(segment, POSIX_IPC_BELL, INT_MAX);
    OsBellRing(segment, POSIX_IPC_BELL_LOOPS, INT_MAX);
}

static const OsSegmentType topicType = {
    POSIX_IPC_TOPIC, &osTopicFamily, Measure, Reap, Repair, Reset
};

/*
 * Prepare --
 *
 *	Prepares a topic, whose segment is open, for reading from a given start.
 */

static int
Prepare(
    OsTopic *topic,
    OsTopicStart start)
{
    OsSegment *segment = &topic->segment;
    int err = OsTopicBegin(topic);

    if (err == 0) {
	err = OsTopicSeek(topic, start);
	if (err == EBADMSG) {
	    OsTopicNoteDamage(topic);
	}
	err = OsSegmentEnd(segment, (err == ESTALE) ? EBUSY : err);
    }
    topic->pause = OS_TOPIC_PAUSE;
    OsTopicInitWaiter(topic);
    return err;
}

/*
 * OsTopicOpen --
 *
 *	Opens a topic, or creates one with room for size bytes: from 4096 to
 *	2^31, rounded up to a power of two, otherwise EINVAL. EACCES: OS_CREAT
 *	was combined with readonly. EUSERS: the maximum number of handles
 *	already have the topic open. EBUSY: publishers are too fast for a reader
 *	to begin. The other errors are those of segment.h, and ENOMEM.
 */

int
OsTopicOpen(
    const char *name,
    const OsTopicRequest *request,
    OsObject *object,
    OsTopic **topicPtr)
{
    int flags = request->flags, err;
    OsTopic *topic;

    if ((flags & OS_CREAT) && (request->readonly || request->size < LEAST_SIZE
	    || request->size > MOST_SIZE)) {
	return request->readonly ? EACCES : EINVAL;
    }
    topic = calloc(1, sizeof(*topic));
    if (topic == NULL) {
	return ENOMEM;
    }
    err = OsSegmentOpenObject(&topicType, name, flags, request->mode,
	    OsSegmentRoundUp(request->size, LEAST_SIZE, MOST_SIZE),
	    request->readonly, &topic->segment, object);
    if (err != 0) {
	free(topic);
	return err;
    }
    err = Prepare(topic, request->start);
    if (err != 0) {
	OsTopicClose(topic);
	return err;
    }
    *topicPtr = topic;
    return 0;
}

/*
 * OsTopicClose, OsTopicUnlink --
 *
 *	OsTopicClose closes a topic. OsTopicUnlink removes a name.
 */

void
OsTopicClose(
    OsTopic *topic)
{
    OsWaiterDrop(&topic->waiter.word);
    OsSegmentClose(&topic->segment);
    free(topic);
}

int
OsTopicUnlink(
    const char *name)
{
    return OsSegmentUnlink(&topicType, name);
}

void
OsTopicFindTrouble(
    OsTopic *topic,
    OsTrouble *trouble)
{
    OsSegmentFindTrouble(&topic->segment, trouble);
}

/*
 * OsTopicGetSize --
 *
 *	Returns the room of a topic in bytes. A message has at most half as
 *	many.
 */

uint64_t
OsTopicGetSize(
    const OsTopic *topic)
{
    return topic->segment.size;
}

/*
 * MakeRoom --
 *
 *	Moves tail so that end is within the room, and subtracts the lengths of
 *	the dropped messages from *bytesPtr. Must be called inside the latch.
 *	The fence orders the store of tail before everything that is written
 *	over the dropped records. EBADMSG: the topic is corrupt.
 */

static int
MakeRoom(
    OsTopic *topic,
    uint64_t tail,
    uint64_t head,
    uint64_t end,
    uint64_t *bytesPtr)
{
    const uint64_t room = POSIX_IPC_TOPIC_ROOM(topic->segment.size);
    uint32_t length;

    while (end - tail > room) {
	if (!OsTopicFollowRecord(topic, tail, head, &length, &tail)) {
	    return EBADMSG;
	}
	*bytesPtr -= length;
    }
    OS_STORE(&topic->segment.header->topic.tail, tail);
    atomic_thread_fence(memory_order_release);
    return 0;
}

/*
 * Append --
 *
 *	Appends a message inside the latch. The store of head commits: before
 *	it, nothing that readers look at has changed, except tail.
 *
 *	Ordering: that store releases the record, and is seq_cst for OsBellRing.
 */

static int
Append(
    OsTopic *topic,
    const void *bytes,
    size_t length)
{
    OsSegment *segment = &topic->segment;
    PosixIpcTopic *words = &segment->header->topic;
    uint64_t head = OS_LOAD(&words->head);
    uint64_t tail = OS_LOAD(&words->tail);
    uint64_t sum = OS_LOAD(&words->bytes);
    uint64_t next = head + PosixIpcTopicRecordSize(length);
    uint64_t end = next + OS_TOPIC_RECORD, serial;
    PosixIpcTopicRecord *record;

    if (!OsTopicIsSane(segment, tail, head)) {
	return OsSegmentDamaged(segment);
    }
    record = OsTopicGetRecord(topic, head);
    serial = OS_LOAD(&record->serial);
    if (serial >= OS_TOPIC_MOST
	    || (end - tail > POSIX_IPC_TOPIC_ROOM(segment->size)
		    && MakeRoom(topic, tail, head, end, &sum) != 0)) {
	return OsSegmentDamaged(segment);
    }
    OS_STORE(&record->length, (uint32_t) length);
    OsTopicCopyIn(topic, head + OS_TOPIC_RECORD, bytes, length);
    record = OsTopicGetRecord(topic, next);
    OS_STORE(&record->serial, serial + 1);
    OS_STORE(&record->before, (uint32_t) length);
    atomic_store(&words->head, next);
    OS_STORE(&words->bytes, sum + length);
    return 0;
}

/*
 * OsTopicPublish --
 *
 *	Publishes a message. EMSGSIZE: it is longer than half of the room.
 *	EACCES: opened for reading only. EBUSY: a process is stopped inside an
 *	operation.
 */

int
OsTopicPublish(
    OsTopic *topic,
    const void *bytes,
    size_t length)
{
    OsSegment *segment = &topic->segment;
    int err;

    if (segment->readonly || length > segment->size / 2) {
	return segment->readonly ? EACCES : EMSGSIZE;
    }
    err = OsTopicBegin(topic);
    if (err != 0) {
	return err;
    }
    err = OsLatchEnter(segment, OS_SECOND);
    if (err == 0) {
	err = Append(topic, bytes, length);
	OsLatchLeave(segment);
	OsBellRing(segment, POSIX_IPC_BELL, INT_MAX);
	OsBellRing(segment, POSIX_IPC_BELL_LOOPS, INT_MAX);
    }
    if (err == EBADMSG) {
	topic->isLost = true;
    }
    return OsSegmentEnd(segment, err);
}

/*
 * ReadState --
 *
 *	Reads how much is in a topic. EBADMSG: it is corrupt. EBUSY: publishers
 *	are too fast.
 */

static int
ReadState(
    OsTopic *topic,
    OsTopicState *state)
{
    PosixIpcTopic *words = &topic->segment.header->topic;
    uint64_t tail, head;
    int err = ESTALE;

    for (int i = 0; i < OS_TOPIC_ATTEMPTS && err == ESTALE; i++) {
	err = OsTopicLoadEnds(topic, &tail, &head);
	if (err == 0) {
	    *state = (OsTopicState) {
		.size = topic->segment.size,
		.published = OS_LOAD(&OsTopicGetRecord(topic, head)->serial),
		.bytes = OS_LOAD(&words->bytes)
	    };
	    err = OsTopicIsOvertaken(topic, head) ? ESTALE : 0;
	}
    }
    return (err == ESTALE) ? EBUSY : err;
}

/*
 * OsTopicGetState --
 *
 *	Stores how much is in a topic.
 */

int
OsTopicGetState(
    OsTopic *topic,
    OsTopicState *state)
{
    int err = OsTopicBegin(topic);

    if (err == 0) {
	err = ReadState(topic, state);
	err = OsSegmentEnd(&topic->segment, (err == EBADMSG)
		? OsTopicNoteDamage(topic) : err);
    }
    return err;
}

/*
 * OsTopicInspect --
 *
 *	Stores how much is in the topic with a name. Unless proc is NULL, calls
 *	it for each blocked thread, except read-only readers. Read permission is
 *	enough; nothing is changed.
 */

int
OsTopicInspect(
    const char *name,
    OsTopicState *state,
    OsWaiterProc *proc,
    void *data)
{
    OsTopic topic = { .lap = 0 };
    uint32_t waiters = 0;
    int err = OsSegmentOpen(&topicType, name, 0, 0, 0, true, &topic.segment);

    if (err != 0) {
	return err;
    }
    err = OsTopicBegin(&topic);
    if (err == 0) {
	err = ReadState(&topic, state);
	if (err == 0) {
	    err = OsSegmentReadWaiters(&topic.segment, &waiters, proc, data);
	}
	err = OsSegmentEnd(&topic.segment, err);
    }
    OsSegmentClose(&topic.segment);
    return err;
}

const OsFamily osTopicFamily = {
    .catalog = &osFolderCatalog,
    .prefix = OS_OWN_PREFIX "topic.",
    .isOpen = true,
    .isMapped = true,
    .spaceLimit = OS_SHM_BYTES_MAX
};
