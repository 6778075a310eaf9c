/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * topic.c --
 *
 *	The operations of topics. After each death, readers must find the old
 *	messages, and the new one either whole or not at all, and the next
 *	publisher must be able to publish. The topic is prepared anew for each
 *	child.
 */

#include "steps.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SIZE 4096

static OsTopic *survivor;	/* the survivor's handle */
static OsTopic *reader;		/* another one, with -readonly */
static OsTopic *own;		/* the child's handle */
static size_t length;		/* of the messages of the current operation */
static uint64_t published;	/* before the child */

/*
 * Publish, Receive --
 *
 *	Each word of a message is its serial number. Receive returns the number,
 *	or -1 if there is none, -2 if the message is torn, and -3 after another
 *	error.
 */

static int
Publish(
    OsTopic *topic,
    uint64_t number)
{
    static uint64_t words[SIZE / 16];

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
	words[i] = number;
    }
    return OsTopicPublish(topic, words, length);
}

static int64_t
GetNumber(
    int err,
    const OsTopicMessage *message)
{
    const uint64_t *words = message->bytes;

    if (err != 0) {
	return (err == ETIMEDOUT || err == ENOENT) ? -1 : -3;
    }
    for (size_t i = 0; i < message->length / sizeof(*words); i++) {
	if (words[i] != message->serial) {
	    return -2;
	}
    }
    return (message->length == length) ? (int64_t) message->serial : -2;
}

static int64_t
Receive(
    OsTopic *topic)
{
    uint64_t words[SIZE / 16];
    OsTopicMessage message = { .bytes = words, .room = sizeof(words) };
    int err = OsTopicReceive(topic, &message, OS_NOW);

    return GetNumber(err, &message);
}

static int64_t
ReadLatest(
    OsTopic *topic)
{
    uint64_t words[SIZE / 16];
    OsTopicMessage message = { .bytes = words, .room = sizeof(words) };
    int err = OsTopicReadLatest(topic, &message);

    return GetNumber(err, &message);
}

/*
 * PrepareEmpty, PrepareFull, PrepareHalves, PrepareNone, PrepareDead,
 * PrepareNoName --
 *
 *	The preparations of the survivor: an empty topic; a topic in which old
 *	messages must be dropped for the next message, which crosses the end;
 *	two messages of half the room; empty messages; a dead publisher in the
 *	latch; no topic.
 */

static void
Close(void)
{
    if (survivor != NULL) {
	OsTopicClose(survivor);
	OsTopicClose(reader);
	OsTopicUnlink(name);
    }
}

static void
Renew(
    size_t messageLength,
    uint64_t messages)
{
    Close();
    survivor = OpenTopic(SIZE, OS_TOPIC_NEW, false);
    segment = (OsSegment *) survivor;
    length = messageLength;
    for (published = 0; published < messages; published++) {
	Must("publish", Publish(survivor, published));
    }
    reader = OpenTopic(SIZE, OS_TOPIC_NEW, true);
    while (Receive(survivor) >= 0) {
	/* to the end */
    }
}

static void
PrepareEmpty(void)
{
    Renew(64, 0);
}

static void
PrepareFull(void)
{
    Renew(104, 4160 / 128 + 32);	/* 32 bytes are left before the end */
}

static void
PrepareHalves(void)
{
    Renew(SIZE / 2, 5);
}

static void
PrepareNone(void)
{
    Renew(0, 300);
}

static void
PrepareDead(void)
{
    pid_t child;

    Renew(64, 40);
    child = Fork();
    if (child == 0) {
	OsTopic *topic = OpenTopic(SIZE, OS_TOPIC_NEW, false);

	OpenTopic(SIZE, OS_TOPIC_NEW, false);	/* the slot of the next child */
	segment = (OsSegment *) topic;
	Must("latch", OsLatchEnter(segment, OS_SECOND));
	atomic_store(&segment->header->topic.bytes, 12345);
	raise(SIGKILL);
    }
    WaitFor(child);
}

/*
 * DamageTail, DamageRecord --
 *
 *	Write corrupt numbers.
 */

static void
DamageTail(void)
{
    atomic_store(&segment->header->topic.tail, 8);
}

static void
DamageRecord(void)
{
    PosixIpcTopicRecord *record = (PosixIpcTopicRecord *) (segment->data
	    + atomic_load(&segment->header->topic.tail)
	    % POSIX_IPC_TOPIC_ROOM(SIZE));

    atomic_store(&record->length, 9999);
}

static void
PrepareNoName(void)
{
    PrepareEmpty();
    OsTopicUnlink(name);
}

/*
 * The operations of the child.
 */

static void
RunOpen(void)
{
    own = OpenTopic(SIZE, OS_TOPIC_NEW, false);
}

static void
ReadyToRead(void)
{
    own = OpenTopic(SIZE, OS_TOPIC_OLDEST, false);
}

static void
ReadyToPublishDamaged(void)
{
    RunOpen();
    DamageTail();
}

static void
ReadyToReadDamaged(void)
{
    ReadyToRead();
    DamageRecord();
}

static void
RunClose(void)
{
    OsTopicClose(own);
}

static void
RunPublish(void)
{
    Must("publish", Publish(own, published));
}

static void
RunPublishInVain(void)
{
    Must("publish", (Publish(own, published) == EBADMSG) ? 0 : EINVAL);
}

static void
RunReceive(void)
{
    Must("receive", (Receive(own) >= 0) ? 0 : EINVAL);
}

static void
RunReceiveInVain(void)
{
    Must("receive", (Receive(own) == -3) ? 0 : EINVAL);
}

static void
RunReadLatest(void)
{
    Must("latest", (ReadLatest(own) >= 0) ? 0 : EINVAL);
}

/*
 * CheckWorks --
 *
 *	Checks that another message reaches both readers, and that the topic's
 *	numbers are right. Returns result, or -1.
 */

static int
CheckWorks(
    int result)
{
    OsTopic *all;
    OsTopicState state;
    uint64_t sum = 0;
    int64_t next;

    Must("state", OsTopicGetState(survivor, &state));
    next = (int64_t) state.published;
    if (Publish(survivor, state.published) != 0 || Receive(survivor) != next
	    || Receive(reader) != next || ReadLatest(reader) != next) {
	return -1;
    }
    Must("state", OsTopicGetState(survivor, &state));
    all = OpenTopic(SIZE, OS_TOPIC_OLDEST, true);
    while (Receive(all) >= 0) {
	sum += length;
    }
    OsTopicClose(all);
    return (state.bytes == sum) ? result : -1;
}

/*
 * CheckPublish --
 *
 *	Checks that both readers find the child's message or nothing, and that
 *	the newest message is the child's or the one before it.
 */

static int
CheckPublish(
    pid_t child)
{
    int64_t got = Receive(reader), before = (int64_t) published - 1;
    int64_t latest = ReadLatest(reader);
    OsTopicState state;

    (void) child;
    if (Receive(survivor) != got || ReadLatest(survivor) != latest
	    || OsTopicGetState(survivor, &state) != 0
	    || (got != -1 && got != (int64_t) published)
	    || latest != ((got < 0) ? before : got)
	    || state.published != published + (got >= 0)) {
	return -1;
    }
    return CheckWorks(got >= 0);
}

/*
 * CheckNothing --
 *
 *	Checks that readers see no change.
 */

static int
CheckNothing(
    pid_t child)
{
    return (CheckPublish(child) == 0) ? 1 : -1;
}

/*
 * CheckDamage --
 *
 *	Checks that damage is reported to the survivor once, whether the child
 *	or the survivor has found it, and that the topic is then empty and
 *	works.
 */

static int
CheckDamage(
    pid_t child)
{
    uint32_t damage = atomic_load(&segment->header->damage);
    int64_t got = Receive(survivor);

    (void) child;
    if ((got == -1 && (damage == 1 || Publish(survivor, 1) != EBADMSG))
	    || (got != -1 && got != -3) || ReadLatest(survivor) != -1) {
	return -1;
    }
    OsTopicClose(reader);
    reader = OpenTopic(SIZE, OS_TOPIC_NEW, true);
    return CheckWorks(damage == 1);
}

/*
 * CheckCreate --
 *
 *	Checks that the name either belongs to a complete topic or does not
 *	exist.
 */

static int
CheckCreate(
    pid_t child)
{
    OsTopicRequest request = { .size = SIZE };
    OsObject object;
    OsTopic *topic;
    int err = OsTopicOpen(name, &request, &object, &topic);
    int result = (err == 0);

    (void) child;
    if (err == ENOENT) {
	topic = OpenTopic(SIZE, OS_TOPIC_NEW, false);
    } else if (err != 0) {
	return -1;
    }
    if (OsTopicGetSize(topic) != SIZE || Publish(topic, 0) != 0
	    || Receive(topic) != 0) {
	result = -1;
    }
    OsTopicClose(topic);
    return result;
}

static const Operation operations[] = {
    { "publish the first message", SIZE, PrepareEmpty, RunOpen, RunPublish,
	CheckPublish, false },
    { "publish where old messages go", SIZE, PrepareFull, RunOpen, RunPublish,
	CheckPublish, false },
    { "publish half of the room", SIZE, PrepareHalves, RunOpen, RunPublish,
	CheckPublish, true },
    { "publish nothing", SIZE, PrepareNone, RunOpen, RunPublish, CheckPublish,
	false },
    { "publish after a death in the latch", SIZE, PrepareDead, RunOpen,
	RunPublish, CheckPublish, true },
    { "receive a message", SIZE, PrepareFull, ReadyToRead, RunReceive,
	CheckNothing, false },
    { "read the newest message", SIZE, PrepareFull, RunOpen, RunReadLatest,
	CheckNothing, false },
    { "publish to a corrupt topic", SIZE, PrepareFull, ReadyToPublishDamaged,
	RunPublishInVain, CheckDamage, true },
    { "receive a corrupt message", SIZE, PrepareFull, ReadyToReadDamaged,
	RunReceiveInVain, CheckDamage, true },
    { "open a topic", SIZE, PrepareFull, RunOpen, RunOpen, CheckNothing, true },
    { "create a topic", SIZE, PrepareNoName, PrepareEmpty, RunOpen, CheckCreate,
	true },
    { "close a topic", SIZE, PrepareFull, RunOpen, RunClose, CheckNothing,
	true },
};

/*
 * Begin, End --
 *
 *	Begin makes a topic, and End removes it. Each operation prepares a topic
 *	of its own.
 */

static OsSegment *
Begin(
    size_t size)
{
    (void) size;
    PrepareEmpty();
    return (OsSegment *) survivor;
}

static void
End(void)
{
    Close();
    survivor = NULL;
}

const Kind topicKind = {
    .prefix = "posix_ipc.topic.",
    .operations = operations,
    .count = sizeof(operations) / sizeof(*operations),
    .begin = Begin,
    .end = End
};
