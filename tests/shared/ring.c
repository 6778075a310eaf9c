/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring.c --
 *
 *	Rings: sending and receiving at all places and in comparison with a
 *	model, many processes at once, deaths, damage, forks, and event loops.
 */

#include "check.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#define SIZE 4096

static OsRing *
Open(void)
{
    return OpenRing(SIZE);
}

static void
Close(
    OsRing *ring)
{
    Must("OsRingUnlink", OsRingUnlink(name));
    OsRingClose(ring);
}

static PosixIpcHeader *
GetHeader(
    OsRing *ring)
{
    return ((OsSegment *) ring)->header;
}

static OsRingState
GetState(
    OsRing *ring)
{
    OsRingState state;

    Must("OsRingGetState", OsRingGetState(ring, &state));
    return state;
}

/*
 * Send, Receive, Take --
 *
 *	A message begins with its number, if it is long enough, and continues
 *	with bytes computed from the number. Receive and Take return the number,
 *	or -1 if there is no message, -2 if it is torn, and -3 after another
 *	error.
 */

static void
Fill(
    unsigned char *bytes,
    uint32_t number,
    size_t length)
{
    for (size_t i = 0; i < length; i++) {
	bytes[i] = (i < 4) ? (unsigned char) (number >> (8 * i))
		: (unsigned char) (number + i);
    }
}

static int
Send(
    OsRing *ring,
    uint32_t number,
    size_t length)
{
    unsigned char bytes[SIZE];
    OsBytes message = { bytes, length };

    Fill(bytes, number, length);
    return OsRingSend(ring, &message, 1, OS_NOW);
}

static int64_t
Judge(
    int err,
    const unsigned char *bytes,
    size_t length)
{
    unsigned char expected[SIZE];
    uint32_t number = 0;

    if (err != 0) {
	return (err == ETIMEDOUT) ? -1 : -3;
    }
    for (size_t i = 0; i < 4 && i < length; i++) {
	number |= (uint32_t) bytes[i] << (8 * i);
    }
    Fill(expected, number, length);
    return (memcmp(bytes, expected, length) == 0) ? (int64_t) number : -2;
}

static int64_t
Receive(
    OsRing *ring,
    OsTime timeout)
{
    unsigned char bytes[SIZE];
    OsRingMessage message = { .bytes = bytes, .room = sizeof(bytes) };
    int err = OsRingReceive(ring, &message, timeout);

    return Judge(err, bytes, message.length);
}

static int64_t
Take(
    OsRing *ring,
    OsTime timeout,
    uint64_t *idPtr,
    uint32_t *attemptsPtr)
{
    unsigned char bytes[SIZE];
    OsRingMessage message = { .bytes = bytes, .room = sizeof(bytes) };
    int err = OsRingTake(ring, &message, timeout);

    if (idPtr != NULL) {
	*idPtr = message.id;
    }
    if (attemptsPtr != NULL) {
	*attemptsPtr = message.attempts;
    }
    return Judge(err, bytes, message.length);
}

/*
 * Peek --
 *
 *	Peeks at the oldest messages. Returns how many there are, or -1 if not
 *	all of them are whole and numbered consecutively from first.
 */

typedef struct Seen {
    uint32_t next;
    int count;
    uint32_t attempts;		/* of the last one */
} Seen;

static int
SeeMessage(
    void *data,
    const OsRingMessage *message)
{
    Seen *seen = data;

    if (Judge(0, message->bytes, message->length) != seen->next++) {
	return EIO;
    }
    seen->count++;
    seen->attempts = message->attempts;
    return 0;
}

static int
Peek(
    uint32_t first,
    size_t most)
{
    Seen seen = { .next = first };

    return (OsRingPeek(name, most, SIZE, SeeMessage, &seen) == 0) ? seen.count
	    : -1;
}

/*
 * CheckPlaces --
 *
 *	Checks messages of various lengths at each place where a record can
 *	begin.
 */

static void
CheckPlaces(void)
{
    static const size_t lengths[] = {
	0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 39, 40, 41, 1000, SIZE / 2 - 1, SIZE / 2
    };
    OsRing *ring = Open();
    _Atomic uint64_t *head = &GetHeader(ring)->ring.head;
    bool isOk = true;

    for (uint64_t place = 0; place < SIZE; place += 8) {
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
	    uint32_t number = (lengths[i] < 4) ? 0 : (uint32_t) (place + i);

	    while (atomic_load(head) % SIZE != place) {
		size_t away = (place - atomic_load(head)) % SIZE;

		away = (away >= 24 && away <= SIZE / 2) ? away - 24 : 0;
		isOk &= (Send(ring, 0, (away < 4) ? away : 0) == 0)
			&& Receive(ring, OS_NOW) == 0;
	    }
	    isOk &= (Send(ring, number, lengths[i]) == 0)
		    && GetState(ring).bytes == (int64_t) lengths[i]
		    && Receive(ring, OS_NOW) == number;
	}
    }
    Check("messages of all lengths arrive whole at all places", isOk);
    Check("a message longer than half of the ring is refused",
	    Send(ring, 1, SIZE / 2 + 1) == EMSGSIZE);
    Close(ring);
}

/*
 * CheckSizes --
 *
 *	Checks the sizes of rings.
 */

static void
CheckSizes(void)
{
    OsRing *ring;
    OsObject object;

    Check("a ring has at least 4096 bytes", OsRingOpen(name, OS_CREAT, 0600,
	    4095, &object, &ring) == EINVAL);
    Check("a ring has at most 4 GiB", OsRingOpen(name, OS_CREAT, 0600,
	    ((uint64_t) 1 << 32) + 1, &object, &ring) == EINVAL);
    ring = OpenRing(4097);
    Check("the size of a ring is rounded up", OsRingGetSize(ring) == 8192);
    Close(ring);
}

/*
 * The model of a ring: the messages in order, and the handle that has taken
 * each.
 */

#define MOST 512

typedef struct Entry {
    uint32_t number;
    size_t length;
    int taker;			/* -1: it is ready */
    uint64_t id;
    uint32_t attempts;
} Entry;

static Entry entries[MOST];
static size_t entryCount;
static uint32_t lastNumber;

static uint64_t
SumRoom(void)
{
    uint64_t room = 0;

    for (size_t i = 0; i < entryCount; i++) {
	room += PosixIpcRingRoom(entries[i].length);
    }
    return room;
}

static size_t
FindEntry(
    int taker)
{
    size_t i = 0;

    while (i < entryCount && entries[i].taker != taker) {
	i++;
    }
    return i;
}

static void
DropEntry(
    size_t i)
{
    entryCount--;
    memmove(&entries[i], &entries[i + 1], (entryCount - i) * sizeof(*entries));
}

static uint32_t
Random(
    uint32_t limit)
{
    static uint64_t random64 = 88172645463325252u;

    random64 ^= random64 << 13;
    random64 ^= random64 >> 7;
    random64 ^= random64 << 17;
    return (uint32_t) (random64 >> 20) % limit;
}

/*
 * ModelSend --
 *
 *	A send succeeds if and only if the messages in the ring leave room.
 */

static bool
ModelSend(
    OsRing *ring)
{
    size_t length = (Random(4) == 0) ? 4 + Random(SIZE / 2 - 3)
	    : 4 + Random(60);
    bool fits = SumRoom() + PosixIpcRingRoom(length) <= SIZE;

    if (entryCount == MOST || Send(ring, ++lastNumber, length)
	    != (fits ? 0 : ETIMEDOUT)) {
	return entryCount == MOST;
    }
    if (fits) {
	entries[entryCount++] = (Entry) { lastNumber, length, -1, 0, 0 };
    }
    return true;
}

static bool
ModelReceive(
    OsRing *ring)
{
    size_t i = FindEntry(-1);
    int64_t number = Receive(ring, OS_NOW);

    if (i == entryCount) {
	return number == -1;
    }
    if (number != entries[i].number) {
	return false;
    }
    DropEntry(i);
    return true;
}

static bool
ModelReceiveList(
    OsRing *ring)
{
    static uint64_t bytes[SIZE];
    OsRingList list = {
	.most = 1 + Random(6), .bytes = bytes, .room = sizeof(bytes)
    };
    int err = OsRingReceiveList(ring, &list, OS_NOW);
    size_t offset = 0, length;
    const void *message;

    if (FindEntry(-1) == entryCount) {
	return err == ETIMEDOUT;
    }
    for (size_t n = 0; err == 0 && n < list.count; n++) {
	size_t i = FindEntry(-1);

	message = OsRingNextOf(&list, &offset, &length);
	if (message == NULL || i == entryCount
		|| Judge(0, message, length) != entries[i].number) {
	    return false;
	}
	DropEntry(i);
    }
    return err == 0 && OsRingNextOf(&list, &offset, &length) == NULL
	    && (list.count == list.most || FindEntry(-1) == entryCount);
}

static bool
ModelTake(
    OsRing *ring,
    int taker)
{
    size_t i = FindEntry(-1);
    uint64_t id;
    uint32_t attempts;
    int64_t number = Take(ring, OS_NOW, &id, &attempts);

    if (i == entryCount) {
	return number == -1;
    }
    entries[i].taker = taker;
    entries[i].id = id;
    return number == entries[i].number && attempts == ++entries[i].attempts;
}

static bool
ModelEnd(
    OsRing *ring,
    int taker,
    bool isAck)
{
    size_t places[MOST], count = 0, i;

    for (i = 0; i < entryCount; i++) {
	if (entries[i].taker == taker) {
	    places[count++] = i;
	}
    }
    if (count == 0) {
	return true;
    }
    i = places[Random((uint32_t) count)];
    if ((isAck ? OsRingAck(ring, entries[i].id)
	    : OsRingRequeue(ring, entries[i].id)) != 0) {
	return false;
    }
    if (isAck) {
	DropEntry(i);
    } else {
	entries[i].taker = -1;
    }
    return true;
}

static bool
ModelStep(
    OsRing *rings[2])
{
    int which = (int) Random(2);
    OsRing *ring = rings[which];

    switch (Random(12)) {
    case 0: case 1: case 2: case 3:
	return ModelSend(ring);
    case 4:
	return ModelReceive(ring);
    case 5:
	return ModelReceiveList(ring);
    case 6: case 7: case 8:
	return ModelTake(ring, which);
    case 9: case 10:
	return ModelEnd(ring, which, true);
    default:
	if (Random(20) == 0) {
	    OsRingClose(ring);
	    rings[which] = Open();
	    for (size_t i = 0; i < entryCount; i++) {
		if (entries[i].taker == which) {
		    entries[i].taker = -1;
		}
	    }
	}
	return ModelEnd(ring, which, false);
    }
}

static bool
IsAsModel(
    OsRing *ring)
{
    OsRingState state = GetState(ring);
    int64_t messages = 0, bytes = 0, taken = 0;

    for (size_t i = 0; i < entryCount; i++) {
	bool isReady = (entries[i].taker == -1);

	messages += isReady;
	bytes += isReady ? (int64_t) entries[i].length : 0;
	taken += !isReady;
    }
    return state.messages == messages && state.bytes == bytes
	    && state.taken == taken
	    && (OsRingPoll(ring) & OS_READABLE) == (messages > 0)
	    && !(OsRingPoll(ring) & OS_WRITABLE)
		    == (SIZE - SumRoom() < PosixIpcRingRoom(SIZE / 2));
}

static void
CheckModel(void)
{
    OsRing *rings[2] = { Open(), Open() };
    bool isOk = true;
    int steps = 0;

    while (isOk && steps < 200000) {
	isOk = ModelStep(rings);
	if (isOk && steps % 16 == 0) {
	    isOk = IsAsModel(rings[0]);
	}
	steps++;
    }
    Check("two handles do what a model does, 200000 times", isOk);
    Check("taken messages were moved", GetHeader(rings[0])->ring.moves > 100);
    OsRingClose(rings[1]);
    Close(rings[0]);
}

/*
 * CheckLists --
 *
 *	Checks that a list is sent as a whole or not at all.
 */

static void
CheckLists(void)
{
    OsRing *ring = Open(), *other = Open();
    OsBytes messages[4] = {
	{ "\0\0\0\0one", 7 }, { "", 0 }, { "\1\0\0\0", 4 }, { NULL, SIZE / 4 }
    };
    unsigned char *long_ = calloc(1, SIZE / 2);
    unsigned char small[4];
    OsRingList list = { .most = 9, .bytes = small, .room = sizeof(small) };

    messages[3].bytes = long_;
    Check("a list is sent", OsRingSend(ring, messages, 3, OS_NOW) == 0
	    && GetState(other).messages == 3);
    Check("if there is too little room for a list, its messages stay",
	    OsRingReceiveList(other, &list, OS_NOW) == EMSGSIZE
	    && list.length == 8 + 8 + 8 + 8 + 8 && GetState(ring).messages == 3);
    list.bytes = malloc(list.length);
    list.room = list.length;
    Check("all messages of a list are received",
	    OsRingReceiveList(other, &list, OS_NOW) == 0
	    && list.count == 3 && GetState(ring).messages == 0);
    free(list.bytes);
    Check("a list that is too long is refused", OsRingSend(ring, (OsBytes[]) {
	    { long_, SIZE / 2 }, { long_, SIZE / 2 } }, 2, OS_NOW) == EMSGSIZE);
    Must("send", Send(ring, 1, SIZE / 2));
    Check("a list that does not fit now waits, and none of it is sent",
	    OsRingSend(ring, (OsBytes[]) { { "", 0 }, { long_, SIZE / 2 } }, 2,
		    OS_NOW) == ETIMEDOUT && GetState(ring).messages == 1);
    Check("an empty list is sent", OsRingSend(ring, NULL, 0, OS_NOW) == 0);
    free(long_);
    OsRingClose(other);
    Close(ring);
}

/*
 * CheckTaken --
 *
 *	Checks messages that were taken.
 */

static void
CheckTaken(void)
{
    OsRing *ring = Open(), *other = Open();
    uint64_t ids[2];
    uint32_t attempts;
    unsigned char small[2];
    OsRingMessage message = { .bytes = small, .room = sizeof(small) };

    for (uint32_t i = 1; i <= 3; i++) {
	Must("send", Send(ring, i, 8));
    }
    Check("if there is too little room for a message, it stays",
	    OsRingReceive(ring, &message, OS_NOW) == EMSGSIZE
	    && message.length == 8
	    && OsRingTake(ring, &message, OS_NOW) == EMSGSIZE
	    && GetState(ring).messages == 3);
    Check("two messages are taken", Take(ring, OS_NOW, &ids[0], &attempts) == 1
	    && attempts == 1 && Take(ring, OS_NOW, &ids[1], NULL) == 2
	    && GetState(other).taken == 2 && GetState(other).messages == 1);
    Check("only the handle that took a message can give it up",
	    OsRingAck(other, ids[0]) == EINVAL
	    && OsRingRequeue(other, ids[0]) == EINVAL);
    Check("the message that was given back is the next one",
	    OsRingRequeue(ring, ids[1]) == 0 && Receive(other, OS_NOW) == 2
	    && OsRingRequeue(ring, ids[0]) == 0
	    && Take(other, OS_NOW, &ids[0], &attempts) == 1 && attempts == 2);
    Check("a message can be given up only once",
	    OsRingRequeue(ring, ids[0]) == EINVAL
	    && OsRingAck(other, ids[0]) == 0
	    && OsRingAck(other, ids[0]) == EINVAL);
    Take(other, OS_NOW, NULL, NULL);
    OsRingClose(other);
    Check("closing a handle gives its messages back",
	    Take(ring, OS_NOW, NULL, &attempts) == 3
	    && attempts == 2);
    for (uint32_t i = 0; i < 40; i++) {
	Must("send", Send(ring, i, 8));
	Must("take", (Take(ring, OS_NOW, NULL, NULL) == i) ? 0 : EIO);
    }
    Check("many messages can be taken", GetState(ring).taken == 41);
    Close(ring);
}

/*
 * CheckWaits --
 *
 *	Checks that blocked calls are woken, end with their timeout, and are
 *	counted.
 */

static int
CountWaiter(
    void *data,
    pid_t pid,
    const char *command,
    const char *operation)
{
    (void) command;
    *(long *) data += (strcmp(operation, "send") == 0) ? pid : -(long) pid;
    return 0;
}

static void
CheckWaits(void)
{
    OsRing *ring = Open();
    OsRingState state;
    OsTime start = OsClock();
    long sum = 0;
    pid_t child;

    Check("a receive ends with its timeout",
	    Receive(ring, OS_SECOND / 10) == -1
	    && OsClock() - start >= OS_SECOND / 10);
    child = Fork();
    if (child == 0) {
	_exit(Receive(Open(), 60 * OS_SECOND) == 7 ? 0 : 1);
    }
    while (GetState(ring).waiters == 0) {
	Pause(OS_SECOND / 1000);
    }
    Check("a blocked receive is listed", OsRingInspect(name, &state,
	    CountWaiter, &sum) == 0 && sum == -(long) child
	    && state.waiters == 1);
    Must("send", Send(ring, 7, 8));
    Check("a message wakes a blocked receive", WaitFor(child) == 0);
    while (Send(ring, 8, 1000) == 0) {
	/* until it is full */
    }
    child = Fork();
    if (child == 0) {
	OsBytes message = { "\1\0\0\0", 4 };
	OsRing *own = Open();

	Send(own, 8, 50);
	_exit(OsRingSend(own, &message, 1, 60 * OS_SECOND) == 0 ? 0 : 1);
    }
    while (GetState(ring).waiters == 0) {
	Pause(OS_SECOND / 1000);
	Send(ring, 8, 1);
    }
    sum = 0;
    Check("a blocked send is listed", OsRingInspect(name, &state, CountWaiter,
	    &sum) == 0 && sum == child);
    while (Receive(ring, OS_NOW) != -1) {
	/* until it is empty */
    }
    Check("room wakes a blocked send", WaitFor(child) == 0);
    Check("no waiter is left", GetState(ring).waiters == 0);
    OsRingSetPending(ring, 2);
    Check("pending calls are counted", GetState(ring).waiters == 2);
    Close(ring);
}

/*
 * CheckTwoReceivers --
 *
 *	Checks that two messages sent at once wake two receivers, and that the
 *	second receiver need not wait for the end of its slice of 0.1 s. A
 *	receiver records when it has got its message, because the time it takes
 *	to exit does not count.
 */

static void
ReceiveAndTell(
    int fd)
{
    bool isRight = (Receive(Open(), 60 * OS_SECOND) == 7);
    OsTime now = OsClock();

    Must("write", (write(fd, &now, sizeof(now)) == sizeof(now)) ? 0 : errno);
    _exit(isRight ? 0 : 1);
}

static void
CheckTwoReceivers(void)
{
    OsRing *ring = Open();
    int soon = 0, told[2];

    Must("pipe", (pipe(told) == 0) ? 0 : errno);
    for (int i = 0; i < 11; i++) {
	pid_t children[2];
	OsTime start, times[2];

	for (int j = 0; j < 2; j++) {
	    children[j] = Fork();
	    if (children[j] == 0) {
		ReceiveAndTell(told[1]);
	    }
	}
	while (GetState(ring).waiters < 2) {
	    Pause(OS_SECOND / 1000);
	}
	Pause(OS_SECOND / 200);
	start = OsClock();
	Must("send", Send(ring, 7, 8));
	Must("send", Send(ring, 7, 8));
	Must("child", WaitFor(children[0]));
	Must("child", WaitFor(children[1]));
	Must("read", (read(told[0], times, sizeof(times)) == sizeof(times))
		? 0 : errno);
	soon += (times[0] - start < OS_SECOND / 25
		&& times[1] - start < OS_SECOND / 25);
    }
    close(told[0]);
    close(told[1]);
    Check("two messages wake two receivers", soon > 5);
    Close(ring);
}

/*
 * CheckProcesses --
 *
 *	Checks, with two senders and two receivers, that each message arrives
 *	once, and that the messages of each sender arrive in order.
 */

#define EACH 20000

typedef struct Tally {
    _Atomic uint32_t received[2];
    _Atomic uint32_t torn;
    _Atomic uint32_t disordered;
} Tally;

static void
ReceiveAll(
    Tally *tally)
{
    OsRing *ring = Open();
    uint32_t last[2] = { 0, 0 };
    int64_t number;

    while ((number = Receive(ring, 30 * OS_SECOND)) != 0xffffffff) {
	uint32_t who = (uint32_t) number >> 31;
	uint32_t count = (uint32_t) number & 0x7fffffff;

	atomic_fetch_add(&tally->torn, number < 0);
	atomic_fetch_add(&tally->disordered, count <= last[who]);
	last[who] = count;
	atomic_fetch_add(&tally->received[who], 1);
	if (number < 0) {
	    break;
	}
    }
    OsRingClose(ring);
}

static void
CheckProcesses(void)
{
    Tally *tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    OsRing *ring = Open();
    pid_t children[4];

    for (uint32_t i = 0; i < 4; i++) {
	children[i] = Fork();
	if (children[i] == 0 && i < 2) {
	    ReceiveAll(tally);
	    _exit(0);
	} else if (children[i] == 0) {
	    unsigned char bytes[64];
	    OsRing *own = Open();

	    for (uint32_t n = 1; n <= EACH; n++) {
		OsBytes message = { bytes, 4 + n % 60 };

		Fill(bytes, (i - 2) << 31 | n, message.length);
		Must("send", OsRingSend(own, &message, 1, 30 * OS_SECOND));
	    }
	    _exit(0);
	}
    }
    WaitFor(children[2]);
    WaitFor(children[3]);
    for (int i = 0; i < 2; i++) {
	OsBytes last = { "\xff\xff\xff\xff", 4 };

	Must("send", OsRingSend(ring, &last, 1, 30 * OS_SECOND));
    }
    WaitFor(children[0]);
    WaitFor(children[1]);
    Check("of two senders and two receivers, all messages arrive once",
	    tally->received[0] == EACH && tally->received[1] == EACH);
    Check("all messages are whole", tally->torn == 0);
    Check("the messages of a sender are in order", tally->disordered == 0);
    munmap(tally, sizeof(*tally));
    Close(ring);
}

/*
 * CheckPeeks --
 *
 *	Peeks while other processes send messages, take them and move records.
 *	The messages seen must be whole and in order, and none must be removed.
 */

static int
SeeWhole(
    void *data,
    const OsRingMessage *message)
{
    uint32_t *last = data;
    int64_t number = Judge(0, message->bytes, message->length);

    if (number <= (int64_t) *last) {
	return EIO;
    }
    *last = (uint32_t) number;
    return 0;
}

static void
Work(void)
{
    OsRing *own = Open();
    uint64_t ids[8] = { 0 };
    uint32_t number = 0;

    for (;;) {
	while (Send(own, number + 1, 4 + number % 300) == 0) {
	    number++;
	}
	for (size_t i = 0; i < 8; i++) {
	    size_t which = (i * 3) % 8;

	    if (ids[which] != 0) {
		OsRingAck(own, ids[which]);
	    }
	    Take(own, OS_NOW, &ids[which], NULL);
	}
	Receive(own, OS_NOW);
    }
}

static void
CheckPeeks(void)
{
    OsRing *ring = Open();
    OsTime end;
    int torn = 0, seen = 0;
    pid_t child = Fork();

    if (child == 0) {
	Work();
    }
    end = OsClock() + OS_SECOND / 2;
    while (OsClock() < end) {
	uint32_t last = 0;
	int err = OsRingPeek(name, 100, SIZE, SeeWhole, &last);

	torn += (err != 0 && err != EBUSY);
	seen += (last != 0);
    }
    Check("peeking while others work finds messages", seen > 0);
    Check("the messages found are whole and in order", torn == 0);
    kill(child, SIGKILL);
    WaitFor(child);
    Check("records were moved meanwhile", GetHeader(ring)->ring.moves > 10);
    Close(ring);
}

/*
 * CheckPeekDamage --
 *
 *	Checks that a peek reports damage, and does not wait long for a process
 *	that moves records.
 */

static int
PeekAll(void)
{
    uint32_t last = 0;

    return OsRingPeek(name, SIZE, SIZE, SeeWhole, &last);
}

static void
CheckPeekDamage(void)
{
    OsRing *ring = Open();
    PosixIpcRing *words = &GetHeader(ring)->ring;
    OsTime start = OsClock();

    Check("peeking at an empty ring finds nothing", Peek(1, 1) == 0);
    Must("send", Send(ring, 1, 8));
    Must("send", Send(ring, 2, 100));
    Check("peeking finds two messages", Peek(1, SIZE) == 2 && Peek(1, 1) == 1);
    atomic_store(&words->moveTo, 8);
    Check("peeking while records are moved ends in time", PeekAll() == EBUSY
	    && OsClock() - start < 10 * OS_SECOND);
    atomic_store(&words->moveTo, 0);
    atomic_fetch_add(&words->head, 4096);
    Check("peeking reports an impossible head", PeekAll() == EBADMSG);
    atomic_fetch_sub(&words->head, 4096);
    atomic_fetch_add(&words->tail, 4);
    Check("peeking reports an impossible tail", PeekAll() == EBADMSG);
    atomic_fetch_add(&words->tail, 4);
    Check("peeking reports that there is no record at tail",
	    PeekAll() == EBADMSG);
    atomic_fetch_sub(&words->tail, 8);
    Check("peeking has repaired and changed nothing", Peek(1, SIZE) == 2
	    && Receive(ring, OS_NOW) == 1 && Receive(ring, OS_NOW) == 2);
    Must("truncate", (ftruncate(((OsSegment *) ring)->fd, 4096) == 0) ? 0
	    : errno);
    Check("peeking reports a file that is too short", PeekAll() == ENODEV);
    Close(ring);
    Check("peeking reports that there is no ring", PeekAll() == ENOENT);
}

/*
 * TakeMessages --
 *
 *	What a process does first that keeps messages until it is killed.
 */

static void
TakeMessages(
    uint32_t count)
{
    OsRing *own = Open();

    for (uint32_t i = 0; i < count; i++) {
	Take(own, OS_SECOND, NULL, NULL);
    }
}

/*
 * CheckDeaths --
 *
 *	Checks that the messages of dead takers come back in their old order.
 */

static void
CheckDeaths(void)
{
    OsRing *ring = Open();
    OsRingState state;
    OsTime start;
    uint32_t attempts;
    pid_t child, killer;

    for (uint32_t i = 1; i <= 4; i++) {
	Must("send", Send(ring, i, 8));
    }
    child = StartIdle(TakeMessages, 2);
    Check("living takers keep their messages", Receive(ring, OS_NOW) == 3
	    && GetState(ring).taken == 2);
    Kill(child);
    Check("peeking shows a death that nobody has noticed",
	    OsRingInspect(name, &state, NULL, NULL) == 0 && state.taken == 0
	    && state.messages == 3 && state.bytes == 24
	    && GetHeader(ring)->ring.taken == 2);
    Check("peeking shows the messages of the dead, in order", Peek(1, 2) == 2
	    && GetHeader(ring)->ring.taken == 2);
    Check("two messages of a dead taker come back",
	    GetState(ring).messages == 3);
    Check("they come back in order", Take(ring, OS_NOW, NULL, &attempts) == 1
	    && attempts == 2 && Take(ring, OS_NOW, NULL, &attempts) == 2
	    && attempts == 2 && Receive(ring, OS_NOW) == 4);
    Must("send", Send(ring, 5, 8));
    child = StartIdle(TakeMessages, 1);
    killer = Fork();
    if (killer == 0) {
	Pause(OS_SECOND / 20);
	kill(child, SIGKILL);
	_exit(0);
    }
    start = OsClock();
    Check("the taker's death wakes a blocked receive",
	    Receive(ring, 10 * OS_SECOND) == 5
	    && OsClock() - start < OS_SECOND);
    WaitFor(killer);
    WaitFor(child);
    Must("send", Send(ring, 6, 8));
    child = StartIdle(TakeMessages, 1);
    Kill(child);
    for (uint32_t i = 7; i <= 9; i++) {
	Must("send", Send(ring, i, 8));
    }
    Pause(OS_SECOND / 5);
    Check("the death is noticed even if there are other messages",
	    Receive(ring, OS_NOW) == 6
	    && Receive(ring, OS_NOW) == 7);
    Close(ring);
}

/*
 * CheckForks --
 *
 *	Checks that a child has taken nothing, but can take part.
 */

static void
CheckForks(void)
{
    OsRing *ring = Open();
    uint64_t id;
    pid_t child;

    Must("send", Send(ring, 1, 8));
    Must("send", Send(ring, 2, 8));
    Take(ring, OS_NOW, &id, NULL);
    child = Fork();
    if (child == 0) {
	_exit(OsRingAck(ring, id) == EINVAL && Receive(ring, OS_NOW) == 2
		&& GetState(ring).taken == 1 && Send(ring, 3, 8) == 0
		&& Take(ring, OS_NOW, NULL, NULL) == 3 ? 0 : 1);
    }
    Check("a child has taken nothing, and takes part", WaitFor(child) == 0);
    Check("a child's messages come back, its parent's stay taken",
	    Receive(ring, OS_NOW) == 3 && OsRingAck(ring, id) == 0
	    && Receive(ring, OS_NOW) == -1);
    Close(ring);
}

/*
 * CheckLoop --
 *
 *	Checks that an event loop learns of messages, room, deaths and damage.
 */

static void
CheckLoop(void)
{
    OsRing *ring = Open(), *other = Open();
    char readable, room;	/* their addresses tell events apart */
    OsWatch *watch;
    pid_t child;

    Must("watch", OsWatchOpen(&watch));
    Must("watch", OsRingWatch(ring, watch, OS_READABLE, &readable));
    Check("an empty ring reports no event", OsRingPoll(ring) == OS_WRITABLE
	    && !IsTold(watch, &readable, 250));
    Must("send", Send(other, 1, SIZE / 2));
    Check("a message is reported", IsTold(watch, &readable, 10000)
	    && OsRingPoll(ring) == OS_READABLE);
    Must("watch", OsRingWatch(ring, watch, OS_WRITABLE, &room));
    Check("a ring that is half full reports no room",
	    !IsTold(watch, &room, 250));
    child = StartIdle(TakeMessages, 1);
    Check("a taken message is not reported", !IsTold(watch, &room, 250));
    Must("watch", OsRingWatch(ring, watch, OS_READABLE, &readable));
    Kill(child);
    Check("a death is reported", IsTold(watch, &readable, 10000));
    Must("watch", OsRingWatch(ring, watch, OS_WRITABLE, &room));
    Check("the message of the dead taker is back", Receive(other, OS_NOW) == 1);
    Check("room is reported", IsTold(watch, &room, 10000)
	    && OsRingPoll(ring) == OS_WRITABLE);
    while (Send(other, 2, 100) == 0) {
	/* until it is full */
    }
    Must("watch", OsRingWatch(ring, watch, OS_WRITABLE, &room));
    Check("a small message must wait", Send(ring, 3, 100) == ETIMEDOUT);
    Must("receive", (Receive(other, OS_NOW) == 2) ? 0 : EIO);
    Check("it is sent once it fits, even if the ring is more than half full",
	    IsTold(watch, &room, 10000) && Send(ring, 3, 100) == 0);
    Must("watch", OsRingWatch(ring, watch, OS_READABLE, &readable));
    while (Receive(ring, OS_NOW) != -1) {
	/* until it is empty */
    }
    Must("watch", OsRingWatch(ring, watch, OS_READABLE, &readable));
    Must("truncate", (ftruncate(((OsSegment *) other)->fd, 70000) == 0)
	    ? 0 : errno);
    Check("the truncation of a ring is reported",
	    IsTold(watch, &readable, 10000)
	    && OsRingPoll(ring) == (OS_READABLE | OS_WRITABLE));
    Check("a truncated ring stays corrupt", Receive(ring, OS_NOW) == -3
	    && Receive(ring, OS_NOW) == -3
	    && OsRingWatch(ring, watch, OS_READABLE, NULL) == EBADMSG);
    OsRingClose(other);
    Close(ring);
    OsWatchClose(watch);
}

/*
 * CheckDamage --
 *
 *	Checks that corrupt words are reported once to each handle, and that the
 *	ring is then empty and works.
 */

typedef struct Damage {
    const char *what;
    size_t place;		/* in the ring's words, or in the data */
    uint64_t value;
    bool isInData;
} Damage;

static const Damage damages[] = {
    { "head too far", offsetof(PosixIpcRing, head), 1 << 20, false },
    { "head that is odd", offsetof(PosixIpcRing, head), 97, false },
    { "tail beyond head", offsetof(PosixIpcRing, tail), 1 << 20, false },
    { "tail inside a record", offsetof(PosixIpcRing, tail), 8, false },
    { "ready beyond head", offsetof(PosixIpcRing, ready), 1 << 20, false },
    { "ready at head", offsetof(PosixIpcRing, ready), 96, false },
    { "fewer bytes than there are", offsetof(PosixIpcRing, bytes), 1, false },
    { "more used than there is", offsetof(PosixIpcRing, used), 1 << 20,
	false },
    { "less used than there is", offsetof(PosixIpcRing, used), 8, false },
    { "a length that is too long", 0, UINT64_MAX, true },
    { "a length that is more than there is", 0, 0, true },
    { "one byte more used than there is", offsetof(PosixIpcRing, used), 4,
	false },
    { "another id", 16, 77, true },
};

static void
CheckDamageOf(
    const Damage *damage)
{
    OsRing *ring = Open(), *other = Open();
    unsigned char *words = (unsigned char *) &GetHeader(ring)->ring;
    char what[80];

    for (uint32_t i = 1; i <= 3; i++) {
	Must("send", Send(ring, i, 8));
    }
    *(_Atomic uint64_t *) (damage->isInData ? ((OsSegment *) ring)->data
	    + damage->place : words + damage->place) = damage->value;
    snprintf(what, sizeof(what), "%s: told once, to each", damage->what);
    Check(what, Receive(ring, OS_NOW) == -3 && Receive(ring, OS_NOW) == -1
	    && Receive(other, OS_NOW) == -3 && GetState(other).messages == 0);
    Check("after damage the ring works", Send(other, 5, 100) == 0
	    && Receive(ring, OS_NOW) == 5);
    OsRingClose(other);
    Close(ring);
}

static void
CheckDamageOfTaken(void)
{
    OsRing *ring = Open(), *other = Open();
    uint64_t id;

    Must("send", Send(ring, 1, 8));
    Take(ring, OS_NOW, &id, NULL);
    atomic_store((_Atomic uint64_t *) ((OsSegment *) ring)->data + 1, 0);
    Check("a taken message that is missing is damage",
	    OsRingAck(ring, id) == EBADMSG && OsRingAck(ring, id) == EINVAL);
    Check("damage is reported to other handles", Receive(other, OS_NOW) == -3
	    && Receive(other, OS_NOW) == -1);
    Must("send", Send(ring, 1, 8));
    Take(ring, OS_NOW, &id, NULL);
    atomic_store((_Atomic uint64_t *) ((OsSegment *) ring)->data
	    + GetHeader(ring)->ring.tail % SIZE / 8, 0);
    OsRingClose(ring);
    Check("a taker that closes finds damage, too", Receive(other, OS_NOW) == -3
	    && Receive(other, OS_NOW) == -1);
    Must("send", Send(other, 1, 8));
    atomic_fetch_add(&GetHeader(other)->resetting, 1);
    atomic_fetch_add(&GetHeader(other)->damage, 1);
    Check("damage is reported as an event, and by the next call",
	    OsRingPoll(other) == (OS_READABLE | OS_WRITABLE)
	    && Receive(other, OS_NOW) == -3 && Receive(other, OS_NOW) == 1);
    Close(other);
}

/*
 * CheckDamageOfRoom --
 *
 *	Checks damage that a sender without room finds.
 */

static void
CheckDamageOfRoom(
    bool isRecord)
{
    OsRing *ring = Open();
    PosixIpcHeader *header = GetHeader(ring);

    while (Send(ring, 1, 100) == 0) {
	/* until it is full */
    }
    atomic_store(&header->ring.used, 0);
    if (isRecord) {
	atomic_store((_Atomic uint64_t *) ((OsSegment *) ring)->data, 0);
    }
    Check("room that is counted but missing is damage", Send(ring, 1, 100)
	    == EBADMSG
	    && GetState(ring).messages == 0 && Send(ring, 1, 100) == 0);
    Close(ring);
}

/*
 * CheckDamageOfList --
 *
 *	Checks damage that a receiver of a list finds.
 */

static void
CheckDamageOfList(
    const char *what,
    _Atomic uint64_t *(*find)(OsRing *ring),
    uint64_t value)
{
    static uint64_t bytes[64];
    OsRing *ring = Open();
    OsRingList list = { .most = 9, .bytes = bytes, .room = sizeof(bytes) };

    for (uint32_t i = 1; i <= 3; i++) {
	Must("send", Send(ring, i, 8));
    }
    atomic_store(find(ring), value);
    Check(what, OsRingReceiveList(ring, &list, OS_NOW) == EBADMSG
	    && OsRingReceiveList(ring, &list, OS_NOW) == ETIMEDOUT);
    Close(ring);
}

static _Atomic uint64_t *
FindBytes(
    OsRing *ring)
{
    return &GetHeader(ring)->ring.bytes;
}

static _Atomic uint64_t *
FindMessages(
    OsRing *ring)
{
    return &GetHeader(ring)->ring.messages;
}

static _Atomic uint64_t *
FindSecond(
    OsRing *ring)
{
    return (_Atomic uint64_t *) ((OsSegment *) ring)->data + 4;
}

/*
 * CheckDamageBehind --
 *
 *	Checks a corrupt record behind one that is removed, and a corrupt record
 *	that a participant counts after a death.
 */

static void
CheckDamageBehind(void)
{
    OsRing *ring = Open();
    uint64_t ids[2];

    for (uint32_t i = 1; i <= 3; i++) {
	Must("send", Send(ring, i, 8));
    }
    Take(ring, OS_NOW, &ids[0], NULL);
    Take(ring, OS_NOW, &ids[1], NULL);
    Must("ack", OsRingAck(ring, ids[1]));
    atomic_store(FindSecond(ring), 7);
    Check("damage behind an acknowledged message is reported",
	    OsRingAck(ring, ids[0]) == EBADMSG && Receive(ring, OS_NOW) == -1);
    for (uint32_t i = 1; i <= 3; i++) {
	Must("send", Send(ring, i, 8));
    }
    atomic_store((_Atomic uint64_t *) (((OsSegment *) ring)->data
	    + GetHeader(ring)->ring.tail % SIZE + 32), 7);
    atomic_store(&GetHeader(ring)->latch, POSIX_IPC_REPAIR);
    Check("damage is found by a recount",
	    Receive(ring, OS_NOW) == -3 && Receive(ring, OS_NOW) == -1);
    Must("send", Send(ring, 1, 8));
    atomic_store((_Atomic uint64_t *) (((OsSegment *) ring)->data
	    + GetHeader(ring)->ring.tail % SIZE), 7);
    atomic_store(&GetHeader(ring)->latch, POSIX_IPC_REPAIR);
    Check("a recount finds that the first record is none",
	    Receive(ring, OS_NOW) == -3
	    && Receive(ring, OS_NOW) == -1);
    Close(ring);
}

/*
 * CheckMoves --
 *
 *	Checks that if a participant died while it moved records, the next one
 *	completes the move, unless the state is corrupt.
 */

static void
CheckMoves(void)
{
    OsRing *ring = Open(), *other = Open();
    PosixIpcRing *words = &GetHeader(ring)->ring;
    uint64_t ids[2];

    for (uint32_t i = 1; i <= 3; i++) {
	Must("send", Send(ring, i, 8));
    }
    Take(ring, OS_NOW, &ids[0], NULL);
    Must("receive", (Receive(ring, OS_NOW) == 2) ? 0 : EIO);
    atomic_fetch_add(&words->moves, 1);
    atomic_store(&words->moveLeft, 32);
    atomic_store(&words->moveTo, 32);
    atomic_store(&GetHeader(ring)->latch, POSIX_IPC_REPAIR);
    Check("the next participant finishes a move", GetState(other).taken == 1
	    && words->tail == 32 && words->moveTo == 0
	    && GetState(other).messages == 1);
    Check("the moved message is found at its new place",
	    OsRingRequeue(ring, ids[0])
	    == 0 && Receive(ring, OS_NOW) == 1 && Receive(other, OS_NOW) == 3);
    for (int i = 0; i < 3; i++) {
	Must("send", Send(other, 4, 8));
	atomic_store(&words->moveFrom, words->tail);
	atomic_store(&words->moveLeft, (i == 2) ? 64 : 0);
	atomic_store(&words->moveTo, (i == 0) ? words->head + 8
		: (i == 1) ? words->tail + 4 : words->tail + 32);
	atomic_store(&GetHeader(ring)->latch, POSIX_IPC_REPAIR);
	Check("an impossible move is damage",
		Receive(ring, OS_NOW) == -3 && Receive(ring, OS_NOW) == -1
		&& Receive(other, OS_NOW) == -3);
    }
    atomic_store(&words->moveLeft, 0);
    atomic_store(&words->moveTo, words->tail);
    atomic_store(&GetHeader(ring)->latch, POSIX_IPC_REPAIR);
    Check("a move that lacks only its last store is finished",
	    Receive(ring, OS_NOW) == -1 && words->moveTo == 0);
    OsRingClose(other);
    Close(ring);
}

/*
 * CheckHoles --
 *
 *	Checks that records with finished ones in between are moved to make room
 *	for a long message, and keep their contents, and that a move in the
 *	middle that lacks only its last store is completed.
 */

#define MOST_HOLES	200

static void
CheckHoles(void)
{
    OsRing *ring = Open();
    PosixIpcRing *words = &GetHeader(ring)->ring;
    uint64_t ids[MOST_HOLES];
    uint32_t count = 0, back = 0;

    while (count < MOST_HOLES && Send(ring, count, 8) == 0) {
	Take(ring, OS_NOW, &ids[count++], NULL);
    }
    for (uint32_t i = 1; i < count; i += 2) {
	Must("acknowledge", OsRingAck(ring, ids[i]));
    }
    Check("a long message fits where every second message is done",
	    Send(ring, count, (size_t) words->used - 256) == 0
	    && words->head - words->tail <= OsRingGetSize(ring));
    Must("send", Send(ring, 1000, 8));
    atomic_store(&words->moveFrom, words->head - 32);
    atomic_store(&words->moveLeft, 0);
    atomic_store(&words->moveTo, words->head);
    atomic_store(&GetHeader(ring)->latch, POSIX_IPC_REPAIR);
    Check("the room before the moved records is filled",
	    GetState(ring).messages == 1 && words->moveTo == 0);
    for (uint32_t i = count; i-- > 0;) {
	if (i % 2 == 0) {
	    Must("give back", OsRingRequeue(ring, ids[i]));
	}
    }
    while (back < count && Receive(ring, OS_NOW) == (int) back) {
	back += 2;
    }
    Check("all other messages are still there, in order", back >= count
	    && Receive(ring, OS_NOW) == (int) count
	    && Receive(ring, OS_NOW) == -1);
    Close(ring);
}

/*
 * CheckStopped --
 *
 *	A participant that is stopped inside the latch delays others until their
 *	timeout, or for a second.
 */

static void
CheckStopped(void)
{
    OsRing *ring = Open(), *stopped = Open();
    OsTime start;
    uint64_t id, done, back;
    uint32_t attempts;

    for (uint32_t i = 1; i <= 3; i++) {
	Must("send", Send(ring, i, 8));
    }
    Take(ring, OS_NOW, &id, NULL);
    Take(ring, OS_NOW, &done, NULL);
    Take(ring, OS_NOW, &back, NULL);
    Must("latch", OsLatchEnter((OsSegment *) stopped, OS_SECOND));
    start = OsClock();
    Check("a call with a timeout waits for that long",
	    Receive(ring, OS_SECOND / 2) == -1
	    && OsClock() - start >= OS_SECOND / 2);
    start = OsClock();
    Check("a call without a timeout waits for a second",
	    OsRingAck(ring, id) == EBUSY
	    && OsClock() - start >= OS_SECOND);
    Check("no event is reported meanwhile", OsRingPoll(ring) == 0);
    Check("peeking does not wait", Peek(1, 1) == 0);
    Check("the end of a take can be deferred",
	    OsRingFinish(ring, done, true) == 0
	    && OsRingFinish(ring, back, false) == 0
	    && OsRingAck(ring, done) == EINVAL
	    && OsRingFinish(ring, back, true) == EINVAL);
    OsLatchLeave((OsSegment *) stopped);
    Check("the deferred end has changed nothing yet", OsRingAck(ring, id) == 0
	    && GetState(ring).taken == 2);
    Check("the next call ends the takes",
	    Take(ring, OS_NOW, &id, &attempts) == 3
	    && attempts == 2 && GetState(ring).taken == 1
	    && Receive(ring, OS_NOW) == -1);
    OsRingClose(stopped);
    Close(ring);
}

/*
 * MeasureRing --
 *
 *	Measures how long a send and a receive take.
 */

static void
MeasureRing(void)
{
    OsRing *ring = Open();
    unsigned char bytes[64] = { 0 };
    OsBytes sent = { bytes, sizeof(bytes) };
    OsRingMessage message = { .bytes = bytes, .room = sizeof(bytes) };
    OsTime start = OsClock();
    const int count = 200000;

    for (int i = 0; i < count; i++) {
	OsRingSend(ring, &sent, 1, OS_NOW);
	OsRingReceive(ring, &message, OS_NOW);
    }
    printf("      send and receive of 64 bytes: %.1f ns\n",
	    (double) (OsClock() - start) / count);
    Close(ring);
}

void
CheckRings(void)
{
    CheckSizes();
    CheckPlaces();
    CheckLists();
    CheckTaken();
    CheckModel();
    CheckWaits();
    CheckTwoReceivers();
    CheckProcesses();
    CheckPeeks();
    CheckPeekDamage();
    CheckDeaths();
    CheckForks();
    CheckLoop();
    for (size_t i = 0; i < sizeof(damages) / sizeof(*damages); i++) {
	CheckDamageOf(&damages[i]);
    }
    CheckDamageOfTaken();
    CheckDamageOfRoom(false);
    CheckDamageOfRoom(true);
    CheckDamageOfList("fewer bytes than the list has is damage", FindBytes, 9);
    CheckDamageOfList("more messages than records is damage", FindMessages, 5);
    CheckDamageOfList("an invalid record in the list is damage", FindSecond, 7);
    CheckDamageBehind();
    CheckMoves();
    CheckHoles();
    CheckStopped();
    MeasureRing();
}
