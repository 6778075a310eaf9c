/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osTopicRead.c --
 *
 *	Reading a topic.
 *
 *	Readers take nothing and write nothing: a reader copies a record and
 *	finds out afterward whether publishers have overwritten it meanwhile.
 *	Its position is in its own memory, so it cannot disturb others, and a
 *	forked child has its own copy.
 *
 *	Traps:
 *
 *	- What was read may be torn, or not a record at all. Once a check shows
 *	  that tail has not passed its position, an impossible number means
 *	  damage.
 *	- tail is loaded after head. In the other order, a publisher that laps
 *	  the reader in between would look like damage.
 *	- A reader without write permission cannot show that it waits, so no
 *	  publisher wakes it. It looks again after a while.
 */

#include "osTopicRead.h"

/*
 * How often a reader that was overtaken tries the oldest message before it
 * skips to the newest.
 */

#define ATTEMPTS_AT_TAIL 3

int
OsTopicBegin(
    OsTopic *topic)
{
    OsSegment *segment = &topic->segment;
    int err = OsSegmentBegin(segment);

    if (err == EBADMSG) {
	topic->isLost = true;
	if (topic->hasNoticed && !segment->isGone) {
	    topic->hasNoticed = false;
	    err = OsSegmentBegin(segment);
	}
    }
    return err;
}

/*
 * FindNewest --
 *
 *	Stores the position of the newest message, according to the header at
 *	head. Returns false if that is not between tail and head.
 */

static bool
FindNewest(
    OsTopic *topic,
    uint64_t tail,
    uint64_t head,
    uint64_t *positionPtr)
{
    uint64_t size = PosixIpcTopicRecordSize(
	    OS_LOAD(&OsTopicGetRecord(topic, head)->before));

    if (size > head - tail) {
	return false;
    }
    *positionPtr = head - size;
    return true;
}

/*
 * SeekOnce, OsTopicSeek --
 *
 *	Store a position to read from, and its serial number. ESTALE: publishers
 *	were faster. EBADMSG: the topic is corrupt.
 */

static int
SeekOnce(
    OsTopic *topic,
    OsTopicStart start)
{
    uint64_t tail, head, position, serial;
    int err = OsTopicLoadEnds(topic, &tail, &head);

    if (err != 0) {
	return err;
    }
    position = (start == OS_TOPIC_OLDEST) ? tail : head;
    if (start == OS_TOPIC_LATEST && tail != head
	    && !FindNewest(topic, tail, head, &position)) {
	err = EBADMSG;
    }
    serial = OS_LOAD(&OsTopicGetRecord(topic, position)->serial);
    if (OsTopicIsOvertaken(topic, position)) {
	return ESTALE;
    }
    if (err != 0 || serial >= OS_TOPIC_MOST) {
	return EBADMSG;
    }
    topic->position = position;
    topic->serial = serial;
    topic->isLost = false;
    return 0;
}

int
OsTopicSeek(
    OsTopic *topic,
    OsTopicStart start)
{
    int err = ESTALE;

    for (int i = 0; i < OS_TOPIC_ATTEMPTS && err == ESTALE; i++) {
	err = SeekOnce(topic, start);
    }
    return err;
}

int
OsTopicNoteDamage(
    OsTopic *topic)
{
    OsSegment *segment = &topic->segment;
    uint32_t damage = atomic_load(&segment->header->damage);

    topic->isLost = true;
    if (segment->readonly) {
	topic->hasNoticed = (damage == segment->damageSeen);
	segment->damageSeen = damage;
    } else if (OsLatchEnter(segment, OS_LATCH_ATTEMPT) == 0) {
	damage = atomic_load(&segment->header->damage);
	if (damage != segment->damageSeen) {
	    segment->damageSeen = damage;
	} else if (OsTopicRecount(topic) != 0) {
	    OsSegmentDamaged(segment);
	} else {
	    OsTopicSeek(topic, OS_TOPIC_NEW);
	}
	OsLatchLeave(segment);
    }
    return EBADMSG;
}

int
OsTopicRecover(
    OsTopic *topic)
{
    int err = OsTopicSeek(topic, topic->hasNoticed ? OS_TOPIC_NEW
	    : OS_TOPIC_OLDEST);

    return (err == ESTALE || (err == EBADMSG && topic->hasNoticed)) ? EAGAIN
	    : err;
}

/*
 * ReadRecord --
 *
 *	Copies the message at a position, which is before head, and stores the
 *	position of the next. EMSGSIZE: there is no room for it; its length is
 *	stored. ESTALE: it is no longer there. EBADMSG: the topic is corrupt.
 */

static int
ReadRecord(
    OsTopic *topic,
    uint64_t position,
    uint64_t head,
    OsTopicMessage *message,
    uint64_t *nextPtr)
{
    uint64_t serial = OS_LOAD(&OsTopicGetRecord(topic, position)->serial);
    uint32_t length;
    int err = OsTopicFollowRecord(topic, position, head, &length, nextPtr) ? 0
	    : EBADMSG;

    if (err == 0 && length > message->room) {
	err = EMSGSIZE;
    }
    if (err == 0) {
	OsTopicCopyOut(topic, position + OS_TOPIC_RECORD, message->bytes,
		length);
    }
    if (OsTopicIsOvertaken(topic, position)) {
	return ESTALE;
    }
    message->length = length;
    message->serial = serial;
    return err;
}

/*
 * Overtake --
 *
 *	Moves a reader that was overtaken to the oldest message or, if it was
 *	overtaken repeatedly, to the newest, which stays longest.
 */

static void
Overtake(
    OsTopic *topic,
    int attempt,
    uint64_t tail,
    uint64_t head)
{
    uint64_t newest;

    topic->position = tail;
    if (attempt >= ATTEMPTS_AT_TAIL
	    && OsTopicIsSane(&topic->segment, tail, head)
	    && FindNewest(topic, tail, head, &newest)) {
	topic->position = newest;
    }
}

/*
 * ReadNext --
 *
 *	Reads the message at the reader's position and moves on. EAGAIN: there
 *	is none yet. EMSGSIZE and EBADMSG are those of ReadRecord.
 *
 *	Ordering: the load of head acquires everything that its store released,
 *	and is seq_cst for OsBellArm.
 */

static int
ReadNext(
    OsTopic *topic,
    OsTopicMessage *message)
{
    PosixIpcTopic *words = &topic->segment.header->topic;

    for (int attempt = 0; attempt < OS_TOPIC_ATTEMPTS; attempt++) {
	uint64_t head = atomic_load(&words->head), tail, next;
	uint64_t position = topic->position;
	int err;

	if (head == position) {
	    return EAGAIN;
	}
	tail = atomic_load_explicit(&words->tail, memory_order_acquire);
	if ((int64_t) (tail - position) > 0) {
	    Overtake(topic, attempt, tail, head);
	    continue;
	}
	err = (OsTopicIsSane(&topic->segment, tail, head)
		&& (position & (OS_TOPIC_RECORD - 1)) == 0
		&& position - tail <= head - tail)
		? ReadRecord(topic, position, head, message, &next) : EBADMSG;
	if (err == 0) {
	    message->missed = message->serial - topic->serial;
	    if (message->missed >= OS_TOPIC_MOST) {
		return EBADMSG;
	    }
	    topic->position = next;
	    topic->serial = message->serial + 1;
	}
	if (err != ESTALE) {
	    return err;
	}
    }
    return EAGAIN;
}

/*
 * TryReceive --
 *
 *	Receives a message, if there is one. EAGAIN: there is none.
 */

static int
TryReceive(
    OsTopic *topic,
    OsTopicMessage *message)
{
    int err = OsTopicBegin(topic);

    if (err != 0) {
	return err;
    }
    err = topic->isLost ? OsTopicRecover(topic) : 0;
    if (err == 0) {
	err = ReadNext(topic, message);
    }
    return OsSegmentEnd(&topic->segment, (err == EBADMSG)
	    ? OsTopicNoteDamage(topic) : err);
}

uint32_t
OsTopicArm(
    OsSegment *segment,
    int which)
{
    return segment->readonly
	    ? atomic_load(&segment->header->bells[which].bell)
	    : OsBellArm(segment, which);
}

/*
 * SetOperation --
 *
 *	Shows in the slot the operation in which the thread is blocked, or 0.
 */

static void
SetOperation(
    OsSegment *segment,
    uint32_t operation)
{
    if (segment->slot >= 0) {
	atomic_store(&segment->slots[segment->slot].operation, operation);
    }
}

/*
 * TryAgain --
 *
 *	One round of a blocking receive: arms the bell, tries, and if there is
 *	nothing, sleeps for a slice.
 */

static int
TryAgain(
    OsTopic *topic,
    OsTopicMessage *message,
    OsTime left)
{
    OsSegment *segment = &topic->segment;
    uint32_t value;
    int err = OsTopicBegin(topic);

    if (err != 0) {
	return err;
    }
    SetOperation(segment, POSIX_IPC_RECEIVE);
    value = OsTopicArm(segment, POSIX_IPC_BELL);
    err = OsSegmentEnd(segment, 0);
    if (err == 0) {
	err = TryReceive(topic, message);
    }
    if (err != EAGAIN) {
	return err;
    }
    if (segment->readonly) {
	left = (left < topic->pause) ? left : topic->pause;
	topic->pause += (topic->pause < OS_SEGMENT_SLICE) ? topic->pause / 4
		: 0;
    }
    err = OsBellWait(segment, POSIX_IPC_BELL, value, left);
    return (err == 0 || err == ETIMEDOUT) ? EAGAIN : err;
}

/*
 * OsTopicReceive --
 *
 *	Receives the next message, waiting for at most timeout. EMSGSIZE: the
 *	room at message->bytes is too small for message->length bytes, and the
 *	message is still the next. ETIMEDOUT: there was none in time. EINTR: a
 *	signal handler ran.
 */

int
OsTopicReceive(
    OsTopic *topic,
    OsTopicMessage *message,
    OsTime timeout)
{
    int err = TryReceive(topic, message);
    OsTime now, end;

    if (err == EAGAIN && timeout != OS_NOW) {
	now = OsClock();
	end = OsAfter(now, timeout);
	while (err == EAGAIN && now < end) {
	    err = TryAgain(topic, message, end - now);
	    now = OsClock();
	}
	OsGuardEnter(topic->segment.header, topic->segment.mapped, NULL);
	SetOperation(&topic->segment, 0);
	OsGuardLeave();
    }
    if (err == 0) {
	topic->pause = OS_TOPIC_PAUSE;
    }
    return (err == EAGAIN) ? ETIMEDOUT : err;
}

/*
 * ReadNewest --
 *
 *	Reads the newest message. ESTALE: publishers were faster.
 */

static int
ReadNewest(
    OsTopic *topic,
    OsTopicMessage *message)
{
    uint64_t tail, head, position, next;
    int err = OsTopicLoadEnds(topic, &tail, &head);

    if (err != 0) {
	return err;
    }
    if (tail == head) {
	return (atomic_load(&topic->segment.header->topic.head) == head)
		? ENOENT : ESTALE;
    }
    if (!FindNewest(topic, tail, head, &position)) {
	return OsTopicIsOvertaken(topic, head) ? ESTALE : EBADMSG;
    }
    return ReadRecord(topic, position, head, message, &next);
}

/*
 * OsTopicReadLatest --
 *
 *	Reads the newest message, no matter which messages this handle has
 *	received. ENOENT: no message has been published yet, or this reader has
 *	reported damage that it cannot repair, after which it treats the topic
 *	as empty. EMSGSIZE: as for OsTopicReceive. EBUSY: publishers are too
 *	fast.
 */

int
OsTopicReadLatest(
    OsTopic *topic,
    OsTopicMessage *message)
{
    int err = OsTopicBegin(topic);

    if (err != 0) {
	return err;
    }
    err = ESTALE;
    for (int i = 0; i < OS_TOPIC_ATTEMPTS && err == ESTALE; i++) {
	err = ReadNewest(topic, message);
    }
    if (err == EBADMSG && topic->hasNoticed) {
	err = ENOENT;
    } else if (err == EBADMSG) {
	OsTopicNoteDamage(topic);
    }
    return OsSegmentEnd(&topic->segment, (err == ESTALE) ? EBUSY : err);
}
