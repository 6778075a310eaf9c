/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring.c --
 *
 *	Senders, receivers and workers of a ring are killed at random. Each
 *	message consists of repetitions of its sender's number and a count, so a
 *	torn message is noticed. A journal records which messages each sender
 *	has begun and which it has sent, and how often each message was
 *	received.
 *
 *	At first the receivers receive: no message arrives twice, those of each
 *	sender arrive in order, and no more are missing than receivers and
 *	senders have died. Then they take: each message that was sent is finally
 *	acknowledged, and if a message arrives again, its number of attempts
 *	shows that.
 *
 *	After that, a vandal writes random bytes into all parts of the ring, and
 *	truncates it.
 */

#include "kills.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SENDERS 3
#define RECEIVERS 3
#define SIZE 65536
#define MOST 4000000		/* messages of a sender */

typedef struct RingJournal {
    _Atomic uint64_t begun[SENDERS];
    _Atomic uint64_t sent[SENDERS];
    _Atomic uint64_t received;
    _Atomic uint64_t again;	/* taken, and not for the first time */
    _Atomic uint32_t wrong;
    _Atomic uint32_t isOver;	/* senders must stop */
    _Atomic uint8_t times[SENDERS][MOST];	/* that each has come */
} RingJournal;

static RingJournal *journal;
static bool takes;		/* receivers take and acknowledge */

static OsRing *
Open(void)
{
    OsObject object;
    OsRing *ring = NULL;
    int err = OsRingOpen(name, OS_CREAT, 0600, SIZE, &object, &ring);

    Must("open a ring", (err == EBADMSG) ? 0 : err);
    return ring;
}

/*
 * Send --
 *
 *	A sender, which works until it is killed, or all must stop.
 */

static void
Send(
    int self)
{
    OsRing *ring = Open();
    static uint64_t words[4][SIZE / 16];

    while (atomic_load(&journal->isOver) == 0) {
	OsBytes messages[4];
	size_t count = (Random(4) == 0) ? 1 + Random(4) : 1;
	uint64_t first;
	int err;

	if (atomic_load(&journal->begun[self]) + count > MOST) {
	    Pause(MICROSECOND * 1000);	/* the journal is full */
	    continue;
	}
	first = atomic_fetch_add(&journal->begun[self], count);
	for (size_t i = 0; i < count; i++) {
	    size_t length = 2 + Random((Random(8) == 0) ? SIZE / 40 : 20);

	    for (size_t j = 0; j < length; j++) {
		words[i][j] = (j % 2 == 0) ? (uint64_t) self : first + i;
	    }
	    messages[i] = (OsBytes) { words[i], length * sizeof(**words) };
	}
	do {
	    err = OsRingSend(ring, messages, count, OS_SECOND / 10);
	} while (err == ETIMEDOUT && atomic_load(&journal->isOver) == 0);
	if (err == ETIMEDOUT) {
	    break;
	}
	Must("send", err);
	atomic_fetch_add(&journal->sent[self], count);
    }
    OsRingClose(ring);
}

/*
 * Note --
 *
 *	Checks a message that has arrived, and counts it. last holds the last
 *	counts that this receiver got, or is NULL if messages can arrive again.
 */

static void
Note(
    const uint64_t *words,
    size_t length,
    uint64_t *last)
{
    bool isWrong = length < 2 || words[0] >= SENDERS
	    || words[1] >= atomic_load(&journal->begun[words[0]]);

    for (size_t i = 2; i < length && !isWrong; i++) {
	isWrong = (words[i] != words[i % 2]);
    }
    if (!isWrong && last != NULL) {
	isWrong = (words[1] + 1 <= last[words[0]]);
	last[words[0]] = words[1] + 1;
    }
    if (isWrong) {
	atomic_fetch_add(&journal->wrong, 1);
    } else {
	atomic_fetch_add(&journal->times[words[0]][words[1]], 1);
    }
    atomic_fetch_add(&journal->received, 1);
}

/*
 * Receive --
 *
 *	A receiver, which works until it is killed. It records a message before
 *	it acknowledges it, so a message that is not recorded arrives again.
 */

static void
Receive(
    int self)
{
    OsRing *ring = Open();
    static uint64_t words[SIZE / 16];
    OsRingMessage message = { .bytes = words, .room = sizeof(words) };
    uint64_t last[SENDERS] = { 0 };

    (void) self;
    for (;;) {
	int err = takes ? OsRingTake(ring, &message, OS_SECOND / 10)
		: OsRingReceive(ring, &message, OS_SECOND / 10);

	if (err == ETIMEDOUT) {
	    continue;
	}
	Must("receive", err);
	if (takes) {
	    atomic_fetch_add(&journal->again, message.attempts > 1);
	    if (Random(16) == 0) {
		Must("requeue", OsRingRequeue(ring, message.id));
		continue;
	    }
	}
	Note(words, message.length / sizeof(*words), takes ? NULL : last);
	if (takes) {
	    Must("ack", OsRingAck(ring, message.id));
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
    if (self < SENDERS) {
	Send(self);
    } else {
	Receive(self - SENDERS);
    }
}

/*
 * CountTimes --
 *
 *	Counts, among the messages that the senders have begun, those that have
 *	arrived more than once, and those that have never arrived.
 */

static void
CountTimes(
    uint64_t *twicePtr,
    uint64_t *neverPtr)
{
    *twicePtr = *neverPtr = 0;
    for (int i = 0; i < SENDERS; i++) {
	uint64_t begun = atomic_load(&journal->begun[i]);

	for (uint64_t j = 0; j < begun && j < MOST; j++) {
	    *twicePtr += (journal->times[i][j] > 1);
	    *neverPtr += (journal->times[i][j] == 0);
	}
    }
}

/*
 * Drain --
 *
 *	Waits until the surviving receivers have emptied the ring.
 */

static bool
Drain(
    OsRing *ring)
{
    OsTime end = OsClock() + 20 * OS_SECOND;
    OsRingState state;

    do {
	Pause(MICROSECOND * 10000);
	Must("state", OsRingGetState(ring, &state));
    } while ((state.messages > 0 || state.taken > 0) && OsClock() < end);
    return state.messages == 0 && state.taken == 0 && state.bytes == 0;
}

/*
 * KillUsers --
 *
 *	Kills one user after another for some time, and starts new ones.
 */

static void
KillUsers(
    OsTime time)
{
    OsRing *ring = Open();
    OsTime end = OsClock() + time;
    pid_t users[SENDERS + RECEIVERS];
    uint64_t twice, never, lost = 0, sent = 0;
    size_t kills = 0, receiversKilled = 0;
    int failures = 0;
    bool isEmpty;

    for (int i = 0; i < SENDERS + RECEIVERS; i++) {
	users[i] = Start(i, Work);
    }
    while (OsClock() < end) {
	int i = (int) Random(SENDERS + RECEIVERS);

	Pause(MICROSECOND * Random(6000));
	failures += !Kill(users[i]);
	kills++;
	receiversKilled += (i >= SENDERS);
	users[i] = Start(i, Work);
    }
    atomic_store(&journal->isOver, 1);
    for (int i = 0; i < SENDERS; i++) {
	WaitFor(users[i]);
    }
    isEmpty = Drain(ring);
    for (int i = SENDERS; i < SENDERS + RECEIVERS; i++) {
	Kill(users[i]);
    }
    CountTimes(&twice, &never);
    for (int i = 0; i < SENDERS; i++) {
	sent += atomic_load(&journal->sent[i]);
	lost += atomic_load(&journal->begun[i])
		- atomic_load(&journal->sent[i]);
    }
    printf("      a ring, %s: %zu kills, %llu sent, %llu %s, %llu again\n",
	    takes ? "taking" : "receiving", kills, (unsigned long long) sent,
	    (unsigned long long) atomic_load(&journal->received),
	    takes ? "acknowledged" : "received",
	    (unsigned long long) atomic_load(&journal->again));
    Check("no user of a ring ends except by a kill", failures == 0);
    Check("no message is torn or out of order",
	    atomic_load(&journal->wrong) == 0);
    Check("the survivors receive all remaining messages", isEmpty);
    if (takes) {
	Check("each taken message is acknowledged in the end",
		never <= lost);
	Check("no more messages come twice than receivers have died", twice
		<= receiversKilled);
    } else {
	Check("no message comes twice", twice == 0);
	Check("no more messages are missing than users have died",
		never <= lost + receiversKilled);
    }
    OsRingClose(ring);
    OsRingUnlink(name);
    memset(journal, 0, sizeof(*journal));
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
    OsRing *ring = Open(), *more;
    OsTime end = OsClock() + 4 * OS_SECOND;
    static unsigned char bytes[SIZE];
    OsRingMessage message = { .bytes = bytes, .room = sizeof(bytes) };
    OsRingList list = { .most = 20, .bytes = bytes, .room = sizeof(bytes) };
    OsBytes sent[2] = { { bytes, 0 }, { bytes, 0 } };
    OsRingState state;
    OsObject object;

    for (int i = 0; i < 7 * self; i++) {
	Random(2);
    }
    while (ring != NULL && OsClock() < end) {
	BeginCall(self);
	switch (Random(9)) {
	case 0:
	    OsRingReceive(ring, &message, OS_SECOND / 20);
	    break;
	case 1:
	    OsRingReceiveList(ring, &list, OS_NOW);
	    break;
	case 2:
	    OsRingGetState(ring, &state);
	    break;
	case 3:
	    if (OsRingOpen(name, 0, 0, 0, &object, &more) == 0) {
		OsRingTake(more, &message, OS_NOW);
		OsRingClose(more);
	    }
	    OsRingInspect(name, &state, NULL, NULL);
	    break;
	case 4: case 5:
	    if (OsRingTake(ring, &message, OS_SECOND / 20) == 0
		    && Random(3) != 0) {
		OsRingAck(ring, message.id);
	    }
	    break;
	case 6:
	    OsRingPoll(ring);
	    OsRingRequeue(ring, message.id);
	    break;
	default:
	    sent[0].length = Random(SIZE / 8);
	    sent[1].length = Random(SIZE / 2);
	    OsRingSend(ring, sent, 1 + Random(2), OS_SECOND / 50);
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
    OsRing *ring = Open();

    Vandalize("ring", (OsSegment *) ring, 88, SENDERS, Suffer);
    OsRingClose(ring);
    OsRingUnlink(name);
}

/*
 * KillRings --
 *
 *	Runs all tests of this file. The first two together take the given time.
 */

void
KillRings(
    OsTime time)
{
    journal = mmap(NULL, sizeof(*journal), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    Must("mmap", (journal == MAP_FAILED) ? errno : 0);
    KillUsers(time / 2);
    takes = true;
    KillUsers(time / 2);
    VandalizeUsers();
    munmap(journal, sizeof(*journal));
}
