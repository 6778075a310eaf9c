/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring.c --
 *
 *	The operations of rings. After each death, the survivor takes all
 *	messages. They must be whole, in order, and either those from before or
 *	those from after the operation, and the number of times each was taken
 *	must be right. The ring is prepared anew for each child.
 */

#include "steps.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SIZE 4096

static OsRing *survivor;	/* the survivor's handle */
static OsRing *second;		/* another one, that may have taken messages */
static OsRing *own;		/* the child's handle */
static uint64_t secondId;	/* what it has taken, or 0 */
static uint64_t ownId;
static size_t length;		/* of the messages of the current operation */
static char before[200];	/* the messages before the operation, */
static char after[200];		/* and after it */

/*
 * Send, Take --
 *
 *	Each word of a message is its number. Take returns the number, or -1 if
 *	there is none, -2 if it is torn, and -3 after another error.
 */

static int
SendMany(
    OsRing *ring,
    uint64_t first,
    size_t count)
{
    static uint64_t words[4][SIZE / 16];
    OsBytes messages[4];

    for (size_t i = 0; i < count; i++) {
	for (size_t j = 0; j < length / sizeof(**words); j++) {
	    words[i][j] = first + i;
	}
	messages[i] = (OsBytes) { words[i], length };
    }
    return OsRingSend(ring, messages, count, OS_NOW);
}

static int
Send(
    OsRing *ring,
    uint64_t number)
{
    return SendMany(ring, number, 1);
}

static int64_t
Judge(
    int err,
    const uint64_t *words,
    size_t count)
{
    if (err != 0) {
	return (err == ETIMEDOUT) ? -1 : -3;
    }
    for (size_t i = 1; i < count / sizeof(*words); i++) {
	if (words[i] != words[0]) {
	    return -2;
	}
    }
    return (int64_t) words[0];
}

static int64_t
Take(
    OsRing *ring,
    uint64_t *idPtr,
    uint32_t *attemptsPtr)
{
    uint64_t words[SIZE / 16];
    OsRingMessage message = { .bytes = words, .room = sizeof(words) };
    int64_t number = Judge(OsRingTake(ring, &message, OS_NOW), words,
	    message.length);

    *idPtr = message.id;
    *attemptsPtr = message.attempts;
    return number;
}

static int64_t
Receive(
    OsRing *ring)
{
    uint64_t words[SIZE / 16];
    OsRingMessage message = { .bytes = words, .room = sizeof(words) };
    int err = OsRingReceive(ring, &message, OS_NOW);

    return Judge(err, words, message.length);
}

/*
 * The preparations of the survivor.
 */

static void
Close(void)
{
    if (survivor != NULL) {
	OsRingClose(survivor);
	OsRingClose(second);
	OsRingUnlink(name);
    }
}

static void
Renew(
    size_t messageLength,
    size_t passes,		/* messages that have come and gone */
    uint64_t messages)
{
    Close();
    survivor = OpenRing(SIZE);
    second = OpenRing(SIZE);
    segment = (OsSegment *) survivor;
    secondId = 0;
    length = messageLength;
    for (size_t i = 0; i < passes; i++) {
	Must("send", Send(survivor, 99));
	Must("receive", (Receive(survivor) == 99) ? 0 : EIO);
    }
    for (uint64_t i = 1; i <= messages; i++) {
	Must("send", Send(survivor, i));
    }
}

static void
Expect(
    const char *old,
    const char *new)
{
    snprintf(before, sizeof(before), "%s", old);
    snprintf(after, sizeof(after), "%s", new);
}

static void
TakeSecond(void)
{
    uint32_t attempts;

    Must("take", (Take(second, &secondId, &attempts) == 1) ? 0 : EIO);
}

static void
PrepareNothing(void)
{
}

static void
PrepareEmpty(void)
{
    Renew(64, 0, 0);
    Expect("", " 1.1");
}

static void
PrepareEnd(void)		/* the record crosses the end of the data */
{
    Renew(104, 31, 0);
    Expect("", " 1.1");
}

static void
PrepareHalf(void)
{
    Renew(SIZE / 2, 3, 0);
    Expect("", " 1.1");
}

static void
PrepareSendList(void)
{
    Renew(64, 0, 0);
    Expect("", " 1.1 2.1 3.1");
}

static void
PrepareReceive(void)
{
    Renew(64, 0, 2);
    Expect(" 1.1 2.1", " 2.1");
}

static void
PrepareReceiveList(void)
{
    Renew(64, 40, 3);
    Expect(" 1.1 2.1 3.1", "");
}

static void
PrepareBehind(void)
{
    Renew(64, 0, 3);
    TakeSecond();
    Expect(" 2.1 3.1", " 3.1");
}

static void
PrepareTake(void)
{
    Renew(64, 0, 2);
    Expect(" 1.1 2.1", " 1.2 2.1");
}

static void
PrepareEndTake(void)
{
    Renew(64, 0, 2);
    Expect(" 1.2 2.1", " 2.1");
}

static void
PrepareRequeue(void)
{
    Renew(64, 0, 2);
    Expect(" 1.2 2.1", " 1.2 2.1");
}

/*
 * PrepareMove, PrepareMoveInParts --
 *
 *	A taken message lies at the tail, and the room of finished messages
 *	after it is needed. For PrepareMoveInParts, that room is smaller than
 *	the message.
 */

static void
PrepareMove(void)
{
    Renew(SIZE / 8, 0, 3);
    TakeSecond();
    Must("receive", (Receive(survivor) == 2 && Receive(survivor) == 3)
	    ? 0 : EIO);
    Must("send", Send(survivor, 4));
    length = SIZE / 2;
    Expect(" 4.1", " 4.1 1.1");
}

static void
PrepareMoveInParts(void)
{
    Renew(1248, 0, 1);
    TakeSecond();
    length = 104;
    Must("send", Send(survivor, 2));
    Must("receive", (Receive(survivor) == 2) ? 0 : EIO);
    length = 2024;
    Must("send", Send(survivor, 3));
    length = 680;
    Expect(" 3.1", " 3.1 1.1");
}

/*
 * PrepareJoin --
 *
 *	A taken message and one that was given back each lie before finished
 *	messages. The second is moved, which joins the two holes, and then the
 *	first.
 */

static void
PrepareJoin(void)
{
    uint64_t id;
    uint32_t attempts;

    Renew(680, 0, 1);
    TakeSecond();
    Must("send", Send(survivor, 2));
    Must("receive", (Receive(survivor) == 2) ? 0 : EIO);
    Must("send", Send(survivor, 3));
    Must("take", (Take(survivor, &id, &attempts) == 3) ? 0 : EIO);
    Must("send", Send(survivor, 4));
    Must("receive", (Receive(survivor) == 4) ? 0 : EIO);
    Must("give back", OsRingRequeue(survivor, id));
    length = 1000;
    Must("send", Send(survivor, 5));
    length = 1200;
    Expect(" 3.2 5.1", " 3.2 5.1 1.1");
}

/*
 * StartPredecessor --
 *
 *	A process takes a message and dies, and no other process has noticed
 *	that yet. It had the slot that the child will take, or another one, or
 *	it died in the latch and left wrong counts.
 */

static void
StartPredecessor(
    bool isElsewhere,
    bool isInLatch)
{
    pid_t child = Fork();
    uint64_t id;
    uint32_t attempts;

    if (child == 0) {
	OsRing *ring;

	if (isElsewhere) {
	    OpenRing(SIZE);		/* the slot of the next child */
	}
	ring = OpenRing(SIZE);
	Take(ring, &id, &attempts);
	if (isInLatch) {
	    Must("latch", OsLatchEnter((OsSegment *) ring, OS_SECOND));
	    atomic_store(&segment->header->ring.messages, 12345);
	    atomic_store(&segment->header->ring.used, 8);
	}
	raise(SIGKILL);
    }
    WaitFor(child);
}

static void
PrepareDeadTaker(void)
{
    Renew(64, 0, 2);
    StartPredecessor(true, false);
    Expect(" 1.2 2.1", " 2.1");
}

static void
PrepareDeadInLatch(void)
{
    Renew(64, 0, 2);
    StartPredecessor(true, true);
    Expect(" 1.2 2.1", " 1.2 2.1 1.1");
}

static void
PrepareDeadHere(void)
{
    Renew(64, 0, 2);
    StartPredecessor(false, false);
    Expect(" 1.2 2.1", " 1.2 2.1");
}

static void
PrepareNoName(void)
{
    PrepareEmpty();
    OsRingUnlink(name);
}

/*
 * The operations of the child.
 */

static void
RunOpen(void)
{
    own = OpenRing(SIZE);
}

static void
RunClose(void)
{
    OsRingClose(own);
}

static void
RunSend(void)
{
    Must("send", Send(own, 1));
}

static void
RunSendList(void)
{
    Must("send", SendMany(own, 1, 3));
}

static void
RunReceive(void)
{
    Must("receive", (Receive(own) > 0) ? 0 : EIO);
}

static void
RunReceiveList(void)
{
    uint64_t words[SIZE / 8];
    OsRingList list = { .most = 9, .bytes = words, .room = sizeof(words) };

    Must("receive", OsRingReceiveList(own, &list, OS_NOW));
}

static void
RunTake(void)
{
    uint32_t attempts;

    Must("take", (Take(own, &ownId, &attempts) == 1) ? 0 : EIO);
}

static void
ReadyTaken(void)
{
    RunOpen();
    RunTake();
}

static void
RunAck(void)
{
    Must("ack", OsRingAck(own, ownId));
}

static void
RunRequeue(void)
{
    Must("requeue", OsRingRequeue(own, ownId));
}

static void
ReadyDamaged(void)
{
    RunOpen();
    atomic_store((_Atomic uint64_t *) segment->data, 12345);
}

static void
RunInVain(void)
{
    Must("receive", (Receive(own) == -3) ? 0 : EIO);
}

/*
 * CheckWorks --
 *
 *	Checks that the ring is empty and works. Returns result, or -1.
 */

static int
CheckWorks(
    int result)
{
    OsRingState state;

    length = 8;
    if (OsRingGetState(survivor, &state) != 0 || state.messages != 0
	    || state.bytes != 0 || state.taken != 0 || state.waiters != 0
	    || Send(survivor, 50) != 0 || Receive(second) != 50
	    || atomic_load(&segment->header->ring.used) != 0) {
	return -1;
    }
    return result;
}

/*
 * CheckAll --
 *
 *	Takes and acknowledges all messages, including those that the second
 *	handle has taken. A message that is sent now must have a new id.
 */

static int
CheckAll(
    pid_t child)
{
    char found[400] = "";
    OsRingState state;
    uint64_t ids[64];
    uint32_t attempts;
    int64_t number;
    size_t count = 0;

    (void) child;
    Must("state", OsRingGetState(survivor, &state));
    while ((number = Take(survivor, &ids[count], &attempts)) > 0) {
	snprintf(found + strlen(found), sizeof(found) - strlen(found),
		" %ld.%u", (long) number, attempts);
	count++;
    }
    if (number != -1 || state.messages != (int64_t) count
	    || state.taken != (secondId != 0)) {
	fprintf(stderr, "%ld of %ld, %ld taken:%s\n", (long) number,
		(long) state.messages, (long) state.taken, found);
	return -1;
    }
    length = 8;
    if (Send(survivor, 51) == 0) {
	if (Take(survivor, &ids[count], &attempts) != 51) {
	    return -1;
	}
	for (size_t i = 0; i < count; i++) {
	    if (ids[i] >= ids[count]) {
		fprintf(stderr, "an id was given twice\n");
		return -1;
	    }
	}
	count++;
    }
    for (size_t i = 0; i < count; i++) {
	Must("ack", OsRingAck(survivor, ids[i]));
    }
    if (secondId != 0 && (OsRingRequeue(second, secondId) != 0
	    || Receive(survivor) != 1)) {
	return -1;
    }
    if (strcmp(found, before) != 0 && strcmp(found, after) != 0) {
	fprintf(stderr, "found%s\n", found);
	return -1;
    }
    return CheckWorks(strcmp(found, after) == 0);
}

/*
 * CheckDamage --
 *
 *	Checks that damage is reported to the survivor once, whether the child
 *	or the survivor has found it, and that the ring is then empty and works.
 */

static int
CheckDamage(
    pid_t child)
{
    uint32_t damage = atomic_load(&segment->header->damage);

    (void) child;
    if (Receive(survivor) != -3 || Receive(survivor) != -1
	    || Receive(second) != -3) {
	return -1;
    }
    return CheckWorks(damage == 1);
}

/*
 * CheckCreate --
 *
 *	Checks that the name either belongs to a complete ring or does not
 *	exist.
 */

static int
CheckCreate(
    pid_t child)
{
    OsObject object;
    OsRing *ring;
    int err = OsRingOpen(name, 0, 0, 0, &object, &ring), result = (err == 0);

    (void) child;
    if (err == ENOENT) {
	ring = OpenRing(SIZE);
    } else if (err != 0) {
	return -1;
    }
    if (OsRingGetSize(ring) != SIZE || Send(ring, 1) != 0
	    || Receive(ring) != 1) {
	result = -1;
    }
    OsRingClose(ring);
    return result;
}

static const Operation operations[] = {
    { "send the first message", SIZE, PrepareEmpty, RunOpen, RunSend,
	CheckAll, false },
    { "send across the end", SIZE, PrepareEnd, RunOpen, RunSend, CheckAll,
	false },
    { "send half of the ring", SIZE, PrepareHalf, RunOpen, RunSend, CheckAll,
	true },
    { "send a list", SIZE, PrepareSendList, RunOpen, RunSendList, CheckAll,
	false },
    { "send where a taken message is moved", SIZE, PrepareMove, RunOpen,
	RunSend, CheckAll, true },
    { "send where one is moved in parts", SIZE, PrepareMoveInParts, RunOpen,
	RunSend, CheckAll, true },
    { "send where two holes are joined", SIZE, PrepareJoin, RunOpen, RunSend,
	CheckAll, true },
    { "receive from a ring", SIZE, PrepareReceive, RunOpen, RunReceive,
	CheckAll, false },
    { "receive behind a taken message", SIZE, PrepareBehind, RunOpen,
	RunReceive, CheckAll, true },
    { "receive a list", SIZE, PrepareReceiveList, RunOpen, RunReceiveList,
	CheckAll, false },
    { "take a message", SIZE, PrepareTake, RunOpen, RunTake, CheckAll,
	false },
    { "acknowledge a message", SIZE, PrepareEndTake, ReadyTaken, RunAck,
	CheckAll, false },
    { "requeue a message", SIZE, PrepareRequeue, ReadyTaken, RunRequeue,
	CheckAll, false },
    { "receive after a taker's death", SIZE, PrepareDeadTaker, RunOpen,
	RunReceive, CheckAll, true },
    { "send after a death in a ring's latch", SIZE, PrepareDeadInLatch,
	RunOpen, RunSend, CheckAll, true },
    { "open a ring in the slot of a dead taker", SIZE, PrepareDeadHere,
	PrepareNothing, RunOpen, CheckAll, true },
    { "close a ring with a taken message", SIZE, PrepareRequeue, ReadyTaken,
	RunClose, CheckAll, true },
    { "receive from a corrupt ring", SIZE, PrepareReceive, ReadyDamaged,
	RunInVain, CheckDamage, true },
    { "create a ring", SIZE, PrepareNoName, PrepareNothing, RunOpen,
	CheckCreate, true },
};

static OsSegment *
Begin(
    size_t size)
{
    (void) size;
    PrepareEmpty();
    return segment;
}

static void
End(void)
{
    Close();
    survivor = NULL;
}

const Kind ringKind = {
    "posix_ipc.ring.", operations, sizeof(operations) / sizeof(*operations),
    Begin, End
};
