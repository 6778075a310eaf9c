/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * topic.c --
 *
 *	Topics: publishing and reading, many processes at once, deaths, damage,
 *	forks, event loops.
 */

#include "check.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#define SIZE 4096

static OsTopic *
Open(
    bool readonly)
{
    return OpenTopic(SIZE, OS_TOPIC_NEW, readonly);
}

static void
Close(
    OsTopic *topic)
{
    Must("OsTopicUnlink", OsTopicUnlink(name));
    OsTopicClose(topic);
}

static PosixIpcHeader *
GetHeader(
    OsTopic *topic)
{
    return ((OsSegment *) topic)->header;
}

/*
 * Fill, IsWhole --
 *
 *	All bytes of a message are equal, and are computed from its number.
 */

static int
PublishNumber(
    OsTopic *topic,
    uint64_t number,
    size_t length)
{
    unsigned char bytes[SIZE];

    memset(bytes, (int) (number % 251), length);
    return OsTopicPublish(topic, bytes, length);
}

static bool
IsWhole(
    const OsTopicMessage *message)
{
    const unsigned char *bytes = message->bytes;

    for (size_t i = 0; i < message->length; i++) {
	if (bytes[i] != message->serial % 251) {
	    return false;
	}
    }
    return true;
}

/*
 * Receive, Latest --
 *
 *	Return the serial number of a message, or -1 if there is none, -2 if it
 *	is torn or was never published, and -3 after another error.
 */

static int64_t
Judge(
    int err,
    const OsTopicMessage *message)
{
    if (err != 0) {
	return (err == ETIMEDOUT || err == ENOENT) ? -1 : -3;
    }
    return IsWhole(message) ? (int64_t) message->serial : -2;
}

static int64_t
ReceiveFor(
    OsTopic *topic,
    OsTime timeout,
    uint64_t *missedPtr)
{
    unsigned char bytes[SIZE];
    OsTopicMessage message = { .bytes = bytes, .room = sizeof(bytes) };
    int err = OsTopicReceive(topic, &message, timeout);

    if (missedPtr != NULL) {
	*missedPtr = message.missed;
    }
    return Judge(err, &message);
}

static int64_t
Receive(
    OsTopic *topic)
{
    return ReceiveFor(topic, OS_NOW, NULL);
}

static int64_t
Latest(
    OsTopic *topic)
{
    unsigned char bytes[SIZE];
    OsTopicMessage message = { .bytes = bytes, .room = sizeof(bytes) };
    int err = OsTopicReadLatest(topic, &message);

    return Judge(err, &message);
}

/*
 * CheckSizes --
 *
 *	Checks which topics can be opened and which messages published.
 */

static void
CheckSizes(void)
{
    OsTopicRequest request = { .flags = OS_CREAT, .size = 4095 };
    OsTopic *topic = Open(false), *bad;
    unsigned char bytes[SIZE];
    OsTopicMessage message = { .bytes = bytes, .room = 10 };
    OsObject object;
    int err[3];

    err[0] = OsTopicOpen("/none", &request, &object, &bad);
    request.size = (UINT64_C(1) << 31) + 1;
    err[1] = OsTopicOpen("/none", &request, &object, &bad);
    request.size = SIZE;
    request.readonly = true;
    err[2] = OsTopicOpen("/none", &request, &object, &bad);
    Check("a topic has 4 KiB to 2 GiB, and a reader cannot create one",
	    err[0] == EINVAL && err[1] == EINVAL && err[2] == EACCES);
    Check("a message has at most half of the room",
	    PublishNumber(topic, 0, SIZE / 2) == 0
	    && PublishNumber(topic, 1, SIZE / 2 + 1) == EMSGSIZE);
    bad = Open(true);
    Check("a read-only handle cannot publish",
	    PublishNumber(bad, 1, 1) == EACCES);
    OsTopicClose(bad);
    Check("a message that needs more room remains the next one",
	    OsTopicReceive(topic, &message, OS_NOW) == EMSGSIZE
	    && message.length == SIZE / 2
	    && OsTopicReadLatest(topic, &message) == EMSGSIZE
	    && message.length == SIZE / 2 && Receive(topic) == 0
	    && Receive(topic) == -1);
    Close(topic);
}

/*
 * CheckPlaces --
 *
 *	Checks messages of all lengths, which begin at all places and cross the
 *	end at all places. Each becomes the newest message, reaches a reader
 *	that keeps up, and is the last in the sequence that starts with the
 *	oldest.
 */

static bool
ReadsAll(
    uint64_t published)
{
    OsTopic *all = OpenTopic(SIZE, OS_TOPIC_OLDEST, true);
    OsTopicState state;
    int64_t first = Receive(all), last = first, next;
    bool isOk = (first >= 0);

    Must("state", OsTopicGetState(all, &state));
    while ((next = Receive(all)) >= 0) {
	isOk &= (next == last + 1);
	last = next;
    }
    OsTopicClose(all);
    return isOk && next == -1 && last + 1 == (int64_t) published
	    && state.published == published;
}

static void
CheckPlaces(void)
{
    OsTopic *topic = Open(false), *reader = Open(true);
    uint64_t number = 0;
    bool isOk = true;

    for (size_t step = 1; step <= 33; step++) {
	for (size_t length = 0; length <= SIZE / 2; length += step) {
	    uint64_t missed = 1;

	    Must("publish", PublishNumber(topic, number, length));
	    isOk &= ReceiveFor(reader, OS_NOW, &missed) == (int64_t) number
		    && missed == 0 && Latest(topic) == (int64_t) number;
	    number++;
	    if (step > 20) {
		isOk &= ReadsAll(number);
	    }
	}
    }
    Check("messages of all lengths are read at all places", isOk);
    OsTopicClose(reader);
    Close(topic);
}

/*
 * CheckSlowReader --
 *
 *	Checks what is reported to a reader that was overtaken, and with which
 *	message each -from begins.
 */

static void
CheckSlowReader(void)
{
    OsTopic *topic = Open(false), *reader = Open(true), *other;
    uint64_t missed = 0;
    int64_t got;

    for (uint64_t number = 0; number < 1000; number++) {
	Must("publish", PublishNumber(topic, number, 100));
    }
    got = ReceiveFor(reader, OS_NOW, &missed);
    Check("a slow reader learns how many messages it missed",
	    got > 900 && missed == (uint64_t) got);
    Check("after that, it misses nothing", ReceiveFor(reader, OS_NOW, &missed)
	    == got + 1 && missed == 0);
    other = OpenTopic(SIZE, OS_TOPIC_OLDEST, false);
    Check("-from oldest begins where the slow reader continued",
	    Receive(other) == got);
    OsTopicClose(other);
    other = OpenTopic(SIZE, OS_TOPIC_LATEST, false);
    Check("-from latest begins with the last message", Receive(other) == 999
	    && Receive(other) == -1);
    OsTopicClose(other);
    OsTopicClose(reader);
    Close(topic);
}

/*
 * CheckCrowd --
 *
 *	Publishers and readers, each in a process of its own, publish and read
 *	messages of all lengths as fast as they can, so the 4 KiB of the topic
 *	are overwritten all the time. Readers must find whole messages, in
 *	order, and count those that they missed.
 */

static int
ReadCrowd(
    OsTopic *topic,
    OsTime time)
{
    OsTime end = OsClock() + time;
    int64_t last = ReceiveFor(topic, time, NULL), first = last;
    uint64_t missed;
    int wrong = (first < 0);

    while (OsClock() < end) {
	int64_t got = ReceiveFor(topic, OS_SECOND / 100, &missed);
	int64_t latest = Latest(topic);

	if (got == -1) {
	    continue;
	}
	wrong += (got != last + 1 + (int64_t) missed) || (latest < got
		&& latest != -3);
	last = (got >= 0) ? got : last;
    }
    return (wrong != 0) ? 1 : (last < first + 100) ? 2 : 0;
}

static void
PublishCrowd(
    OsTopic *topic,
    OsTime time)
{
    /* The byte follows from the serial number, so each publishes under the
     * lock of the crowd. */
    OsSharedLock *lock;
    OsObject object;
    OsTopicState state;
    OsTime end = OsClock() + time;
    pid_t ignored;

    Must("lock", OsLockOpen(name, OS_CREAT, 0600, 1, &object, &lock));
    for (size_t i = 0; OsClock() < end; i++) {
	Must("acquire", OsLockAcquire(lock, 1, 0, 60 * OS_SECOND, &ignored));
	Must("state", OsTopicGetState(topic, &state));
	for (uint64_t j = 0; j < 20; j++) {
	    Must("publish", PublishNumber(topic, state.published + j,
		    (i * 37 + j * 11) % (SIZE / 2)));
	}
	Must("release", OsLockRelease(lock, false));
    }
    OsLockClose(lock, true);
}

static void
CheckCrowd(void)
{
    OsTopic *topic = Open(false);
    pid_t children[5];
    bool isOk;

    for (int i = 0; i < 5; i++) {
	children[i] = (i < 4) ? Fork() : -1;
	if (children[i] == 0) {
	    if (i < 2) {
		PublishCrowd(topic, OS_SECOND);
		_exit(0);
	    }
	    _exit(ReadCrowd(OpenTopic(SIZE, OS_TOPIC_OLDEST, i == 3),
		    OS_SECOND));
	}
    }
    isOk = (ReadCrowd(topic, OS_SECOND) == 0);
    for (int i = 0; i < 4; i++) {
	isOk &= (WaitFor(children[i]) == 0);
    }
    Check("two publishers and three readers see whole messages in order",
	    isOk);
    OsLockUnlink(name);
    Close(topic);
}

/*
 * CheckKills --
 *
 *	Checks that if publishers are killed at random moments, all published
 *	messages are whole, and the other publishers continue.
 */

static void
CheckKills(void)
{
    OsTopic *topic = Open(false), *reader = Open(true);
    OsTopicState state;
    bool isOk = true;
    uint64_t missed;
    int64_t next = 0;

    for (int round = 0; round < 100 && isOk; round++) {
	pid_t child = Fork();

	if (child == 0) {
	    OsTopic *own = Open(false);

	    Must("state", OsTopicGetState(own, &state));
	    for (uint64_t number = state.published; ; number++) {
		Must("publish", PublishNumber(own, number,
			number % (SIZE / 2)));
	    }
	}
	Pause(OS_SECOND / 1000 * (1 + round % 3));
	kill(child, SIGKILL);
	WaitFor(child);
	Must("state", OsTopicGetState(topic, &state));
	isOk &= (state.published == 0
		|| Latest(reader) == (int64_t) state.published - 1);
	for (;;) {
	    int64_t got = ReceiveFor(reader, OS_NOW, &missed);

	    if (got == -1) {
		break;
	    }
	    isOk &= (got == next + (int64_t) missed);
	    next = got + 1;
	}
	isOk &= (next == (int64_t) state.published);
	Must("publish", PublishNumber(topic, state.published, 7));
	isOk &= (Receive(reader) == next++ && ReadsAll(state.published + 1));
    }
    Check("killed publishers leave whole messages, and block nobody",
	    isOk);
    OsTopicClose(reader);
    Close(topic);
}

/*
 * DieInLatch --
 *
 *	A publisher changes a word in the latch, and dies there.
 */

static void
DieInLatch(
    _Atomic uint64_t *word)
{
    pid_t child = Fork();

    if (child == 0) {
	Must("latch", OsLatchEnter((OsSegment *) Open(false), OS_SECOND));
	atomic_store(word, 4711);
	raise(SIGKILL);
    }
    WaitFor(child);
}

/*
 * CheckLatch --
 *
 *	Checks a publisher that is stopped in the latch, and one that has died
 *	there and left corrupt numbers.
 */

static void
CheckLatch(void)
{
    OsTopic *topic = Open(false), *reader = Open(true);
    OsTopic *stopped = Open(false);
    PosixIpcTopic *words = &GetHeader(topic)->topic;
    OsTopicState state;

    Must("publish", PublishNumber(topic, 0, 10));
    Must("latch", OsLatchEnter((OsSegment *) stopped, OS_SECOND));
    Check("a stopped publisher delays others for a second",
	    PublishNumber(topic, 1, 10) == EBUSY);
    Check("a stopped publisher delays no reader",
	    Receive(reader) == 0 && Receive(topic) == 0
	    && Latest(topic) == 0 && OsTopicGetState(topic, &state) == 0
	    && state.published == 1);
    Must("publish", PublishNumber(stopped, 1, 10) == 0 ? 0 : EINVAL);
    atomic_store(&GetHeader(topic)->latch, ((OsSegment *) stopped)->me);
    atomic_store(&words->tail, 8);
    Check("a reader reports damage that it cannot repair",
	    Receive(topic) == -3);
    atomic_store(&words->tail, 0);
    OsLatchLeave((OsSegment *) stopped);
    Check("that reader then reads the remaining messages", Receive(topic) == 0
	    && Receive(topic) == 1 && Receive(reader) == 1);
    OsTopicClose(stopped);
    DieInLatch(&words->bytes);
    Check("after a death in the latch, the next publisher continues",
	    PublishNumber(topic, 2, 20) == 0 && Receive(reader) == 2);
    Check("the derived numbers are right after that",
	    OsTopicGetState(topic, &state) == 0
	    && state.bytes == 40);
    DieInLatch(&words->head);
    Check("corrupt remains of a death are damage",
	    PublishNumber(topic, 1, 20) == EBADMSG && Receive(reader) == -3
	    && Receive(reader) == -1);
    OsTopicClose(reader);
    Close(topic);
}

/*
 * CheckDamage --
 *
 *	Checks corrupt numbers: first those that a reader reads, then those that
 *	a publisher reads.
 */

static void
DamageWord(
    OsTopic *topic,
    int which)
{
    PosixIpcTopic *words = &GetHeader(topic)->topic;
    PosixIpcTopicRecord *first = (PosixIpcTopicRecord *)
	    ((OsSegment *) topic)->data;

    switch (which) {
    case 0: atomic_store(&words->head, UINT64_MAX); break;
    case 1: atomic_store(&words->head, 72); break;
    case 2: atomic_store(&words->head, UINT64_C(1) << 40); break;
    case 3: atomic_store(&words->tail, 8); break;
    case 4: atomic_store(&words->tail, 160000); break;
    case 5: atomic_store(&words->tail, UINT64_C(1) << 63); break;
    case 6: atomic_store(&first->length, UINT32_MAX); break;
    case 7: atomic_store(&first->length, 2000); break;
    case 8: atomic_store(&first->serial, 1); break;
    case 9: atomic_store(&first->serial, UINT64_MAX); break;
    default:			/* as if they were older than the last */
	atomic_store(&first->serial, UINT64_MAX - 7);
	first += 2;
	atomic_store(&first->serial, UINT64_MAX - 6);
    }
}

static void
CheckDamage(void)
{
    bool isOk = true;

    for (int which = 0; which < 11; which++) {
	OsTopic *topic = Open(false), *reader = Open(true);
	int64_t got[2];

	for (uint64_t number = 0; number < 3; number++) {
	    Must("publish", PublishNumber(topic, number, 10));
	}
	DamageWord(topic, which);
	got[0] = Receive(reader);
	got[1] = Receive(reader);
	isOk &= (got[0] == -3 && got[1] == -1 && !OsTopicIsReadable(reader));
	isOk &= (Receive(topic) == -3 && Receive(topic) == -1);
	isOk &= !OsTopicIsReadable(reader);
	isOk &= (OsTopicPublish(topic, "", 0) == 0
		&& OsTopicIsReadable(reader));
	isOk &= (Receive(reader) >= 0 && Receive(topic) >= 0
		&& Receive(topic) == -1);
	if (!isOk) {
	    printf("      damage %d: %ld %ld\n", which, (long) got[0],
		    (long) got[1]);
	}
	OsTopicClose(reader);
	Close(topic);
    }
    Check("damage is reported once to each reader, then the topic works",
	    isOk);
}

static void
CheckDamageForAll(void)
{
    OsTopic *topic = Open(false), *other = Open(false);
    OsTopicState state;

    Must("publish", PublishNumber(topic, 0, 10));
    DamageWord(topic, 0);
    Check("reading the state reports damage",
	    OsTopicGetState(topic, &state) == EBADMSG
	    && OsTopicGetState(topic, &state) == 0 && state.bytes == 0);
    Check("another handle learns of damage, by its readiness as well",
	    OsTopicIsReadable(other) && OsTopicIsReadable(other)
	    && PublishNumber(other, 0, 10) == EBADMSG
	    && !OsTopicIsReadable(other));
    DamageWord(topic, 3);
    Check("reading the newest message reports damage", Latest(topic) == -3
	    && Latest(topic) == -1);
    atomic_store(&GetHeader(topic)->magic, 0);
    Check("a topic without a header stays corrupt",
	    PublishNumber(topic, 0, 10) == EBADMSG && Receive(topic) == -3
	    && Receive(topic) == -3 && Receive(other) == -3);
    OsTopicClose(other);
    Close(topic);
}

/*
 * CheckTruncated --
 *
 *	Checks a file that is truncated while it is in use.
 */

static void
CheckTruncated(void)
{
    OsTopic *topic = Open(false), *reader = Open(true);
    OsTime start = OsClock();

    Must("publish", PublishNumber(topic, 0, 10));
    Must("ftruncate", (ftruncate(((OsSegment *) topic)->fd, 100) == 0)
	    ? 0 : errno);
    Check("a truncated topic stays corrupt",
	    PublishNumber(topic, 0, 10) == EBADMSG && Receive(topic) == -3
	    && ReceiveFor(reader, OS_SECOND, NULL) == -3
	    && ReceiveFor(reader, OS_SECOND, NULL) == -3
	    && OsTopicIsReadable(reader));
    Check("truncation is reported at once", OsClock() - start < OS_SECOND);
    OsTopicClose(reader);
    Close(topic);
}

/*
 * CheckWaits --
 *
 *	Checks blocked readers, with and without write permission.
 */

static void
CheckWaits(
    bool readonly)
{
    OsTopic *topic = Open(false), *reader = Open(readonly);
    pid_t child = Fork();

    if (child == 0) {
	for (uint64_t number = 0; number < 5; number++) {
	    Pause(OS_SECOND / 50);
	    Must("publish", PublishNumber(topic, number, 10));
	}
	_exit(0);
    }
    for (int64_t number = 0; number < 5; number++) {
	int64_t got = ReceiveFor(reader, 20 * OS_SECOND, NULL);

	if (got != number) {
	    Check("a blocked reader gets the next message", false);
	}
    }
    WaitFor(child);
    Check(readonly ? "a blocked reader that cannot be woken looks"
	    : "a blocked reader is woken", true);
    Check("a reader waits no longer than it should",
	    ReceiveFor(reader, OS_SECOND, NULL) == -1);
    OsTopicClose(reader);
    Close(topic);
}

/*
 * CheckForever --
 *
 *	Checks that a message ends a wait without a limit, and so does damage.
 */

static void
CheckForever(void)
{
    OsTopic *topic = Open(false);
    pid_t child = Fork();

    if (child == 0) {
	Pause(OS_SECOND / 20);
	_exit(PublishNumber(topic, 0, 10));
    }
    Check("a wait without a limit ends with a message",
	    ReceiveFor(topic, OS_NEVER, NULL) == 0 && WaitFor(child) == 0);
    child = Fork();
    if (child == 0) {
	OsTopic *own = Open(false);

	Pause(OS_SECOND / 20);
	atomic_store(&GetHeader(topic)->topic.tail, 8);
	_exit(PublishNumber(own, 1, 10) == EBADMSG ? 0 : 1);
    }
    Check("a wait without a limit ends with damage",
	    ReceiveFor(topic, OS_NEVER, NULL) == -3
	    && WaitFor(child) == 0);
    Close(topic);
}

/*
 * CheckRestless --
 *
 *	Checks that all calls end even though a process changes head and tail
 *	all the time, which no process should do.
 */

static void
Disturb(
    OsTopic *topic)
{
    PosixIpcTopic *words = &GetHeader(topic)->topic;
    uint64_t head = atomic_load(&words->head);
    OsTime end = OsClock() + OS_SECOND;

    while (OsClock() < end) {
	for (uint64_t i = 0; i < 1000; i++) {
	    atomic_store(&words->tail, head - (i & 1) * 32);
	    atomic_store(&words->head, head + (i & 1) * 64);
	    atomic_store(&words->tail, head + 32 + (i & 2));
	    atomic_store(&words->head, head + (i & 3) * 8);
	    atomic_store(&words->tail, head - 64);
	}
    }
}

static void
CheckRestless(void)
{
    OsTopic *topic = Open(false), *reader = Open(true), *more;
    OsTopicRequest request = { .start = OS_TOPIC_LATEST };
    OsTime start = OsClock();
    OsTopicState state;
    OsObject object;
    pid_t child;

    for (uint64_t number = 0; number < 20; number++) {
	Must("publish", PublishNumber(topic, number, 10));
    }
    child = Fork();
    if (child == 0) {
	Disturb(topic);
	_exit(0);
    }
    while (OsClock() - start < OS_SECOND) {
	for (int i = 0; i < 100; i++) {
	    Receive(reader);
	    Latest(reader);
	    OsTopicGetState(reader, &state);
	    OsTopicIsReadable(reader);
	    request.readonly = (i % 8 != 0);
	    request.start = (OsTopicStart) (i % 3);
	    if (OsTopicOpen(name, &request, &object, &more) == 0) {
		Receive(more);
		OsTopicClose(more);
	    }
	}
    }
    Check("all calls end while a process keeps changing head and tail",
	    WaitFor(child) == 0);
    OsTopicClose(reader);
    Close(topic);
}

/*
 * CheckFork --
 *
 *	Checks that a child continues to read from its parent's position, and
 *	that the parent keeps its own.
 */

static void
CheckFork(void)
{
    OsTopic *topic = Open(false);
    pid_t child;

    for (uint64_t number = 0; number < 3; number++) {
	Must("publish", PublishNumber(topic, number, 10));
    }
    Receive(topic);
    child = Fork();
    if (child == 0) {
	_exit(Receive(topic) == 1 && Receive(topic) == 2
		&& PublishNumber(topic, 3, 10) == 0 && Receive(topic) == 3
		? 0 : 1);
    }
    Check("a forked child has a position of its own", WaitFor(child) == 0);
    Check("so has its parent", Receive(topic) == 1 && Receive(topic) == 2
	    && Receive(topic) == 3);
    Close(topic);
}

/*
 * CheckLoop --
 *
 *	Checks the events that an event loop gets.
 */

static void
CheckLoop(
    bool readonly)
{
    OsTopic *topic = Open(false), *reader = Open(readonly);
    OsWatch *watch;
    pid_t child;

    Must("watch", OsWatchOpen(&watch));
    Must("arm", OsTopicWatch(reader, watch, reader));
    child = Fork();
    if (child == 0) {
	Pause(OS_SECOND / 20);
	_exit(PublishNumber(topic, 0, 10));
    }
    Check(readonly ? "a loop that cannot be woken notices a message"
	    : "a loop is woken by a message", !OsTopicIsReadable(reader)
	    && IsTold(watch, reader, 10000) && OsTopicIsReadable(reader));
    WaitFor(child);
    Receive(reader);
    Must("arm", OsTopicWatch(reader, watch, reader));
    atomic_store(&GetHeader(topic)->topic.head, 4711);
    Check("a loop is woken by damage",
	    IsTold(watch, reader, 10000) && OsTopicIsReadable(reader)
	    && Receive(reader) == -3);
    Must("arm", OsTopicWatch(reader, watch, reader));
    Must("ftruncate", (ftruncate(((OsSegment *) topic)->fd, 100) == 0)
	    ? 0 : errno);
    Check("a loop is woken by the truncation of the file",
	    IsTold(watch, reader, 10000)
	    && Receive(reader) == -3
	    && OsTopicWatch(reader, watch, reader) == EBADMSG);
    OsTopicClose(reader);
    Close(topic);
    OsWatchClose(watch);
}

/*
 * MeasureSpeed --
 *
 *	Prints how long publishing and reading take, without checking any bound.
 */

static void
MeasureSpeed(void)
{
    const int rounds = 1000000;
    OsTopic *topic = Open(false);
    unsigned char bytes[64] = "";
    OsTopicMessage message = { .bytes = bytes, .room = sizeof(bytes) };
    OsTime start = OsClock(), middle;

    for (int i = 0; i < rounds; i++) {
	OsTopicPublish(topic, bytes, sizeof(bytes));
    }
    middle = OsClock();
    for (int i = 0; i < rounds; i++) {
	OsTopicPublish(topic, bytes, sizeof(bytes));
	OsTopicReceive(topic, &message, OS_NOW);
    }
    printf("      publish 64 bytes: %.1f ns, and receive them: %.1f ns\n",
	    (double) (middle - start) / rounds,
	    (double) (OsClock() - middle) / rounds);
    Close(topic);
}

/*
 * CheckTopics --
 *
 *	Runs all checks of this file.
 */

void
CheckTopics(void)
{
    CheckSizes();
    CheckPlaces();
    CheckSlowReader();
    CheckCrowd();
    CheckKills();
    CheckLatch();
    CheckDamage();
    CheckDamageForAll();
    CheckTruncated();
    CheckWaits(false);
    CheckWaits(true);
    CheckForever();
    CheckRestless();
    CheckFork();
    CheckLoop(false);
    CheckLoop(true);
    MeasureSpeed();
}
