/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lock.c --
 *
 *	Locks: permits, the line, deaths, abandoned locks, waits for
 *	notifications, event loops.
 */

#include "check.h"
#include "osLifeline.h"

#include <limits.h>
#include <signal.h>
#include <string.h>

static pid_t deadPid;

static void
Close(
    OsSharedLock *lock)
{
    Must("OsLockUnlink", OsLockUnlink(name));
    OsLockClose(lock, true);
}

static int
Try(
    OsSharedLock *lock,
    uint32_t permits)
{
    return OsLockTry(lock, permits, 0, &deadPid);
}

static OsLockState
GetState(
    OsSharedLock *lock)
{
    OsLockState state;

    Must("OsLockGetState", OsLockGetState(lock, &state));
    return state;
}

/*
 * HoldPermits --
 *
 *	What a process does first that holds permits until it is killed.
 */

static void
HoldPermits(
    uint32_t permits)
{
    OsSharedLock *own = OpenLock(1);

    Must("acquire", OsLockAcquire(own, permits, 0, OS_SECOND, &deadPid));
}

/*
 * CheckPermits --
 *
 *	Checks which requests are granted.
 */

static void
CheckPermits(void)
{
    OsSharedLock *one = OpenLock(3), *two = OpenLock(9), *bad;
    OsObject object;

    Check("a lock has from 1 to a million permits",
	    OsLockOpen("/none", OS_CREAT, 0600, 0, &object, &bad) == EINVAL
	    && OsLockOpen("/none", OS_CREAT, 0600, 1000001, &object, &bad)
	    == EINVAL);
    Check("an existing lock keeps its permits", GetState(two).permits == 3);
    Check("a request for more than all permits is refused",
	    Try(one, 4) == EINVAL);
    Check("two of three permits are taken",
	    Try(one, 2) == 0 && GetState(one).free == 1
	    && GetState(one).held == 2 && GetState(two).held == 0);
    Check("a second grant is a deadlock", Try(one, 1) == EDEADLK);
    Check("another handle gets the remaining permit, and no more",
	    Try(two, 2) == EAGAIN && Try(two, 0) == EAGAIN && Try(two, 1) == 0
	    && GetState(one).free == 0);
    Check("a grant of some permits cannot be abandoned",
	    OsLockRelease(one, true) == EINVAL);
    Check("a release gives back the whole grant", OsLockRelease(one, false) == 0
	    && GetState(two).free == 2);
    Check("a second release is refused", OsLockRelease(one, false) == EPERM);
    OsLockClose(two, true);
    Check("closing a handle gives back its grant", GetState(one).free == 3);
    Check("all permits are taken", Try(one, 0) == 0 && GetState(one).free == 0
	    && GetState(one).held == 3);
    Close(one);
}

/*
 * CheckLine --
 *
 *	Checks that a waiting request for all permits is served before later
 *	requests.
 */

static void
CheckLine(void)
{
    OsSharedLock *reader = OpenLock(3), *writer = OpenLock(3);
    OsSharedLock *late = OpenLock(3);

    Must("reader", Try(reader, 1));
    Check("a request for all permits waits for a reader",
	    OsLockAcquire(writer, 0, 0,
	    OS_SECOND / 100, &deadPid) == ETIMEDOUT
	    && GetState(writer).waiters == 1);
    Check("a later reader waits behind that request", Try(late, 1) == EAGAIN);
    Must("release", OsLockRelease(reader, false));
    Check("it still waits when the first reader has gone",
	    Try(late, 1) == EAGAIN);
    Check("then the request for all permits is granted",
	    OsLockAcquire(writer, 0, 0, OS_SECOND,
	    &deadPid) == 0 && GetState(writer).waiters == 0);
    Must("release", OsLockRelease(writer, false));
    Must("reader", Try(reader, 1));
    OsLockAcquire(writer, 0, 0, OS_SECOND / 100, &deadPid);
    OsLockLeaveLine(writer);
    Check("a request that was given up delays nobody", Try(late, 1) == 0);
    OsLockClose(reader, true);
    OsLockClose(writer, true);
    Close(late);
}

/*
 * CheckWriters --
 *
 *	Checks that of several requests for all permits, the earliest is served
 *	first, and that a handle that was served has to wait for its turn again.
 */

static int
Queue(
    OsSharedLock *lock)
{
    return OsLockTry(lock, 0, OS_LOCK_QUEUE, &deadPid);
}

static void
CheckWriters(void)
{
    OsSharedLock *one = OpenLock(3), *two = OpenLock(3);
    OsSharedLock *three = OpenLock(3);

    Must("reader", Try(three, 1));
    Check("two requests for all permits wait for a reader",
	    Queue(one) == EAGAIN && Queue(two) == EAGAIN);
    Must("release", OsLockRelease(three, false));
    Check("the later request for all permits also waits for the earlier",
	    Queue(two) == EAGAIN && Queue(one) == 0);
    Must("release", OsLockRelease(one, false));
    Check("then it is granted", Queue(two) == 0);
    Check("other handles ask for all permits", Queue(three) == EAGAIN
	    && Queue(one) == EAGAIN);
    Must("release", OsLockRelease(two, false));
    Check("one that was served before has to wait for its turn again",
	    Queue(one) == EAGAIN && Queue(three) == 0);
    OsLockClose(three, true);
    OsLockClose(two, true);
    Close(one);
}

/*
 * CheckBells --
 *
 *	Checks that everything that lets waiters continue wakes them: those that
 *	are blocked, and those in event loops. HaveRung returns whether both of
 *	their bells have rung since it was last called.
 */

static bool
HaveRung(
    OsSharedLock *lock)
{
    PosixIpcBell *bells = ((OsSegment *) lock)->header->bells;
    bool areSilent = false;

    for (int which = POSIX_IPC_BELL; which <= POSIX_IPC_BELL_LOOPS; which++) {
	areSilent |= atomic_load(&bells[which].waiting) != 0;
	OsBellArm((OsSegment *) lock, which);
    }
    return !areSilent;
}

static void
CheckBells(
    uint32_t permits)
{
    OsSharedLock *lock = OpenLock(permits), *other = OpenLock(permits);
    pid_t child;

    Must("take", Try(other, 1));
    HaveRung(lock);
    Check("a release wakes waiters", OsLockRelease(other, false) == 0
	    && HaveRung(lock));
    Must("take", Try(other, 1));
    Check("a request that is given up wakes the waiters behind it",
	    Queue(lock) == EAGAIN && !HaveRung(lock)
	    && (OsLockLeaveLine(lock), HaveRung(lock)));
    Must("release", OsLockRelease(other, false));
    child = StartIdle(HoldPermits, 1);
    HaveRung(lock);
    Kill(child);
    Check("the death of an owner wakes waiters",
	    OsLockTry(lock, 0, 0, &deadPid)
	    == ((permits == 1) ? EOWNERDEAD : 0) && HaveRung(lock));
    OsLockRelease(lock, false);
    Must("take", OsLockTry(lock, 0, OS_LOCK_TAKEOVER, &deadPid));
    HaveRung(lock);
    Check("a lock that is left abandoned wakes waiters",
	    OsLockRelease(lock, true) == 0 && HaveRung(lock));
    OsLockClose(other, true);
    Close(lock);
}

/*
 * CheckDeaths --
 *
 *	Checks participants that die with some permits, with all permits, and
 *	while they wait for all.
 */

static void
CheckSomeDie(void)
{
    OsSharedLock *lock = OpenLock(3);
    pid_t child = StartIdle(HoldPermits, 2);

    Check("two permits are taken", GetState(lock).free == 1);
    Kill(child);
    Check("a dead owner of some permits holds nothing", Try(lock, 0) == 0);
    Must("release", OsLockRelease(lock, false));
    child = StartIdle(HoldPermits, 2);
    if (Fork() == 0) {
	OsSharedLock *own = OpenLock(3);

	OsLockAcquire(own, 0, 0, OS_SECOND / 100, &deadPid);
	raise(SIGKILL);
    }
    wait(NULL);
    Check("a dead waiter does not wait", Try(lock, 1) == 0);
    Kill(child);
    Close(lock);
}

static void
CheckAllDie(
    uint32_t permits)
{
    OsSharedLock *lock = OpenLock(permits), *other = OpenLock(permits);
    OsTime start;
    pid_t child = StartIdle(HoldPermits, 0), killer;

    killer = Fork();
    if (killer == 0) {
	Pause(OS_SECOND / 20);
	kill(child, SIGKILL);
	_exit(0);
    }
    start = OsClock();
    Check("a blocked call reports the owner's death",
	    OsLockAcquire(lock, 1, 0, 10 * OS_SECOND, &deadPid) == EOWNERDEAD
	    && deadPid == child);
    Check("it does so soon", OsClock() - start < OS_SECOND);
    WaitFor(killer);
    WaitFor(child);
    Check("every other call reports it, too", Try(other, 1) == EOWNERDEAD
	    && deadPid == child && GetState(other).isAbandoned
	    && GetState(other).deadPid == child);
    Check("a takeover ends that, and gets all permits", OsLockTry(lock, 1,
	    OS_LOCK_TAKEOVER, &deadPid) == 0 && deadPid == child
	    && GetState(lock).held == permits && Try(other, 1) == EAGAIN);
    Check("a taker can leave the lock abandoned", OsLockRelease(lock, true) == 0
	    && Try(other, 1) == EOWNERDEAD && deadPid == getpid());
    Must("takeover", OsLockTry(lock, 1, OS_LOCK_TAKEOVER, &deadPid));
    Check("a taker can release the lock clean", OsLockRelease(lock, false) == 0
	    && OsLockTry(other, 1, OS_LOCK_TAKEOVER, &deadPid) == 0
	    && deadPid == 0 && !GetState(other).isAbandoned);
    Must("release", OsLockRelease(other, false));
    Must("all", Try(other, 0));
    OsLockClose(other, false);
    Check("a handle that is lost leaves the lock abandoned",
	    Try(lock, 1) == EOWNERDEAD
	    && deadPid == getpid());
    Close(lock);
}

/*
 * CheckExec --
 *
 *	Checks that a process that executes another program is no longer an
 *	owner, and that a child does not hold its parent's permits.
 */

static void
CheckExec(void)
{
    OsSharedLock *lock = OpenLock(1);
    int ready[2];
    char byte;
    pid_t child;

    Must("pipe", (pipe(ready) == 0) ? 0 : errno);
    child = Fork();
    if (child == 0) {
	char *arguments[] = { "sh", "-c", "echo; exec sleep 60", NULL };
	OsSharedLock *own = OpenLock(1);

	Must("acquire", Try(own, 1));
	dup2(ready[1], 1);
	execv("/bin/sh", arguments);
	_exit(1);
    }
    Must("read", (read(ready[0], &byte, 1) == 1) ? 0 : errno);
    Check("exec ends the ownership",
	    Try(lock, 1) == EOWNERDEAD && deadPid == child);
    Kill(child);
    Must("takeover", OsLockTry(lock, 1, OS_LOCK_TAKEOVER, &deadPid));
    child = Fork();
    if (child == 0) {
	exit(OsLockRelease(lock, false) == EPERM && Try(lock, 1) == EAGAIN
		&& GetState(lock).held == 0 ? 0 : 1);
    }
    Check("a child holds nothing, and is a participant of its own",
	    WaitFor(child) == 0);
    Check("the child's parent still holds the lock",
	    OsLockRelease(lock, false) == 0);
    close(ready[0]);
    close(ready[1]);
    Close(lock);
}

/*
 * CheckNotify --
 *
 *	Checks waits for notifications.
 */

static void
CheckNotify(
    uint32_t permits)
{
    OsSharedLock *one = OpenLock(permits), *two = OpenLock(permits), *three;
    uint32_t held;
    size_t woken;
    pid_t child;

    three = OpenLock(permits);
    Check("a handle without a grant cannot wait",
	    OsLockBeginWait(one, false, &held) == EPERM);
    Must("one", Try(one, 1));
    Check("a wait gives the grant back", OsLockBeginWait(one, false, &held)
	    == 0 && held == 1 && Try(two, 0) == 0);
    Check("a wait ends with its timeout", OsLockWait(one, OS_SECOND / 100,
	    &deadPid) == ETIMEDOUT);
    Must("two", OsLockBeginWait(two, false, &held));
    Check("of two waiters, the one that has waited longest is notified",
	    OsLockNotify(three, 1, &woken) == 0 && woken == 1
	    && OsLockWait(one, OS_NOW, &deadPid) == 0
	    && OsLockWait(two, OS_NOW, &deadPid) == ETIMEDOUT);
    Check("all remaining waiters are notified",
	    OsLockNotify(three, 99, &woken) == 0
	    && woken == 1 && OsLockWait(two, OS_NOW, &deadPid) == 0);
    Check("the end of a wait reports the notification", OsLockEndWait(one)
	    && OsLockEndWait(two) && !OsLockEndWait(two));
    Check("no waiter is left",
	    OsLockNotify(three, 99, &woken) == 0 && woken == 0);
    Must("one", Try(one, 1));
    Must("wait", OsLockBeginWait(one, false, &held));
    child = StartIdle(HoldPermits, 0);
    Kill(child);
    Check("a wait reports an owner's death", OsLockWait(one, 10 * OS_SECOND,
	    &deadPid) == EOWNERDEAD && deadPid == child && !OsLockEndWait(one));
    OsLockClose(one, true);
    OsLockClose(two, true);
    Close(three);
}

/*
 * CheckNotifyBesideDead --
 *
 *	Checks that a waiter that has died consumes no notification, and that a
 *	wait that has ended is no longer listed.
 */

static void
BeginWait(
    uint32_t permits)
{
    OsSharedLock *own = OpenLock(1);
    uint32_t held;

    Must("acquire", OsLockAcquire(own, permits, 0, OS_SECOND, &deadPid));
    Must("wait", OsLockBeginWait(own, false, &held));
}

static int
CountAny(
    void *data,
    pid_t pid,
    const char *command,
    const char *operation)
{
    (void) pid;
    (void) command;
    (void) operation;
    ++*(int *) data;
    return 0;
}

static void
CheckNotifyBesideDead(
    uint32_t permits)
{
    OsSharedLock *lock = OpenLock(permits), *other = OpenLock(permits);
    pid_t child = StartIdle(BeginWait, 1);
    OsLockState state;
    uint32_t held;
    size_t woken;
    int listed = 0;

    Must("take", Try(lock, 1));
    Must("wait", OsLockBeginWait(lock, false, &held));
    Kill(child);
    Check("a dead waiter consumes no notification",
	    OsLockNotify(other, 1, &woken) == 0 && woken == 1
	    && OsLockWait(lock, OS_NOW, &deadPid) == 0
	    && OsLockEndWait(lock));
    Check("a wait that has ended is not listed", OsLockInspect(name, &state,
	    NULL, CountAny, &listed) == 0 && listed == 0);
    OsLockClose(other, true);
    Close(lock);
}

/*
 * CheckLoop --
 *
 *	Checks that an event loop learns of a release, a death and a
 *	notification.
 */

static void
CheckLoop(void)
{
    const int flags = OS_LOCK_QUEUE | OS_LOCK_PENDING;
    OsSharedLock *lock = OpenLock(1), *other = OpenLock(1);
    OsWatch *watch;
    uint32_t held;
    size_t woken;
    pid_t child;

    Must("watch", OsWatchOpen(&watch));
    Must("other", Try(other, 1));
    Must("watch", OsLockWatch(lock, watch, lock));
    Check("a pending call waits", OsLockTry(lock, 1, flags, &deadPid) == EAGAIN
	    && GetState(lock).waiters == 1 && !IsTold(watch, lock, 250));
    Must("release", OsLockRelease(other, false));
    Check("a pending call is woken by the release", IsTold(watch, lock, 10000)
	    && OsLockTry(lock, 1, flags, &deadPid) == 0);
    Must("wait", OsLockBeginWait(lock, true, &held));
    Must("watch", OsLockWatch(lock, watch, lock));
    Check("a pending wait waits", OsLockWait(lock, OS_NOW, &deadPid)
	    == ETIMEDOUT && !IsTold(watch, lock, 250));
    Must("notify", OsLockNotify(other, 1, &woken));
    Check("a pending wait is woken by the notification", woken == 1
	    && IsTold(watch, lock, 10000) && OsLockEndWait(lock));
    child = StartIdle(HoldPermits, 1);
    Must("watch", OsLockWatch(lock, watch, lock));
    Must("try", OsLockTry(lock, 1, flags, &deadPid) == EAGAIN ? 0 : EINVAL);
    Kill(child);
    Check("a death wakes an event loop", IsTold(watch, lock, 10000)
	    && OsLockTry(lock, 1, flags, &deadPid) == EOWNERDEAD);
    OsLockClose(other, true);
    Close(lock);
    OsWatchClose(watch);
}

/*
 * CheckLoopBesideDead --
 *
 *	Checks that an event loop learns that a process with some of the permits
 *	has died.
 */

static void
CheckLoopBesideDead(void)
{
    OsSharedLock *lock = OpenLock(3);
    pid_t child = StartIdle(HoldPermits, 2);
    OsWatch *watch;

    Must("watch", OsWatchOpen(&watch));
    Must("watch", OsLockWatch(lock, watch, lock));
    Must("try", OsLockTry(lock, 0, OS_LOCK_QUEUE | OS_LOCK_PENDING, &deadPid)
	    == EAGAIN ? 0 : EINVAL);
    Check("a living reader wakes no event loop", !IsTold(watch, lock, 250));
    Kill(child);
    Check("a dead reader does", IsTold(watch, lock, 10000)
	    && Try(lock, 0) == 0);
    Close(lock);
    OsWatchClose(watch);
}

/*
 * CheckInspect --
 *
 *	Checks what can be read about a lock by its name.
 */

static int
CountOwner(
    void *data,
    pid_t pid,
    uint32_t permits)
{
    *(long *) data += (long) pid * permits;
    return 0;
}

static int
CountWaiter(
    void *data,
    pid_t pid,
    const char *command,
    const char *operation)
{
    (void) command;
    *(long *) data -= (strcmp(operation, "acquire") == 0) ? pid : 0;
    return 0;
}

static void
CheckInspect(void)
{
    OsSharedLock *lock = OpenLock(5);
    OsLockState state;
    pid_t holder = StartIdle(HoldPermits, 2), waiter = Fork();
    long sum = 0;

    if (waiter == 0) {
	OsSharedLock *own = OpenLock(5);

	_exit(OsLockAcquire(own, 0, 0, 60 * OS_SECOND, &deadPid));
    }
    while (GetState(lock).waiters == 0) {
	Pause(OS_SECOND / 1000);
    }
    Check("owners and waiters are listed with pid and permits",
	    OsLockInspect(name, &state, CountOwner, CountWaiter, &sum) == 0
	    && sum == 2L * holder - waiter && state.permits == 5
	    && state.free == 3 && state.waiters == 1);
    Kill(waiter);
    Kill(holder);
    Check("dead owners are not listed", OsLockInspect(name, &state, NULL, NULL,
	    NULL) == 0 && state.free == 5 && state.waiters == 0);
    Close(lock);
}

/*
 * CheckDamage --
 *
 *	Checks that damage leaves the lock abandoned, without a dead owner. A
 *	lock begins with its segment.
 */

static void
CheckDamage(
    uint32_t permits)
{
    OsSharedLock *lock = OpenLock(permits), *other = OpenLock(permits);
    PosixIpcHeader *header = ((OsSegment *) lock)->header;

    Must("take", Try(lock, 0));
    atomic_store(&header->lock.owner, UINT32_MAX);
    Check("damage is reported", Try(other, 1) == EBADMSG);
    Check("damage is reported to the owner, which has lost the lock",
	    OsLockRelease(lock, false) == EBADMSG
	    && OsLockRelease(lock, false) == EPERM);
    Check("damage leaves the lock abandoned, without a dead owner",
	    Try(other, 1) == EOWNERDEAD
	    && deadPid == 0 && OsLockTry(other, 1, OS_LOCK_TAKEOVER, &deadPid)
	    == 0 && OsLockRelease(other, false) == 0 && Try(lock, 1) == 0);
    OsLockClose(other, true);
    Close(lock);
}

/*
 * CheckRepair --
 *
 *	Checks that after a death in the latch, the numbers derived from the
 *	slots are recomputed, unless the slots are corrupt. used is the number
 *	of held permits to write into the lock.
 */

static void
CheckRepair(
    uint32_t used,
    int err)
{
    OsSharedLock *lock = OpenLock(5), *other = OpenLock(5);
    PosixIpcHeader *header = ((OsSegment *) lock)->header;
    PosixIpcSlot *slots = PosixIpcSlots(header);

    Must("take", Try(lock, 2));
    Must("take", Try(other, 2));
    atomic_store(&slots[((OsSegment *) other)->slot].grant, used);
    atomic_store(&header->lock.used, 4);
    atomic_store(&header->latch, POSIX_IPC_REPAIR);
    Check("used is recomputed, or the lock is corrupt",
	    OsLockRelease(lock, false) == err);
    Check("then used is right, or the lock is abandoned",
	    (err == 0) ? header->lock.used == used
	    : header->lock.used == 0 && Try(lock, 1) == EOWNERDEAD);
    OsLockClose(other, true);
    Close(lock);
}

/*
 * CheckReap --
 *
 *	Checks that a participant that died is cleaned up while others hold all
 *	permits, and that slots that are found corrupt then are reported to the
 *	process that has found them. grant is the number of permits to write
 *	into the slot of a holder.
 */

static void
WaitForAll(
    uint32_t permits)
{
    OsSharedLock *own = OpenLock(1);

    OsLockAcquire(own, permits, 0, OS_SECOND / 100, &deadPid);
}

static void
CheckReap(
    uint32_t grant,
    int err)
{
    OsSharedLock *lock = OpenLock(2), *other = OpenLock(2);
    OsSharedLock *third = OpenLock(2);
    OsSegment *segment = (OsSegment *) other;
    pid_t child;

    Must("take", Try(lock, 1));
    Must("take", Try(other, 1));
    child = StartIdle(WaitForAll, 0);
    atomic_store(&segment->slots[segment->slot].grant, grant);
    Kill(child);
    Try(third, 1);
    Check("after the death of a waiter, all permits are still held, or the"
	    " lock is corrupt", OsLockRelease(lock, false) == err);
    Check("the process that has found the damage is told once, too",
	    Try(third, 1) == err
	    && Try(third, 1) == ((err == 0) ? EDEADLK : EOWNERDEAD));
    OsLockClose(third, true);
    OsLockClose(other, true);
    Close(lock);
}

/*
 * CheckMiscount --
 *
 *	Checks a number of held permits that is less than the grant that is
 *	given back.
 */

static void
CheckMiscount(void)
{
    OsSharedLock *lock = OpenLock(3);
    PosixIpcHeader *header = ((OsSegment *) lock)->header;

    Must("take", Try(lock, 2));
    atomic_store(&header->lock.used, 1);
    Check("a value of used that is less than a grant is damage",
	    OsLockRelease(lock, false) == EBADMSG);
    Close(lock);
}

/*
 * CheckDamageOfWaits --
 *
 *	Checks that damage ends the waits for notifications, and leaves nothing
 *	of them that would consume a notification.
 */

static void
CheckDamageOfWaits(
    uint32_t permits)
{
    OsSharedLock *lock = OpenLock(permits), *other = OpenLock(permits);
    PosixIpcHeader *header = ((OsSegment *) lock)->header;
    uint32_t held;
    size_t woken;

    Must("take", Try(lock, 0));
    Must("begin to wait", OsLockBeginWait(lock, false, &held));
    atomic_store(&header->lock.owner, UINT32_MAX);
    Check("damage is reported while another handle waits",
	    Try(other, 1) == EBADMSG);
    Check("damage ends the wait of that handle",
	    OsLockWait(lock, OS_NOW, &deadPid) == EBADMSG);
    Check("no waiter is left to be notified",
	    OsLockNotify(other, 1, &woken) == 0 && woken == 0);
    OsLockClose(other, true);
    Close(lock);
}

/*
 * CheckStolen --
 *
 *	Checks that if another program has stolen a lock from its owner, the
 *	owner cannot wait for a notification, and leaves nothing of the wait
 *	behind. The lock is abandoned, and the other handle is told.
 */

static void
CheckStolen(void)
{
    OsSharedLock *lock = OpenLock(1), *other = OpenLock(1);
    PosixIpcHeader *header = ((OsSegment *) lock)->header;
    uint32_t held;
    size_t woken;

    Must("take", Try(lock, 1));
    atomic_store(&header->lock.owner, ((OsSegment *) other)->me);
    Check("a handle whose lock was stolen cannot wait",
	    OsLockBeginWait(lock, false, &held) == EBADMSG
	    && OsLockRelease(lock, false) == EPERM);
    Check("the other handle is told", Try(other, 1) == EBADMSG
	    && Try(other, 1) == EOWNERDEAD);
    Check("no wait is left behind", GetState(other).waiters == 0
	    && OsLockNotify(other, 1, &woken) == 0 && woken == 0);
    OsLockClose(other, true);
    Close(lock);
}

/*
 * CheckStopped --
 *
 *	Checks that while a process is stopped in the latch, a request takes its
 *	place in the line without the latch, and does not change used.
 */

static void
CheckStopped(void)
{
    OsSharedLock *lock = OpenLock(3), *stopped = OpenLock(3);
    PosixIpcHeader *header = ((OsSegment *) lock)->header;
    bool isRight;

    Must("take", Try(stopped, 2));
    Must("queue", (OsLockTry(lock, 0, OS_LOCK_QUEUE, &deadPid) == EAGAIN)
	    ? 0 : EINVAL);
    atomic_store(&header->latch, ((OsSegment *) stopped)->me);
    atomic_store(&header->lock.used, 1);
    isRight = OsLockTry(lock, 1, OS_LOCK_QUEUE, &deadPid) == EAGAIN
	    && atomic_load(&header->lock.used) == 1;
    atomic_store(&header->lock.used, 2);
    atomic_store(&header->latch, 0);
    Check("a stopped process keeps its numbers", isRight
	    && OsLockTry(lock, 1, OS_LOCK_QUEUE, &deadPid) == 0
	    && GetState(lock).free == 0);
    OsLockClose(stopped, true);
    Close(lock);
}

/*
 * CheckPendingBesideStopped --
 *
 *	Checks that while a process is stopped in the latch, a pending call of a
 *	handle that holds permits takes its place in the line, too.
 */

static void
CheckPendingBesideStopped(void)
{
    OsSharedLock *lock = OpenLock(3), *stopped = OpenLock(3);
    OsSharedLock *third = OpenLock(3);
    PosixIpcHeader *header = ((OsSegment *) lock)->header;
    bool isShown;

    Must("take", Try(lock, 1));
    atomic_store(&header->latch, ((OsSegment *) stopped)->me);
    isShown = OsLockShowPending(lock, 1, 0) == 0;
    atomic_store(&header->latch, 0);
    Check("a pending call takes its place beside a stopped process", isShown
	    && GetState(third).waiters == 1 && Try(third, 1) == EAGAIN);
    OsLockClose(third, true);
    OsLockClose(stopped, true);
    Close(lock);
}

/*
 * CheckPendingInChild --
 *
 *	Checks that a child, which does not own the calls of its parent's event
 *	loop, changes nothing in its parent's slot.
 */

static void
CheckPendingInChild(void)
{
    OsSharedLock *lock = OpenLock(1), *owner = OpenLock(1);
    pid_t child;

    Must("take", Try(owner, 1));
    Must("pending", OsLockShowPending(lock, 2, 1));
    child = Fork();
    if (child == 0) {
	Must("pending", OsLockShowPending(lock, 0, 0));
	Must("pending", OsLockShowPending(lock, 5, UINT32_MAX));
	_exit(0);
    }
    WaitFor(child);
    Check("a child shows nothing in its parent's slot",
	    GetState(owner).waiters == 2);
    OsLockClose(owner, true);
    Close(lock);
}

/*
 * CheckNotifyMany --
 *
 *	Checks that a notification of several waits of one handle wakes exactly
 *	as many as were requested.
 */

static void
CheckNotifyMany(void)
{
    OsSharedLock *lock = OpenLock(1), *other = OpenLock(1);
    PosixIpcHeader *header = ((OsSegment *) lock)->header;
    uint32_t held;
    size_t woken;

    for (int i = 0; i < 3; i++) {
	Must("take", Try(lock, 1));
	Must("begin to wait", OsLockBeginWait(lock, true, &held));
    }
    Check("two of three waits are notified",
	    OsLockNotify(other, 2, &woken) == 0 && woken == 2);
    Check("then the third wait is notified",
	    OsLockNotify(other, UINT32_MAX, &woken) == 0 && woken == 1);
    Check("then no wait is left to be notified",
	    OsLockNotify(other, UINT32_MAX, &woken) == 0 && woken == 0);
    atomic_store(&PosixIpcSlots(header)->waits, UINT32_MAX);
    Check("a forged number of four billion waits takes no longer",
	    OsLockNotify(other, UINT32_MAX, &woken) == 0
	    && woken == UINT32_MAX - 3);
    OsLockClose(other, true);
    Close(lock);
}

/*
 * Wait, PassOn, CheckPassing --
 *
 *	Two processes pass a lock back and forth. The release wakes a waiter
 *	that the owner has notified, so it need not wait for the end of its
 *	slice.
 */

static int
Wait(
    OsSharedLock *lock)
{
    uint32_t held;
    int err;

    Must("begin to wait", OsLockBeginWait(lock, false, &held));
    err = OsLockWait(lock, 60 * OS_SECOND, &deadPid);
    OsLockEndWait(lock);
    return (err != 0) ? err : OsLockAcquire(lock, held, 0, 60 * OS_SECOND,
	    &deadPid);
}

static void
PassOn(
    OsSharedLock *lock,
    int rounds)
{
    size_t woken;

    for (int i = 0; i < rounds; i++) {
	Must("notify", OsLockNotify(lock, 1, &woken));
	Must("wait", Wait(lock));
    }
}

static void
CheckPassing(
    uint32_t permits)
{
    const int rounds = 200;
    OsSharedLock *lock = OpenLock(permits);
    OsTime start = OsClock();
    pid_t child;

    Must("acquire", Try(lock, 0));
    child = Fork();
    if (child == 0) {
	OsSharedLock *own = OpenLock(permits);
	size_t woken;

	Must("acquire", OsLockAcquire(own, 0, 0, 60 * OS_SECOND, &deadPid));
	PassOn(own, rounds);
	Must("notify", OsLockNotify(own, 1, &woken));
	OsLockClose(own, true);
	exit(0);
    }
    Must("wait", Wait(lock));
    PassOn(lock, rounds);
    Check("two processes pass a lock back and forth", WaitFor(child) == 0);
    Check("neither process waits for its slice",
	    OsClock() - start < rounds * (OS_SECOND / 20));
    Close(lock);
}

/*
 * StartWaiter, CheckNotifyByOwner --
 *
 *	Checks that processes that an owner of all permits has notified
 *	continue, one after the other, once that owner releases the lock or
 *	dies.
 */

static pid_t
StartWaiter(void)
{
    pid_t child = Fork();

    if (child == 0) {
	OsSharedLock *own = OpenLock(1);
	int err;

	Must("acquire", OsLockAcquire(own, 1, 0, 60 * OS_SECOND, &deadPid));
	err = Wait(own);
	OsLockClose(own, true);
	_exit(err);
    }
    return child;
}

static void
AwaitWaiters(
    OsSharedLock *lock,
    uint32_t count)
{
    while (GetState(lock).waiters != count || GetState(lock).free == 0) {
	Pause(OS_SECOND / 1000);
    }
}

static void
CheckNotifyByOwner(void)
{
    OsSharedLock *lock = OpenLock(1);
    pid_t waiters[3], child;
    size_t woken;
    bool isOk = true;

    for (int i = 0; i < 3; i++) {
	waiters[i] = StartWaiter();
    }
    AwaitWaiters(lock, 3);
    Must("acquire", Try(lock, 1));
    Check("an owner notifies three waiters", OsLockNotify(lock, 2, &woken) == 0
	    && woken == 2 && OsLockNotify(lock, 9, &woken) == 0 && woken == 1);
    Must("release", OsLockRelease(lock, false));
    for (int i = 0; i < 3; i++) {
	isOk &= (WaitFor(waiters[i]) == 0);
    }
    Check("after the release, all three get the lock", isOk);
    waiters[0] = StartWaiter();
    AwaitWaiters(lock, 1);
    child = Fork();
    if (child == 0) {
	OsSharedLock *own = OpenLock(1);

	Must("acquire", OsLockAcquire(own, 1, 0, 60 * OS_SECOND, &deadPid));
	Must("notify", OsLockNotify(own, 1, &woken));
	raise(SIGKILL);
    }
    WaitFor(child);
    Check("after the owner's death, all three report that",
	    WaitFor(waiters[0]) == EOWNERDEAD
	    && Try(lock, 1) == EOWNERDEAD && deadPid == child);
    Close(lock);
}

/*
 * CheckStrayWake --
 *
 *	Checks that a wake without a notification does not end a wait. Such a
 *	wake comes late, from a process that lost the processor between the
 *	notification and the wake.
 */

static void
CheckStrayWake(void)
{
    OsSharedLock *lock = OpenLock(1);
    PosixIpcSlot *slots = ((OsSegment *) lock)->slots;
    pid_t child = StartWaiter();
    size_t woken;

    AwaitWaiters(lock, 1);
    for (int i = 0; i < 20; i++) {
	OsFutexWake(&slots[0].notifications, INT_MAX);
	OsFutexWake(&slots[1].notifications, INT_MAX);
	Pause(OS_SECOND / 1000);
    }
    Check("a wake without a notification does not end a wait",
	    OsLockNotify(lock, 1, &woken) == 0 && woken == 1
	    && WaitFor(child) == 0);
    Close(lock);
}

/*
 * CheckExclusion --
 *
 *	Checks exclusion with processes that take the lock and release it as
 *	fast as they can.
 */

static void
CheckExclusion(void)
{
    OsSharedLock *lock = OpenLock(1);
    int pipes[2], counter = 0;
    pid_t children[4];
    bool isOk = true;

    Must("pipe", (pipe(pipes) == 0) ? 0 : errno);
    Must("write", (write(pipes[1], &counter, sizeof(counter)) > 0) ? 0 : errno);
    for (int i = 0; i < 4; i++) {
	children[i] = Fork();
	for (int n = 0; children[i] == 0 && n < 1000; n++) {
	    Must("acquire", OsLockAcquire(lock, 1, 0, 60 * OS_SECOND,
		    &deadPid));
	    Must("read", (read(pipes[0], &counter, sizeof(counter)) > 0)
		    ? 0 : errno);
	    counter++;
	    Must("write", (write(pipes[1], &counter, sizeof(counter)) > 0)
		    ? 0 : errno);
	    Must("release", OsLockRelease(lock, false));
	}
	if (children[i] == 0) {
	    _exit(0);
	}
    }
    for (int i = 0; i < 4; i++) {
	isOk &= (WaitFor(children[i]) == 0);
    }
    Must("read", (read(pipes[0], &counter, sizeof(counter)) > 0) ? 0 : errno);
    Check("four processes take turns 4000 times", isOk && counter == 4000);
    close(pipes[0]);
    close(pipes[1]);
    Close(lock);
}

/*
 * CheckSpeed --
 *
 *	Prints how long an acquire and a release take, without checking any
 *	bound.
 */

static void
MeasureSpeed(
    uint32_t permits)
{
    OsSharedLock *lock = OpenLock(permits);
    const int rounds = 1000000;
    OsTime start = OsClock();

    for (int i = 0; i < rounds; i++) {
	Try(lock, 1);
	OsLockRelease(lock, false);
    }
    printf("      acquire and release of 1 of %u: %.1f ns\n", permits,
	    (double) (OsClock() - start) / rounds);
    Close(lock);
}

/*
 * CheckLocks --
 *
 *	Runs all checks of this file.
 */

void
CheckLocks(void)
{
    CheckPermits();
    CheckLine();
    CheckWriters();
    CheckBells(1);
    CheckBells(3);
    CheckSomeDie();
    CheckAllDie(1);
    CheckAllDie(3);
    if (osLifelineKind == POSIX_IPC_LIFE_LOCK) {
	CheckExec();
    }
    CheckNotify(1);
    CheckNotify(3);
    CheckNotifyBesideDead(1);
    CheckNotifyBesideDead(3);
    CheckLoop();
    CheckLoopBesideDead();
    CheckInspect();
    CheckDamage(1);
    CheckDamage(3);
    CheckRepair(1, 0);
    CheckRepair(4, EBADMSG);
    CheckRepair(5, EBADMSG);
    CheckReap(1, 0);
    CheckReap(2, EBADMSG);
    CheckMiscount();
    CheckDamageOfWaits(1);
    CheckDamageOfWaits(3);
    CheckStolen();
    CheckStopped();
    CheckPendingBesideStopped();
    CheckPendingInChild();
    CheckNotifyMany();
    CheckPassing(1);
    CheckPassing(3);
    CheckNotifyByOwner();
    CheckStrayWake();
    CheckExclusion();
    MeasureSpeed(1);
    MeasureSpeed(3);
}
