/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * topic.c --
 *
 *	Publishers and readers of a topic are killed at random. Each message
 *	consists of repetitions of its publisher's number and a count, so a torn
 *	message is noticed. A journal records which messages each publisher has
 *	begun and which it has published. A reader that misses nothing finds the
 *	counts of each publisher in order, and none twice.
 */

#include "kills.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PUBLISHERS 4
#define READERS 3
#define SIZE 65536

typedef struct TopicJournal {
    _Atomic uint64_t begun[PUBLISHERS];
    _Atomic uint64_t published[PUBLISHERS];
    _Atomic uint64_t received;
    _Atomic uint64_t missed;
    _Atomic uint32_t wrong;
} TopicJournal;

static TopicJournal *journal;

static OsTopic *
Open(
    bool readonly)
{
    OsTopicRequest request = {
	.flags = readonly ? 0 : OS_CREAT, .mode = 0600, .size = SIZE,
	.readonly = readonly
    };
    OsObject object;
    OsTopic *topic = NULL;
    int err = OsTopicOpen(name, &request, &object, &topic);

    Must("open a topic", (err == EBADMSG) ? 0 : err);
    return topic;
}

/*
 * Publish --
 *
 *	A publisher, which works until it is killed.
 */

static void
Publish(
    int self)
{
    OsTopic *topic = Open(false);
    uint64_t words[SIZE / 16];

    for (;;) {
	size_t length = 2 + Random(Random(8) == 0 ? SIZE / 16 - 2 : 20);
	uint64_t count = atomic_fetch_add(&journal->begun[self], 1);

	for (size_t i = 0; i < length; i++) {
	    words[i] = (i % 2 == 0) ? (uint64_t) self : count;
	}
	Must("publish", OsTopicPublish(topic, words, length * sizeof(*words)));
	atomic_fetch_add(&journal->published[self], 1);
    }
}

/*
 * IsWhole --
 *
 *	Returns whether a message is whole and was made by a publisher.
 */

static bool
IsWhole(
    const OsTopicMessage *message)
{
    const uint64_t *words = message->bytes;
    size_t length = message->length / sizeof(*words);

    if (length < 2 || words[0] >= PUBLISHERS
	    || words[1] >= atomic_load(&journal->begun[words[0]])) {
	return false;
    }
    for (size_t i = 2; i < length; i++) {
	if (words[i] != words[i % 2]) {
	    return false;
	}
    }
    return true;
}

/*
 * Read --
 *
 *	A reader, which works until it is killed.
 */

static void
Read(
    int self)
{
    OsTopic *topic = Open(self == 0);
    static uint64_t words[SIZE / 16];
    OsTopicMessage message = { .bytes = words, .room = sizeof(words) };
    uint64_t next[PUBLISHERS] = { 0 };

    for (;;) {
	int err = OsTopicReceive(topic, &message, OS_SECOND / 10);

	if (err == 0) {
	    bool isWrong = !IsWhole(&message)
		    || words[1] < next[words[0]];

	    atomic_fetch_add(&journal->wrong, isWrong);
	    if (!isWrong) {
		next[words[0]] = words[1] + 1;
	    }
	    atomic_fetch_add(&journal->received, 1);
	    atomic_fetch_add(&journal->missed, message.missed);
	} else {
	    Must("receive", (err == ETIMEDOUT) ? 0 : err);
	}
	if (Random(16) == 0) {
	    err = OsTopicReadLatest(topic, &message);
	    atomic_fetch_add(&journal->wrong, err == 0 && !IsWhole(&message));
	}
    }
}

static void
Work(
    int self)
{
    for (int i = 0; i < 2 * (int) (getpid() % 64); i++) {
	Random(2);
    }
    if (self < PUBLISHERS) {
	Publish(self);
    } else {
	Read(self - PUBLISHERS);
    }
}

/*
 * KillUsers --
 *
 *	Kills one user after another for some time, and starts new ones. A
 *	reader of our own counts all messages that it gets and misses.
 */

static void
KillUsers(
    OsTime time)
{
    OsTopic *topic = Open(false);
    OsTime end = OsClock() + time;
    pid_t users[PUBLISHERS + READERS];
    OsTopicState state;
    uint64_t sum = 0;
    size_t kills = 0;
    int failures = 0;

    for (int i = 0; i < PUBLISHERS + READERS; i++) {
	users[i] = Start(i, Work);
    }
    while (OsClock() < end) {
	int i = (int) Random(PUBLISHERS + READERS);

	Pause(MICROSECOND * Random(6000));
	failures += !Kill(users[i]);
	kills++;
	users[i] = Start(i, Work);
    }
    for (int i = 0; i < PUBLISHERS + READERS; i++) {
	Kill(users[i]);
	sum += atomic_load(&journal->published[i % PUBLISHERS])
		* (i < PUBLISHERS);
    }
    Must("state", OsTopicGetState(topic, &state));
    printf("      a topic: %zu kills, %llu published, %llu received, %llu"
	    " missed\n", kills, (unsigned long long) state.published,
	    (unsigned long long) atomic_load(&journal->received),
	    (unsigned long long) atomic_load(&journal->missed));
    Check("no user of a topic ends except by a kill", failures == 0);
    Check("no message is torn, doubled or out of order",
	    atomic_load(&journal->wrong) == 0);
    Check("the topic counts the published messages", state.published >= sum
	    && state.published <= sum + kills + PUBLISHERS);
    Check("the topic still works afterward",
	    OsTopicPublish(topic, "", 0) == 0);
    OsTopicClose(topic);
    OsTopicUnlink(name);
}

/*
 * Suffer --
 *
 *	A user beside a vandal: makes all calls, whatever their outcome.
 */

static void
Suffer(
    int self)
{
    OsTopic *topic = Open(false), *reader = NULL;
    OsTime end = OsClock() + 4 * OS_SECOND;
    static unsigned char bytes[SIZE];
    OsTopicMessage message = { .bytes = bytes, .room = sizeof(bytes) };
    OsTopicRequest request = { .readonly = true };
    OsTopicState state;
    OsObject object;

    while (topic != NULL && OsClock() < end) {
	BeginCall(self);
	switch (Random(6)) {
	case 0:
	    OsTopicReceive(topic, &message, OS_SECOND / 20);
	    break;
	case 1:
	    OsTopicReadLatest(topic, &message);
	    break;
	case 2:
	    OsTopicGetState(topic, &state);
	    break;
	case 3:
	    if (reader != NULL) {
		OsTopicReceive(reader, &message, OS_NOW);
		OsTopicIsReadable(reader);
	    }
	    break;
	case 4:
	    request.start = (OsTopicStart) Random(3);
	    if (reader != NULL) {
		OsTopicClose(reader);
		reader = NULL;
	    }
	    OsTopicOpen(name, &request, &object, &reader);
	    break;
	default:
	    OsTopicPublish(topic, bytes, Random(SIZE / 2));
	}
	EndCall(self);
    }
}

/*
 * VandalizeUsers --
 *
 *	Runs these users beside a vandal.
 */

static void
VandalizeUsers(void)
{
    OsTopic *topic = Open(false);

    Vandalize("topic", (OsSegment *) topic, sizeof(PosixIpcTopic), PUBLISHERS,
	    Suffer);
    OsTopicClose(topic);
    OsTopicUnlink(name);
}

/*
 * KillTopics --
 *
 *	Runs both tests of this file, the first for the given time.
 */

void
KillTopics(
    OsTime time)
{
    journal = mmap(NULL, sizeof(*journal), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    Must("mmap", (journal == MAP_FAILED) ? errno : 0);
    KillUsers(time);
    VandalizeUsers();
}
