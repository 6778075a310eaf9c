/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * segments.c --
 *
 *	Segments: names, slots, the latch, forks, deaths, damage.
 *
 *	The object of these checks is a pair of numbers that are equal outside
 *	the latch. A process that dies between changing the first and the second
 *	leaves them unequal, and the repair makes them equal again. This file
 *	must not have the same name as a file in unix/shared/, because gcc would
 *	write the coverage counts of both to the same file.
 */

#include "check.h"
#include "osFamily.h"
#include "osLifeline.h"
#include "shared/segmentFile.h"
#include "shared/segmentSlot.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#ifndef F_OFD_SETLK		/* the BSDs, where nothing calls CheckReaders */
#   define F_OFD_SETLK (-1)
#endif

typedef struct Pair {
    _Atomic uint64_t first, second;
} Pair;

static Pair *
GetPair(
    OsSegment *segment)
{
    return (Pair *) &segment->header->bytes;
}

static uint64_t
Measure(
    uint64_t size)
{
    return (size <= 1 << 20) ? size : UINT64_MAX;
}

static void
Reap(
    OsSegment *segment,
    uint32_t number)
{
    PosixIpcSlot *slot = &segment->slots[number];

    atomic_store(&slot->grant, 0);
    atomic_store(&slot->want, 0);
    atomic_store(&slot->operation, 0);
}

static int
Repair(
    OsSegment *segment)
{
    Pair *pair = GetPair(segment);
    uint64_t first = atomic_load(&pair->first);

    if (first == UINT64_MAX) {
	return EBADMSG;
    }
    atomic_store(&pair->second, first);
    return 0;
}

static void
Reset(
    OsSegment *segment)
{
    atomic_store(&GetPair(segment)->first, 0);
    atomic_store(&GetPair(segment)->second, 0);
}

static const OsFamily family = { .prefix = "posix_ipc.check." };
static const OsSegmentType type = {
    POSIX_IPC_RING, &family, Measure, Reap, Repair, Reset
};
static const OsSegmentType other = {
    POSIX_IPC_TOPIC, &family, Measure, Reap, Repair, Reset
};

/*
 * Open --
 *
 *	Opens the segment of the checks, or creates it.
 */

static int
Open(
    OsSegment *segment,
    int flags)
{
    return OsSegmentOpen(&type, name, flags, 0600, 4096, false, segment);
}

/*
 * Change --
 *
 *	Adds 1 to both numbers, inside the latch. With die, the process dies in
 *	between.
 */

static int
Change(
    OsSegment *segment,
    bool die)
{
    Pair *pair = GetPair(segment);
    int err = OsSegmentBegin(segment);

    if (err != 0) {
	return err;
    }
    err = OsLatchEnter(segment, 10 * OS_SECOND);
    if (err == 0) {
	atomic_fetch_add(&pair->first, 1);
	if (die) {
	    raise(SIGKILL);
	}
	atomic_fetch_add(&pair->second, 1);
	OsLatchLeave(segment);
    }
    return OsSegmentEnd(segment, err);
}

static bool
IsPair(
    OsSegment *segment,
    uint64_t value)
{
    return GetPair(segment)->first == value && GetPair(segment)->second == value;
}

/*
 * PutFile --
 *
 *	Creates a plain file of this size with the segment's name.
 */

static void
PutFile(
    off_t size)
{
    char path[128];
    int fd;

    snprintf(path, sizeof(path), "/posix_ipc.check.%s", name + 1);
    fd = shm_open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    Must("shm_open", (fd < 0 || ftruncate(fd, size) != 0) ? errno : 0);
    close(fd);
}

/*
 * CheckNames --
 *
 *	Checks opening and creating.
 */

static void
CheckNames(void)
{
    OsSegment segment, again;
    char tooLong[NAME_MAX + 1];

    memset(tooLong, 'x', NAME_MAX);
    tooLong[NAME_MAX] = '\0';
    Check("a name that is too long is refused", OsSegmentOpen(&type, tooLong,
	    OS_CREAT, 0600, 4096, false, &segment) == ENAMETOOLONG
	    && OsSegmentUnlink(&type, tooLong) == ENAMETOOLONG);
    Check("a segment that does not exist is not found",
	    Open(&segment, 0) == ENOENT);
    Must("create", Open(&segment, OS_CREAT | OS_EXCL));
    Check("a new segment has a slot, and its bytes are 0", segment.created
	    && segment.slot == 0 && IsPair(&segment, 0)
	    && segment.size == 4096);
    Check("an existing segment is not created again",
	    Open(&again, OS_CREAT | OS_EXCL) == EEXIST);
    Must("open", Open(&again, OS_CREAT));
    Check("an existing segment is opened, with another slot",
	    !again.created && again.slot == 1);
    OsSegmentClose(&again);
    Check("a segment of another kind is refused",
	    OsSegmentOpen(&other, name, 0, 0, 0,
	    false, &again) == ENODEV);
    Must("unlink", OsSegmentUnlink(&type, name));
    Check("after unlink, the name is gone",
	    OsSegmentUnlink(&type, name) == ENOENT && Open(&again, 0) == ENOENT);
    Check("after unlink, the segment still works",
	    Change(&segment, false) == 0);
    OsSegmentClose(&segment);
    if (osSegmentFileIsAtomic) {
	PutFile(100000);
	Check("a file that is not a segment is refused",
		Open(&segment, OS_CREAT) == ENODEV);
	OsSegmentUnlink(&type, name);
    }
    PutFile(10);
    Check("a file that is too short is refused",
	    Open(&segment, OS_CREAT) == ENODEV);
    OsSegmentUnlink(&type, name);
}

/*
 * CheckProfile --
 *
 *	Checks segments of programs that wait in another way, segments of
 *	another version, and segments with a corrupt header.
 */

static void
CheckProfile(void)
{
    OsSegment segment, again;

    Must("create", Open(&segment, OS_CREAT));
    segment.header->waits++;
    Check("another way of waiting is unsupported", Open(&again, 0) == ENOSYS);
    segment.header->waits--;
    segment.header->lives++;
    Check("another kind of lifeline is unsupported", Open(&again, 0) == ENOSYS);
    segment.header->lives--;
    segment.header->version++;
    Check("another version is refused", Open(&again, 0) == ENODEV);
    segment.header->version--;
    segment.header->size = UINT64_MAX;
    Check("an impossible size is corrupt", Open(&again, 0) == EBADMSG);
    segment.header->size = 8192;
    Check("a size larger than the file is corrupt", Open(&again, 0) == EBADMSG);
    segment.header->fileSize += 4096;
    Check("so is a size that only a longer file could have",
	    Open(&again, 0) == EBADMSG);
    segment.header->fileSize -= 4096;
    segment.header->size = 4096;
    segment.header->order = ~segment.header->order;
    Check("another byte order is refused", Open(&again, 0) == ENODEV);
    segment.header->order = ~segment.header->order;
    segment.header->slots++;
    Check("another number of slots is corrupt", Open(&again, 0) == EBADMSG);
    segment.header->slots--;
    Must("unlink", OsSegmentUnlink(&type, name));
    OsSegmentClose(&segment);
}

/*
 * CheckSlots --
 *
 *	Checks that all slots can be used, that one more is refused, and that a
 *	slot that becomes free can be used again.
 */

static void
CheckSlots(void)
{
    static OsSegment segments[POSIX_IPC_SLOTS];
    OsSegment more;
    bool isDistinct = true;

    for (int i = 0; i < POSIX_IPC_SLOTS; i++) {
	Must("open", Open(&segments[i], OS_CREAT));
	isDistinct &= (segments[i].slot == i);
    }
    Check("1023 participants have slots of their own", isDistinct);
    Check("one more participant is refused",
	    Open(&more, 0) == ENOSPC && more.isFull);
    OsSegmentClose(&segments[500]);
    Check("a slot that was given up is taken",
	    Open(&more, 0) == 0 && more.slot == 500
	    && more.me != segments[500].me);
    OsSegmentClose(&more);
    Must("unlink", OsSegmentUnlink(&type, name));
    for (int i = 0; i < POSIX_IPC_SLOTS; i++) {
	if (i != 500) {
	    OsSegmentClose(&segments[i]);
	}
    }
}

/*
 * CheckOwnSlots --
 *
 *	A process that opens a segment many times does not check whether the
 *	users of its own slots are alive, because the more slots it has, the
 *	longer that takes. So it notices that one of them has lost its lifeline
 *	only when no other slot is left.
 */

static void
CheckOwnSlots(void)
{
    static OsSegment segments[POSIX_IPC_SLOTS];
    OsSegment more;

    if (osLifelineKind != POSIX_IPC_LIFE_LOCK) {
	return;
    }
    for (int i = 0; i < POSIX_IPC_SLOTS; i++) {
	if (i == POSIX_IPC_SLOTS - 1) {
	    OsLifelineGive(segments[3].fd, 3);
	}
	Must("open", Open(&segments[i], OS_CREAT));
    }
    Check("a process does not ask about its own slots",
	    segments[POSIX_IPC_SLOTS - 1].slot == POSIX_IPC_SLOTS - 1);
    Check("it asks if no other slot is left", Open(&more, 0) == 0
	    && more.slot == 3);
    OsSegmentClose(&more);
    Must("unlink", OsSegmentUnlink(&type, name));
    for (int i = 0; i < POSIX_IPC_SLOTS; i++) {
	OsSegmentClose(&segments[i]);
    }
}

/*
 * CheckGenerations --
 *
 *	Checks that the generation of a slot can wrap around, both in its word
 *	and in the bits of an id. A slot is taken and given up until all its ids
 *	have been in use, and an object is opened and closed many times.
 */

static void
CheckIds(void)
{
    const uint32_t all = POSIX_IPC_ID_GENERATION + 1;
    OsTime start = OsClock();
    OsSegment segment;
    uint32_t first;
    bool isOk = true;

    Must("open", Open(&segment, 0));
    first = segment.me;
    for (uint32_t i = 0; i < all; i++) {
	uint32_t id = segment.me;

	OsSegmentLeaveSlot(&segment);
	isOk &= OsSegmentIsDead(&segment, id);
	Must("join", OsSegmentJoin(&segment));
	isOk &= segment.slot == 1 && segment.me != id
		&& OsSegmentIsDead(&segment, id);
    }
    Check("a slot is taken and given up a million times, with all its ids",
	    isOk && segment.me == first);
    printf("      which took %.1f s\n",
	    (double) (OsClock() - start) / OS_SECOND);
    OsSegmentClose(&segment);
}

static void
CheckGenerations(void)
{
    const uint32_t last[] = { POSIX_IPC_ID_GENERATION, UINT32_MAX };
    OsSegment segment, more;
    bool isAlive = true;
    uint32_t before;

    Must("create", Open(&segment, OS_CREAT));
    for (size_t i = 0; i < sizeof(last) / sizeof(*last); i++) {
	segment.slots[1].generation = last[i];
	Must("open", Open(&more, 0));
	isAlive &= more.me == PosixIpcId(1, 0)
		&& !OsSegmentIsDead(&segment, more.me)
		&& OsSegmentIsDead(&segment, PosixIpcId(1, last[i]));
	OsSegmentClose(&more);
    }
    Check("after the last generation, the first follows", isAlive);
    before = segment.slots[1].generation;
    for (int i = 0; i < 20000; i++) {
	Must("open", Open(&more, 0));
	isAlive &= (more.slot == 1);
	OsSegmentClose(&more);
    }
    Check("an object is opened and closed 20,000 times", isAlive
	    && segment.slots[1].generation == before + 20000);
    CheckIds();
    Must("unlink", OsSegmentUnlink(&type, name));
    OsSegmentClose(&segment);
}

/*
 * CheckDeath --
 *
 *	Checks the death of a participant inside the latch, and of one with a
 *	grant.
 */

static void
CheckDeath(void)
{
    OsSegment segment;
    OsTime start;
    uint32_t id;
    pid_t child;

    Must("create", Open(&segment, OS_CREAT));
    child = Fork();
    if (child == 0) {
	Change(&segment, true);
	_exit(1);
    }
    Check("a child dies inside the latch", WaitFor(child) == 128 + SIGKILL
	    && segment.header->latch != 0 && !IsPair(&segment, 1));
    start = OsClock();
    Check("the latch is taken over, and the object repaired",
	    Change(&segment, false) == 0 && IsPair(&segment, 2));
    Check("the repair takes less than 0.1 s",
	    OsClock() - start < OS_SECOND / 10);
    child = Fork();
    if (child == 0) {
	Must("change", Change(&segment, false));
	segment.slots[segment.slot].grant = 7;
	raise(SIGKILL);
    }
    WaitFor(child);
    id = PosixIpcId(1, segment.slots[1].generation);
    Check("a dead participant counts as dead", segment.slots[1].grant == 7
	    && OsSegmentIsDead(&segment, id));
    Check("a living participant does not",
	    !OsSegmentIsDead(&segment, segment.me));
    Must("enter", OsLatchEnter(&segment, OS_SECOND));
    Check("the remains of the dead are cleaned up once",
	    OsSegmentReap(&segment) == 1
	    && OsSegmentReap(&segment) == 0 && segment.slots[1].claim == 0);
    OsLatchLeave(&segment);
    Must("unlink", OsSegmentUnlink(&type, name));
    OsSegmentClose(&segment);
}

/*
 * CheckLatch --
 *
 *	Checks a latch whose owner is alive, and one whose owner never existed.
 */

static void
CheckLatch(void)
{
    OsSegment segment, more;
    OsTime start;
    int busy = 0;

    Must("create", Open(&segment, OS_CREAT));
    Must("open", Open(&more, 0));
    Must("enter", OsLatchEnter(&segment, OS_SECOND));
    Check("a latch with a living owner is waited for until the timeout",
	    OsLatchEnter(&more, OS_SECOND / 20) == EBUSY);
    start = OsClock();
    for (int i = 0; i < 300; i++) {
	busy += (OsLatchEnter(&more, OS_LATCH_ATTEMPT) == EBUSY);
    }
    Check("attempts wait long only once for the same owner", busy == 300
	    && OsClock() - start < 15 * OS_SECOND);
    OsLatchLeave(&segment);
    Must("enter", OsLatchEnter(&more, OS_LATCH_ATTEMPT));
    OsLatchLeave(&more);
    Must("enter", OsLatchEnter(&segment, OS_SECOND));
    start = OsClock();
    Check("they wait long again after that owner has left", OsLatchEnter(&more,
	    OS_LATCH_ATTEMPT) == EBUSY && OsClock() - start >= OS_SECOND / 10);
    OsLatchLeave(&segment);
    Check("the latch is free afterward", Change(&more, false) == 0
	    && IsPair(&more, 1));
    Check("an id of no slot is dead, and so is one of another generation",
	    OsSegmentIsDead(&segment, 0)
	    && OsSegmentIsDead(&segment, PosixIpcId((uint32_t) more.slot,
		    more.slots[more.slot].generation + 1)));
    segment.header->latch = PosixIpcId((uint32_t) more.slot,
	    more.slots[more.slot].generation + 1);
    Check("a latch with an owner that never existed is taken over",
	    Change(&segment, false) == 0
	    && IsPair(&more, 2));
    segment.header->slotsUsed = UINT32_MAX;
    Check("slots beyond the last one are not examined",
	    OsSegmentReap(&segment) == 0);
    segment.header->slotsUsed = 2;
    OsSegmentClose(&more);
    Must("unlink", OsSegmentUnlink(&type, name));
    OsSegmentClose(&segment);
}

/*
 * CheckFork --
 *
 *	Checks that a child is a participant of its own, and does not make its
 *	dead parent look alive.
 */

static void
CheckFork(void)
{
    OsSegment segment;
    pid_t parent;
    int ready[2], end[2];
    char byte;

    Must("create", Open(&segment, OS_CREAT));
    Must("pipe", (pipe(ready) == 0 && pipe(end) == 0) ? 0 : errno);
    parent = Fork();
    if (parent == 0) {
	close(end[1]);
	Must("change", Change(&segment, false));
	if (Fork() == 0) {
	    Must("change", Change(&segment, false));
	    Must("write", (write(ready[1], "", 1) == 1) ? 0 : errno);
	    _exit((int) read(end[0], &byte, 1));
	}
	pause();
    }
    Must("read", (read(ready[0], &byte, 1) == 1) ? 0 : errno);
    Check("a child has a slot of its own", segment.slots[2].claim != 0
	    && IsPair(&segment, 2));
    kill(parent, SIGKILL);
    WaitFor(parent);
    Check("a process is dead while its child lives", OsSegmentIsDead(&segment,
	    PosixIpcId(1, segment.slots[1].generation)));
    Check("no other process counts as dead",
	    !OsSegmentIsDead(&segment, segment.me)
	    && !OsSegmentIsDead(&segment,
		    PosixIpcId(2, segment.slots[2].generation)));
    for (int i = 0; i < 2; i++) {
	close(ready[i]);
	close(end[i]);
    }
    Must("unlink", OsSegmentUnlink(&type, name));
    OsSegmentClose(&segment);
}

/*
 * CheckReaders --
 *
 *	Checks that if a read-only process locks all lifelines for reading, dead
 *	participants still count as dead, and there are slots for others.
 */

static void
CheckReaders(void)
{
    OsSegment segment, more, reader;
    pid_t child;
    struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET,
	.l_start = (off_t) POSIX_IPC_LIFELINES, .l_len = POSIX_IPC_SLOTS };

    Must("create", Open(&segment, OS_CREAT));
    child = Fork();
    if (child == 0) {
	Must("change", Change(&segment, false));
	raise(SIGKILL);
    }
    WaitFor(child);
    OsSegmentClose(&segment);
    Must("reader", OsSegmentOpen(&type, name, 0, 0, 0, true, &reader));
    Must("lock", (fcntl(reader.fd, F_OFD_SETLK, &lock) == 0) ? 0 : errno);
    Must("open", Open(&segment, 0));
    Check("dead participants stay dead while lifelines are locked for reading",
	    OsSegmentIsDead(&segment,
		    PosixIpcId(1, segment.slots[1].generation)));
    Must("open", Open(&more, 0));
    Check("there are slots for others meanwhile", more.slot != segment.slot
	    && !OsSegmentIsDead(&segment, more.me)
	    && Change(&more, false) == 0);
    OsSegmentClose(&more);
    Check("such a participant counts as dead once it closes",
	    OsSegmentIsDead(&segment, PosixIpcId(1,
		    segment.slots[1].generation)));
    OsSegmentClose(&reader);
    Must("unlink", OsSegmentUnlink(&type, name));
    OsSegmentClose(&segment);
}

/*
 * CheckDamage --
 *
 *	Checks that damage is reported once to each participant, and truncation
 *	every time.
 */

static void
CheckDamage(void)
{
    OsSegment segment, again;

    Must("create", Open(&segment, OS_CREAT));
    Must("open", Open(&again, 0));
    GetPair(&segment)->first = UINT64_MAX;
    segment.header->latch = POSIX_IPC_REPAIR;
    Check("damage is reported", Change(&segment, false) == EBADMSG
	    && IsPair(&segment, 0));
    Check("damage is reported once", Change(&segment, false) == 0);
    Check("damage is reported to each participant",
	    Change(&again, false) == EBADMSG
	    && Change(&again, false) == 0 && IsPair(&segment, 2));
    GetPair(&segment)->first = UINT64_MAX;
    segment.header->damage = 1000;
    Check("a wrong count of damage is damage", Change(&segment, false)
	    == EBADMSG && IsPair(&segment, 0)
	    && Change(&segment, false) == 0);
    Check("a wrong count of damage is reported to each participant once",
	    Change(&again, false) == EBADMSG && IsPair(&segment, 1)
	    && Change(&again, false) == 0);
    segment.header->latch = segment.me;
    Check("a latch with the forged id of this participant is taken",
	    Change(&segment, false) == 0);
    Must("ftruncate", (ftruncate(segment.fd, 0) == 0) ? 0 : errno);
    Check("truncation is reported", Change(&segment, false) == EBADMSG
	    && segment.isGone && Change(&segment, false) == EBADMSG);
    Check("truncation is reported by a wait, too",
	    OsBellWait(&again, 0, 1, OS_SECOND) == EBADMSG);
    Must("unlink", OsSegmentUnlink(&type, name));
    OsSegmentClose(&segment);
    OsSegmentClose(&again);
}

/*
 * CheckBell --
 *
 *	Checks that two processes can change the pair in turns.
 */

static void
TakeTurns(
    OsSegment *segment,
    uint64_t mine)
{
    for (uint64_t turn = mine; turn < 2000; turn += 2) {
	while (atomic_load(&GetPair(segment)->second) != turn) {
	    uint32_t value = OsBellArm(segment, POSIX_IPC_BELL);

	    if (atomic_load(&GetPair(segment)->second) != turn) {
		int err = OsBellWait(segment, POSIX_IPC_BELL, value, OS_SECOND);

		Must("wait", (err == ETIMEDOUT) ? 0 : err);
	    }
	}
	Must("change", Change(segment, false));
	OsBellRing(segment, POSIX_IPC_BELL, 1);
    }
}

static void
CheckBell(void)
{
    OsSegment segment;
    OsTime start = OsClock();
    pid_t child;

    Must("create", Open(&segment, OS_CREAT));
    child = Fork();
    TakeTurns(&segment, (child == 0) ? 1 : 0);
    if (child == 0) {
	exit(0);
    }
    Check("two processes wake each other by a bell", WaitFor(child) == 0
	    && IsPair(&segment, 2000));
    Check("they do so 2000 times without missing a wake",
	    OsClock() - start < 60 * OS_SECOND);
    Must("unlink", OsSegmentUnlink(&type, name));
    OsSegmentClose(&segment);
}

static void
RemoveSegment(void)
{
    OsSegmentUnlink(&type, name);
}

/*
 * CheckSegments --
 *
 *	Runs all checks of this file.
 */

void
CheckSegments(void)
{
    removeMore = RemoveSegment;
    CheckNames();
    CheckProfile();
    CheckSlots();
    CheckOwnSlots();
    CheckGenerations();
    CheckDeath();
    CheckLatch();
    CheckFork();
    if (osLifelineKind == POSIX_IPC_LIFE_LOCK) {
	CheckReaders();
    }
    CheckDamage();
    CheckBell();
}
