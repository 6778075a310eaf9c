/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * check.c --
 *
 *	Tests, without Tcl, the data that threads of unix/ share. "make
 *	check-unix" runs it, preferably with a thread sanitizer.
 */

#include "check.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS	8

/*
 * __tsan_default_options --
 *
 *	Called by the thread sanitizer to get its options. They allow a forked
 *	child of a program with threads to start threads, as children here do.
 */

__attribute__((visibility("default")))
const char *__tsan_default_options(void);

const char *
__tsan_default_options(void)
{
    return "die_after_fork=0";
}

/*
 * IsEmulated --
 *
 *	Returns whether tools/under-qemu runs this program. qemu-user does not
 *	support mq_notify(2), and a forked child cannot start a thread there.
 */

bool
IsEmulated(void)
{
    return getenv("QEMU_LD_PREFIX") != NULL;
}

/*
 * TellsFaults --
 *
 *	Returns whether a handler of SIGBUS gets the address of the fault.
 *	qemu-user reports the right address for arm64, and wrong ones for armhf
 *	and s390x.
 */

static void *volatile faultPlace;
static sigjmp_buf beforeFault;

static void
NoteFault(
    int signal,
    siginfo_t *info,
    void *context)
{
    (void) signal;
    (void) context;
    faultPlace = info->si_addr;
    siglongjmp(beforeFault, 1);
}

bool
TellsFaults(void)
{
    struct sigaction found, noting = {
	.sa_sigaction = NoteFault, .sa_flags = SA_SIGINFO
    };
    long pageSize = sysconf(_SC_PAGESIZE);
    FILE *file;
    char *map;

    if (!IsEmulated()) {
	return true;
    }
    file = tmpfile();
    Must("tmpfile", (file == NULL) ? errno : 0);
    map = mmap(NULL, (size_t) pageSize, PROT_READ, MAP_SHARED, fileno(file), 0);
    Must("mmap", (map == MAP_FAILED) ? errno : 0);
    sigaction(SIGBUS, &noting, &found);
    if (sigsetjmp(beforeFault, 1) == 0) {
	(void) *(volatile char *) map;
    }
    sigaction(SIGBUS, &found, NULL);
    munmap(map, (size_t) pageSize);
    fclose(file);
    return faultPlace == map;
}

/*
 * MapShared --
 *
 *	Returns size zero bytes, which child processes share.
 */

void *
MapShared(
    size_t size)
{
    void *map = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANON, -1, 0);

    Must("mmap", (map == MAP_FAILED) ? errno : 0);
    return map;
}

/*
 * OpenSem, OpenQueue --
 *
 *	Open the semaphore and the queue of the program.
 */

OsSem *
OpenSem(void)
{
    OsObject object;
    OsSem *sem;

    Must("OsSemOpen", OsSemOpen(name, OS_CREAT, 0600, 0, &object, &sem));
    return sem;
}

OsMq *
OpenQueue(void)
{
    OsMqLimits limits = { 4, 64 };
    OsObject object;
    OsMq *mq;

    Must("OsMqOpen", OsMqOpen(name, OS_CREAT, 0600, true, true, &limits,
	    &object, &mq));
    return mq;
}

OsWatch *
OpenWatch(void)
{
    OsWatch *watch;

    Must("OsWatchOpen", OsWatchOpen(&watch));
    return watch;
}

/*
 * Run --
 *
 *	Runs a procedure in this number of threads, and waits for them.
 */

static void
Run(
    void *(*proc)(void *data),
    void *data,
    size_t count)
{
    pthread_t threads[THREADS];

    for (size_t i = 0; i < count; i++) {
	Must("pthread_create", pthread_create(&threads[i], NULL, proc, data));
    }
    for (size_t i = 0; i < count; i++) {
	pthread_join(threads[i], NULL);
    }
}

/*
 * Units --
 *
 *	Returns how many units the semaphore has, without changing that number.
 */

static int
Units(
    OsSem *sem)
{
    int units = 0;

    while (OsSemTryWait(sem) == 0) {
	units++;
    }
    for (int i = 0; i < units; i++) {
	OsSemPost(sem);
    }
    return units;
}

/*
 * Settled --
 *
 *	Waits until the semaphore has this number of units. A thread that
 *	fetches units gives unwanted ones back within a tenth of a second.
 */

static bool
Settled(
    OsSem *sem,
    int units)
{
    OsTime end = OsClock() + 10 * OS_SECOND;

    while (Units(sem) != units) {
	if (OsClock() > end) {
	    return false;
	}
	usleep(10000);
    }
    return true;
}

/*
 * FetchUnits --
 *
 *	A thread with its own watch fetches units and takes them in bursts, and
 *	changes the number that it wants in between.
 */

enum { FETCHED = 2000, BURST = 7 };

static void *
FetchUnits(
    void *data)
{
    OsWatch *watch = OpenWatch();
    OsSem *sem = OpenSem();
    int taken = 0;

    (void) data;
    while (taken < FETCHED) {
	int wanted = (FETCHED - taken < BURST) ? FETCHED - taken : BURST;
	OsWatchEvent events[4];

	Must("OsSemFetch", OsSemFetch(sem, watch, sem, wanted));
	Next(watch, 1000, events, 4);
	while (wanted > 0 && OsSemTakeFetched(sem) == 0) {
	    taken++;
	    wanted--;
	}
	if (taken % 3 == 0) {
	    Must("OsSemFetch", OsSemFetch(sem, watch, sem, 0));
	}
    }
    OsSemClose(sem);
    OsWatchClose(watch);
    return NULL;
}

static void *
PostUnits(
    void *data)
{
    OsSem *sem = OpenSem();

    (void) data;
    for (int i = 0; i < (THREADS - 1) * FETCHED; i++) {
	OsSemPost(sem);
    }
    OsSemClose(sem);
    return NULL;
}

static void *
FetchOrPost(
    void *data)
{
    atomic_int *first = data;

    return (atomic_fetch_add(first, 1) == 0) ? PostUnits(NULL)
	    : FetchUnits(NULL);
}

static void
CheckFetch(void)
{
    OsSem *sem = OpenSem();
    atomic_int first = 0;

    Run(FetchOrPost, &first, THREADS);
    Check("seven threads fetch what one releases; no unit is lost, none is"
	    " left", Settled(sem, 0));
    OsSemClose(sem);
    OsSemUnlink(name);
}

/*
 * CheckGiveBack --
 *
 *	Checks units that have been fetched, or are being fetched, when they are
 *	no longer wanted.
 */

static void
CheckGiveBack(void)
{
    OsSem *sem = OpenSem();
    OsWatchEvent events[4];
    bool isRight = true;

    for (int i = 0; i < 50; i++) {
	OsWatch *watch = OpenWatch();
	OsSem *other = OpenSem();

	Must("OsSemFetch", OsSemFetch(other, watch, other, 5));
	OsSemPost(sem);
	OsSemPost(sem);
	if (i % 2 == 0) {
	    Next(watch, 10000, events, 4);
	}
	if (i % 3 == 0) {
	    Must("OsSemFetch", OsSemFetch(other, watch, other, 1));
	}
	OsSemClose(other);
	OsWatchClose(watch);
	isRight = isRight && Settled(sem, 2) && OsSemTryWait(sem) == 0
		&& OsSemTryWait(sem) == 0;
    }
    Check("closing gives back all fetched units", isRight);
    OsSemClose(sem);
    OsSemUnlink(name);
}

/*
 * CheckFetchOrder --
 *
 *	Checks that a posting is reported once and, after OsSemFetch of 0 units,
 *	not at all.
 */

static void
CheckFetchOrder(void)
{
    OsWatch *watch = OpenWatch();
    OsSem *sem = OpenSem();
    OsWatchEvent events[4];

    Must("OsSemFetch", OsSemFetch(sem, watch, sem, 1));
    OsSemPost(sem);
    Check("a fetched unit is reported with its data",
	    Next(watch, 10000, events, 4) == 1 && events[0].data == sem
	    && events[0].events == OS_POSTED);
    Check("it is reported once", Next(watch, 50, events, 4) == 0);
    Check("it can be taken once", OsSemTakeFetched(sem) == 0
	    && OsSemTakeFetched(sem) == EAGAIN);
    Must("OsSemFetch", OsSemFetch(sem, watch, sem, 0));
    OsSemPost(sem);
    Check("a watch that wants no unit gets no event",
	    Next(watch, 300, events, 4) == 0 && Units(sem) == 1);
    OsSemClose(sem);
    OsWatchClose(watch);
    OsSemUnlink(name);
}

/*
 * PassMessages --
 *
 *	Threads pass messages around through one queue, each with its own watch,
 *	until a given number of messages has passed.
 */

enum { PASSED = 20000 };

static atomic_int moved;

static void *
PassMessages(
    void *data)
{
    OsWatch *watch = OpenWatch();
    OsMq *mq = OpenQueue();
    OsWatchEvent events[4];

    (void) data;
    Must("OsMqWatch", OsMqWatch(mq, watch, OS_READABLE, mq));
    while (atomic_load(&moved) < PASSED) {
	char bytes[64];
	size_t length = sizeof(bytes);
	unsigned priority;

	if (Next(watch, 100, events, 4) == 0
		|| OsMqReceive(mq, bytes, &length, &priority, OS_NOW) != 0) {
	    continue;
	}
	atomic_fetch_add(&moved, 1);
	Must("OsMqSend", OsMqSend(mq, bytes, length, priority,
		10 * OS_SECOND));
    }
    OsMqClose(mq);
    OsWatchClose(watch);
    return NULL;
}

static void
CheckPass(void)
{
    OsMq *mq = OpenQueue();
    long depth = 0;

    atomic_store(&moved, 0);
    OsMqSend(mq, "a", 1, 1, OS_NOW);
    OsMqSend(mq, "b", 1, 2, OS_NOW);
    Run(PassMessages, NULL, THREADS);
    OsMqGetDepth(mq, &depth);
    Check("eight threads pass two messages around, and none is lost",
	    depth == 2);
    OsMqClose(mq);
    OsMqUnlink(name);
}

/*
 * CheckReadiness --
 *
 *	Checks what a watch reports about a queue.
 */

static void
CheckReadiness(void)
{
    OsWatch *watch = OpenWatch();
    OsMq *mq = OpenQueue();
    OsMq *full = NULL;
    OsWatchEvent events[4];
    char bytes[64];
    size_t length = sizeof(bytes);
    unsigned priority;

    Must("OsMqWatch", OsMqWatch(mq, watch, OS_READABLE, mq));
    Check("an empty queue is not readable", Next(watch, 50, events, 4) == 0);
    OsMqSend(mq, "a", 1, 0, OS_NOW);
    Check("a queue with a message is readable",
	    Next(watch, 10000, events, 4) == 1
	    && events[0].data == mq && events[0].events == OS_READABLE);
    Check("it is reported again and again", Next(watch, 10000, events, 4) == 1);
    Must("OsMqWatch", OsMqWatch(mq, watch, OS_READABLE | OS_WRITABLE, full));
    Must("OsMqWatch", OsMqWatch(mq, watch, OS_WRITABLE, &full));
    Check("a queue with one message is writable, too",
	    Next(watch, 10000, events, 4) == 1
	    && events[0].data == &full && events[0].events == OS_WRITABLE);
    for (int i = 0; i < 3; i++) {
	OsMqSend(mq, "a", 1, 0, OS_NOW);
    }
    while (Next(watch, 0, events, 4) != 0) {
	/* Events found before it was full. */
    }
    Check("a full queue is not writable", Next(watch, 50, events, 4) == 0);
    OsMqReceive(mq, bytes, &length, &priority, OS_NOW);
    Check("a queue is writable again after a receive",
	    Next(watch, 10000, events, 4) == 1);
    Must("OsMqWatch", OsMqWatch(mq, watch, 0, NULL));
    while (Next(watch, 0, events, 4) != 0) {
	/* Events found while it was watched. */
    }
    Check("a queue that is not watched is not reported",
	    Next(watch, 50, events, 4) == 0);
    OsMqClose(mq);
    OsWatchClose(watch);
    OsMqUnlink(name);
}

/*
 * CheckMoments --
 *
 *	Checks that a watch wakes at the earliest of several moments, and not
 *	before.
 */

static bool
IsReadable(
    OsWatch *watch,
    int milliseconds)
{
    struct pollfd polled = { OsWatchDescriptor(watch), POLLIN, 0 };

    OsWatchResume(watch);
    return poll(&polled, 1, milliseconds) > 0;
}

static void
CheckMoments(void)
{
    OsWatch *watch = OpenWatch();
    OsTime moment = OsClock() + OS_SECOND / 5;
    OsWatchEvent events[4];

    Must("OsWatchWakeAt", OsWatchWakeAt(watch, moment + 1000 * OS_SECOND));
    Must("OsWatchWakeAt", OsWatchWakeAt(watch, moment));
    Must("OsWatchWakeAt", OsWatchWakeAt(watch, moment + OS_SECOND));
    Check("the earliest moment makes a watch readable",
	    IsReadable(watch, 10000));
    Check("it does not do so earlier", OsClock() >= moment);
    Check("a moment comes without an event",
	    OsWatchNext(watch, events, 4) == 0);
    Check("a moment wakes the watch once", !IsReadable(watch, 50));
    Must("OsWatchWakeAt", OsWatchWakeAt(watch, moment));
    Check("a moment that has passed wakes the watch, too",
	    IsReadable(watch, 10000));
    OsWatchClose(watch);
}

/*
 * CheckNotifications --
 *
 *	A handle registers for a notification repeatedly, while another process
 *	sends to the empty queue, and while threads open and close the same
 *	queue. If notifications come on threads of the C library, there are no
 *	such threads, because a notification that is on its way is then not
 *	noticed.
 */

enum { NOTIFICATIONS = 500 };

#ifdef OS_IS_LINUX
enum { CLOSERS = 2 };
#else
enum { CLOSERS = 0 };
#endif

static atomic_bool isOver;

static void *
OpenAndClose(
    void *data)
{
    (void) data;
    while (!atomic_load(&isOver)) {
	OsMqClose(OpenQueue());
	usleep(100);
    }
    return NULL;
}

static int
SendWhenEmpty(
    OsMq *mq)
{
    for (int i = 0; i < NOTIFICATIONS; i++) {
	long depth = 1;

	while (OsMqGetDepth(mq, &depth) == 0 && depth > 0) {
	    usleep(20);
	}
	if (OsMqSend(mq, "a", 1, 0, OS_NOW) != 0) {
	    return 1;
	}
    }
    return 0;
}

/*
 * TakeNotifications --
 *
 *	Returns how many notifications with a message arrived within a minute.
 */

static int
TakeNotifications(
    OsMq *mq,
    OsWatch *watch)
{
    const OsTime end = OsClock() + 60 * OS_SECOND;
    OsWatchEvent events[4];
    int notifications = 0;

    while (notifications < NOTIFICATIONS && OsClock() < end
	    && Next(watch, 10000, events, 4) > 0) {
	while (OsMqTakeNotification(mq)) {
	    char bytes[64];
	    size_t length = sizeof(bytes);
	    unsigned priority;

	    if (OsMqNotifyWatch(mq, watch, mq) != 0) {
		return notifications;
	    }
	    notifications += OsMqReceive(mq, bytes, &length, &priority,
		    OS_NOW) == 0;
	}
    }
    return notifications;
}

static void
CheckNotifications(void)
{
    OsWatch *watch = OpenWatch();
    OsMq *mq = OpenQueue();
    pthread_t threads[THREADS];
    pid_t sender;
    int status, notifications;

    Must("OsMqNotifyWatch", OsMqNotifyWatch(mq, watch, mq));
    sender = fork();
    if (sender == 0) {
	_exit(SendWhenEmpty(mq));
    }
    for (int i = 0; i < CLOSERS; i++) {
	Must("pthread_create",
		pthread_create(&threads[i], NULL, OpenAndClose, NULL));
    }
    notifications = TakeNotifications(mq, watch);
    atomic_store(&isOver, true);
    for (int i = 0; i < CLOSERS; i++) {
	pthread_join(threads[i], NULL);
    }
    if (notifications < NOTIFICATIONS) {
	kill(sender, SIGKILL);
    }
    waitpid(sender, &status, 0);
    Check("every message to the empty queue causes a notification, even while"
	    " others open and close it",
	    notifications == NOTIFICATIONS && status == 0);
    OsMqClose(mq);
    OsWatchClose(watch);
    OsMqUnlink(name);
}

/*
 * CheckFirstNotifications --
 *
 *	Checks that new handles that register for a notification while messages
 *	are sent and received get one.
 */

static void *
SendAndReceive(
    void *data)
{
    OsMq *mq = OpenQueue();

    (void) data;
    while (!atomic_load(&isOver)) {
	char bytes[64];
	size_t length = sizeof(bytes);
	unsigned priority;

	OsMqSend(mq, "a", 1, 0, OS_NOW);
	OsMqReceive(mq, bytes, &length, &priority, OS_NOW);
    }
    OsMqClose(mq);
    return NULL;
}

static void
CheckFirstNotifications(void)
{
    OsWatch *watch = OpenWatch();
    OsMq *kept = OpenQueue();
    pthread_t thread;
    int notifications = 0;

    atomic_store(&isOver, false);
    Must("pthread_create",
	    pthread_create(&thread, NULL, SendAndReceive, NULL));
    for (int i = 0; i < NOTIFICATIONS; i++) {
	OsWatchEvent events[4];
	OsMq *mq = OpenQueue();

	Must("OsMqNotifyWatch", OsMqNotifyWatch(mq, watch, mq));
	notifications += Next(watch, 10000, events, 4) == 1
		&& events[0].data == mq && OsMqTakeNotification(mq);
	OsMqClose(mq);
    }
    atomic_store(&isOver, true);
    pthread_join(thread, NULL);
    Check("each new handle gets its notification, whenever the message arrives",
	    notifications == NOTIFICATIONS);
    OsMqClose(kept);
    OsWatchClose(watch);
    OsMqUnlink(name);
}

/*
 * main --
 *
 *	Runs all checks. Those of queues run only if the system has queues.
 */

int
main(void)
{
    BeginChecks("check-unix");
    if (TellsFaults()) {
	CheckGuard();
    }
    CheckWide();
    CheckFutex();
    CheckWaiters();
    CheckFetchOrder();
    CheckGiveBack();
    CheckFetch();
    CheckMoments();
    if (OsGetFact(OS_MQ_SUPPORTED)) {
	CheckReadiness();
	CheckPass();
	if (!IsEmulated()) {
	    CheckNotifications();
	    CheckFirstNotifications();
	}
    }
    return EndChecks();
}
