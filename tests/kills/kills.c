/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * kills.c --
 *
 *	Tests at random that no death breaks a lock, a ring or a topic, and that
 *	no vandal makes their users crash or hang: kills ?seconds?. ring.c tests
 *	rings, topic.c topics.
 *
 *	Eight workers take and give back permits of a lock, wait and notify, and
 *	are killed at random. A journal beside the lock records what each worker
 *	holds. It is written after permits are taken, and again before they are
 *	given back. So permits that are held according to the journal are really
 *	held, unless their process is dead. A worker that takes over the lock
 *	records the pid that the lock has reported.
 *
 *	After that, workers use a lock beside a vandal: vandal.c.
 */

#include "kills.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define WORKERS 8
#define MOST_NOTES 1000000

typedef struct Entry {
    _Atomic uint32_t held;	/* permits */
    _Atomic uint32_t number;	/* of the grant */
    _Atomic uint32_t taking;	/* is taking over, but has not recorded it */
    _Atomic int32_t pid;
    _Atomic int64_t began;	/* OsClock of the current call; 0: in none */
    _Atomic uint64_t calls;
} Entry;

typedef struct Journal {
    Entry entries[WORKERS];
    _Atomic uint32_t broken;	/* times that exclusion was broken */
    _Atomic uint32_t takenCount;
    int32_t taken[MOST_NOTES];	/* pids that were reported to takers */
} Journal;

static Journal *journal;
static uint32_t permits;
static uint64_t random64 = 88172645463325252u;

/*
 * Random --
 *
 *	Returns a number below limit: xorshift64.
 */

uint32_t
Random(
    uint32_t limit)
{
    random64 ^= random64 << 13;
    random64 ^= random64 >> 7;
    random64 ^= random64 << 17;
    return (uint32_t) (random64 >> 20) % limit;
}

/*
 * Start --
 *
 *	Starts a user that does its work and ends.
 */

pid_t
Start(
    int self,
    void (*work)(int self))
{
    pid_t child = Fork();

    if (child == 0) {
	work(self);
	_exit(0);
    }
    return child;
}

/*
 * IsAlive --
 *
 *	Returns whether a process exists and is not a zombie.
 */

static bool
IsAlive(
    pid_t pid)
{
    char path[40], text[512], *end;
    size_t length;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%ld/stat", (long) pid);
    file = fopen(path, "r");
    if (file == NULL) {
	return false;
    }
    length = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[length] = '\0';
    end = strrchr(text, ')');
    return end != NULL && end[2] != 'Z' && end[2] != 'X';
}

/*
 * CheckExclusion --
 *
 *	Called while the worker holds permits. If the journal says that others
 *	hold too many as well, these must be dead, or about to give theirs back.
 *	If one of them is alive and still has the same grant afterward,
 *	exclusion is broken.
 */

static void
CheckExclusion(
    int self,
    uint32_t held)
{
    for (int i = 0; i < WORKERS; i++) {
	Entry *entry = &journal->entries[i];
	uint32_t number = atomic_load(&entry->number);
	uint32_t others = atomic_load(&entry->held);
	pid_t pid = atomic_load(&entry->pid);

	if (i != self && others + held > permits && IsAlive(pid)
		&& atomic_load(&entry->held) == others
		&& atomic_load(&entry->number) == number
		&& atomic_load(&entry->pid) == pid) {
	    atomic_fetch_add(&journal->broken, 1);
	}
    }
}

/*
 * Hold --
 *
 *	Called when the worker has acquired permits. Records that, holds them
 *	for a while, and gives them back.
 */

static void
Hold(
    OsSharedLock *lock,
    int self)
{
    Entry *entry = &journal->entries[self];
    OsLockState state;
    uint32_t held;
    pid_t deadPid;

    Must("state", OsLockGetState(lock, &state));
    held = state.held;
    atomic_fetch_add(&entry->number, 1);
    atomic_store(&entry->held, held);
    CheckExclusion(self, held);
    if (Random(4) == 0) {
	Pause(MICROSECOND * Random(300));
    }
    CheckExclusion(self, held);
    atomic_store(&entry->held, 0);
    if (Random(8) == 0) {
	int err = OsLockBeginWait(lock, false, &held);

	if (err == 0) {
	    OsLockWait(lock, OS_SECOND / 1000, &deadPid);
	    OsLockEndWait(lock);
	    return;
	}
    }
    Must("release", OsLockRelease(lock, false));
}

/*
 * TakeOver --
 *
 *	Takes over an abandoned lock, and records its previous owner.
 */

static void
TakeOver(
    OsSharedLock *lock,
    int self)
{
    Entry *entry = &journal->entries[self];
    pid_t deadPid;

    atomic_store(&entry->taking, 1);
    if (OsLockTry(lock, 0, OS_LOCK_TAKEOVER, &deadPid) == 0) {
	if (OsLockTookOver(lock)) {
	    uint32_t place = atomic_fetch_add(&journal->takenCount, 1);

	    Must("notes", (place < MOST_NOTES) ? 0 : ENOSPC);
	    journal->taken[place] = (int32_t) deadPid;
	}
	atomic_store(&entry->taking, 0);
	Hold(lock, self);
    }
    atomic_store(&entry->taking, 0);
}

/*
 * Work --
 *
 *	What a worker does until it is killed.
 */

static void
Work(
    int self)
{
    OsSharedLock *lock;
    Entry *entry = &journal->entries[self];
    size_t woken;

    random64 += (uint64_t) getpid() * 2654435761u;
    atomic_store(&entry->held, 0);
    atomic_store(&entry->taking, 0);
    atomic_store(&entry->pid, (int32_t) getpid());
    lock = OpenLock(permits);
    for (;;) {
	pid_t deadPid;
	int err;

	atomic_store(&entry->began, OsClock());
	err = OsLockAcquire(lock, Random(2) * (1 + Random(permits)), 0,
		10 * OS_SECOND, &deadPid);
	if (err == 0) {
	    Hold(lock, self);
	} else if (err == EOWNERDEAD) {
	    TakeOver(lock, self);
	} else {
	    Must("acquire", err);
	}
	if (Random(4) == 0) {
	    Must("notify", OsLockNotify(lock, 1 + Random(3), &woken));
	}
	atomic_fetch_add(&entry->calls, 1);
    }
}

/*
 * The workers that were killed: all, those that held all permits, and how many
 * may have held them.
 */

typedef struct Deaths {
    int32_t killed[MOST_NOTES];
    int32_t owners[MOST_NOTES];
    size_t killedCount;
    size_t ownerCount;
    size_t tolerated;
} Deaths;

/*
 * KillWorker --
 *
 *	Kills a worker, and notes its death. Returns whether it was alive.
 */

static bool
KillWorker(
    int self,
    pid_t worker,
    Deaths *deaths)
{
    Entry *entry = &journal->entries[self];
    bool isKilled = Kill(worker);

    deaths->killed[deaths->killedCount++] = (int32_t) worker;
    deaths->tolerated += atomic_load(&entry->taking);
    if (atomic_load(&entry->held) == permits
	    && atomic_load(&entry->pid) == (int32_t) worker) {
	deaths->owners[deaths->ownerCount++] = (int32_t) worker;
    }
    return isKilled;
}

/*
 * CountMissing --
 *
 *	Returns how many deaths of owners of all permits were not reported, and
 *	counts the reported deaths that were reported twice or did not happen.
 */

static size_t
CountMissing(
    const Deaths *deaths,
    size_t *wrongPtr)
{
    size_t missing = 0;
    uint32_t takenCount = atomic_load(&journal->takenCount);

    *wrongPtr = 0;
    for (size_t i = 0; i < deaths->ownerCount; i++) {
	size_t times = 0;

	for (uint32_t j = 0; j < takenCount; j++) {
	    times += (journal->taken[j] == deaths->owners[i]);
	}
	missing += (times == 0);
	*wrongPtr += (times > 1);
    }
    for (uint32_t j = 0; j < takenCount; j++) {
	size_t i = 0;

	while (i < deaths->killedCount
		&& deaths->killed[i] != journal->taken[j]) {
	    i++;
	}
	*wrongPtr += (i == deaths->killedCount);
    }
    return missing;
}

/*
 * KillWorkers --
 *
 *	Kills one worker after another for some time, and starts new ones.
 */

static void
KillWorkers(
    OsTime time)
{
    static Deaths deaths;
    size_t wrong, missing;
    OsTime end = OsClock() + time;
    pid_t workers[WORKERS];
    OsSharedLock *lock = OpenLock(permits);
    OsLockState state;
    uint64_t calls = 0;
    pid_t deadPid;
    int err, failures = 0;

    deaths.killedCount = deaths.ownerCount = deaths.tolerated = 0;
    for (int i = 0; i < WORKERS; i++) {
	workers[i] = Start(i, Work);
    }
    while (OsClock() < end && deaths.killedCount < MOST_NOTES) {
	int i = (int) Random(WORKERS);

	Pause(MICROSECOND * Random(8000));
	failures += !KillWorker(i, workers[i], &deaths);
	workers[i] = Start(i, Work);
    }
    Pause(MICROSECOND * 500000);		/* the survivors continue for a
						 * while */
    for (int i = 0; i < WORKERS; i++) {
	KillWorker(i, workers[i], &deaths);
	calls += atomic_load(&journal->entries[i].calls);
    }
    err = OsLockAcquire(lock, 0, OS_LOCK_TAKEOVER, 10 * OS_SECOND, &deadPid);
    if (err == 0 && OsLockTookOver(lock)) {
	journal->taken[atomic_fetch_add(&journal->takenCount, 1)]
		= (int32_t) deadPid;
    }
    missing = CountMissing(&deaths, &wrong);
    printf("      %u permits: %zu kills, %zu of full owners, %u taken over,"
	    " %llu rounds\n", permits, deaths.killedCount, deaths.ownerCount,
	    journal->takenCount, (unsigned long long) calls);
    Check("no worker ends except by a kill", failures == 0);
    Check("no two workers hold more permits than there are",
	    journal->broken == 0);
    Check("in the end all permits are free again", err == 0
	    && OsLockGetState(lock, &state) == 0 && state.held == permits
	    && state.waiters == 0);
    Check("each death of an owner of all permits is reported once",
	    wrong == 0 && missing <= deaths.tolerated);
    OsLockClose(lock, true);
    OsLockUnlink(name);
    memset(journal, 0, sizeof(*journal));
}

/*
 * Suffer --
 *
 *	A worker beside a vandal: makes all calls, whatever their outcome.
 */

static void
Suffer(
    int self)
{
    OsSharedLock *lock = OpenLock(permits);
    OsTime end = OsClock() + 4 * OS_SECOND;

    random64 += (uint64_t) getpid() * 2654435761u;
    while (OsClock() < end) {
	OsLockState state;
	OsObject object;
	OsSharedLock *more;
	pid_t deadPid;
	uint32_t held;
	size_t woken;

	BeginCall(self);
	switch (Random(8)) {
	case 0: OsLockRelease(lock, Random(2)); break;
	case 1: OsLockBeginWait(lock, false, &held); break;
	case 2: OsLockWait(lock, OS_SECOND / 20, &deadPid); break;
	case 3: OsLockEndWait(lock); break;
	case 4: OsLockNotify(lock, 5, &woken); break;
	case 5: OsLockGetState(lock, &state); break;
	case 6:
	    if (OsLockOpen(name, 0, 0, 0, &object, &more) == 0) {
		OsLockClose(more, Random(2));
	    }
	    break;
	default:
	    OsLockAcquire(lock, Random(permits + 1), Random(2)
		    * OS_LOCK_TAKEOVER, OS_SECOND / 20, &deadPid);
	    OsLockLeaveLine(lock);
	}
	EndCall(self);
    }
    OsLockClose(lock, true);
}

/*
 * VandalizeWorkers --
 *
 *	Runs these workers beside a vandal.
 */

static void
VandalizeWorkers(void)
{
    OsSharedLock *lock = OpenLock(permits);

    Vandalize("lock", (OsSegment *) lock, sizeof(PosixIpcLock), WORKERS,
	    Suffer);
    OsLockClose(lock, true);
    OsLockUnlink(name);
}

/*
 * MeasureDeath --
 *
 *	Measures the time from the kill of an owner to the return of a blocked
 *	acquire.
 */

static int
CompareTimes(
    const void *left,
    const void *right)
{
    OsTime a = *(const OsTime *) left, b = *(const OsTime *) right;

    return (a > b) - (a < b);
}

static void
MeasureDeath(void)
{
    OsTime times[50];
    OsSharedLock *lock = OpenLock(permits);
    pid_t deadPid;

    for (int i = 0; i < 50; i++) {
	const OsTime delay = MICROSECOND * (20000 + Random(100000));
	pid_t owner = Fork(), killer;

	if (owner == 0) {
	    Must("acquire", OsLockAcquire(OpenLock(permits), 0, 0,
		    10 * OS_SECOND, &deadPid));
	    pause();
	}
	while (OsLockTry(lock, 0, 0, &deadPid) == 0) {
	    OsLockRelease(lock, false);
	    Pause(MICROSECOND * 1000);
	}
	killer = Fork();
	if (killer == 0) {
	    Pause(delay);
	    journal->entries[0].began = OsClock();
	    kill(owner, SIGKILL);
	    _exit(0);
	}
	OsLockAcquire(lock, 0, 0, 10 * OS_SECOND, &deadPid);
	times[i] = OsClock() - journal->entries[0].began;
	WaitFor(killer);
	WaitFor(owner);
	OsLockTry(lock, 0, OS_LOCK_TAKEOVER, &deadPid);
	OsLockRelease(lock, false);
    }
    qsort(times, 50, sizeof(*times), CompareTimes);
    printf("      from the kill of an owner to a blocked acquire: median %.3f s,"
	    " most %.3f s\n", (double) times[25] / OS_SECOND,
	    (double) times[49] / OS_SECOND);
    OsLockClose(lock, true);
    OsLockUnlink(name);
}

int
main(
    int argc,
    char *argv[])
{
    OsTime seconds = (argc > 1) ? atoi(argv[1]) : 60;

    BeginChecks("kills");
    random64 += (uint64_t) OsClock();
    journal = mmap(NULL, sizeof(*journal), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    Must("mmap", (journal == MAP_FAILED) ? errno : 0);
    permits = 1;
    MeasureDeath();
    for (int i = 0; i < 2; i++) {
	permits = (i == 0) ? 1 : 3;
	KillWorkers(seconds * OS_SECOND / 2);
	VandalizeWorkers();
    }
    KillRings(seconds * OS_SECOND / 4);
    KillTopics(seconds * OS_SECOND / 4);
    return EndChecks();
}
