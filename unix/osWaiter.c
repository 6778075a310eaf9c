/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osWaiter.c --
 *
 *	An event loop cannot wait for a word of shared memory, so a thread does,
 *	and posts to the loop's watch. One thread serves a group of waiters,
 *	which has at most one waiter less than futex_waitv(2) accepts words. The
 *	last word is the group's own: other threads change it to make the thread
 *	examine the group again. If the system can wait for only one word at a
 *	time, the thread waits for the group's own word and looks at the others
 *	every 1 to 10 ms.
 *
 *	A waiter stays in its group from the first time it is armed until it is
 *	dropped. A thread without waiters ends, and starting one takes 0.1 ms,
 *	so a handle drops its waiter when it closes, not after each event.
 *
 *	The mutex guards all groups. It is never taken while OsLock is held; the
 *	reverse is allowed. The thread does not hold the mutex while it sleeps:
 *	a waiter may be dropped and its memory unmapped meanwhile, which the
 *	kernel tolerates. A forked child has none of these threads and forgets
 *	the groups.
 */

#include "osWaiter.h"

#include "osGuard.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#define GROUP_SIZE (OS_FUTEX_MOST - 1)

static const OsTime shortest = OS_SECOND / 1000;

typedef struct OsWaiterGroup {
    OsFutexWord control;	/* incremented to make the thread look again */
    pthread_t thread;
    size_t count;
    OsWaiter *waiters[GROUP_SIZE];	/* count of them */
    OsTime nextLook;		/* at those that have look */
    OsTime pause;		/* until the next look at silent ones */
    struct OsWaiterGroup *next;
} OsWaiterGroup;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static OsWaiterGroup *groups;

/*
 * LockForFork, UnlockAfterFork, ForgetParent, Prepare --
 *
 *	fork(2) waits for the mutex. This handler is registered after that of
 *	OsLock (osThread.c) and so runs before it, which is the order in which
 *	threads take the two locks. The parent's groups stay in the child's
 *	memory, unused.
 */

static void
LockForFork(void)
{
    pthread_mutex_lock(&mutex);
}

static void
UnlockAfterFork(void)
{
    pthread_mutex_unlock(&mutex);
}

static void
ForgetParent(void)
{
    pthread_mutex_init(&mutex, NULL);
    groups = NULL;
}

static void
Prepare(void)
{
    pthread_atfork(LockForFork, UnlockAfterFork, ForgetParent);
}

/*
 * Alert --
 *
 *	Makes a group's thread examine the group again.
 */

static void
Alert(
    OsWaiterGroup *group)
{
    atomic_fetch_add(&group->control, 1);
    OsFutexWake(&group->control, 1);
}

/*
 * HasHappened --
 *
 *	Returns whether what an armed waiter waits for has happened: its word
 *	differs, or its memory is gone.
 */

static bool
HasHappened(
    const OsWaiter *waiter)
{
    bool differs;

    OsGuardEnter(waiter->map, waiter->mapped, NULL);
    differs = (atomic_load_explicit(waiter->item.word, memory_order_acquire)
	    != waiter->item.value);
    return OsGuardLeave() || differs;
}

/*
 * Sweep --
 *
 *	Posts for the waiters of a group whose event has happened, and stores
 *	the words of those that continue to wait in items. If looks is true,
 *	calls look for the waiters that have it; for silent waiters it is always
 *	called.
 *
 *	Returns how many items there are.
 */

static size_t
Sweep(
    OsWaiterGroup *group,
    bool looks,
    OsFutexItem *items,
    bool *hasLookPtr,		/* one that continues to wait has look, */
    bool *isSilentPtr)		/* is silent */
{
    size_t count = 0;

    *hasLookPtr = *isSilentPtr = false;
    for (size_t i = 0; i < group->count; i++) {
	OsWaiter *waiter = group->waiters[i];

	if (!waiter->isArmed) {
	    continue;
	}
	if (HasHappened(waiter) || ((looks || waiter->isSilent)
		&& waiter->look != NULL && waiter->look(waiter->lookData))) {
	    waiter->isArmed = false;
	    group->pause = shortest;
	    OsLock();
	    OsPost(&waiter->posting);
	    OsUnlock();
	} else {
	    items[count++] = waiter->item;
	    *hasLookPtr |= (waiter->look != NULL);
	    *isSilentPtr |= waiter->isSilent;
	}
    }
    return count;
}

/*
 * Sleep --
 *
 *	Waits, without the mutex, until one of the words differs; the last is
 *	the group's own. A thread that can wait only for that word sleeps for
 *	pause: 1 to 10 ms, longer each time that nothing has happened. No sleep
 *	is longer than a second, in case a wake-up is lost.
 */

static void
Sleep(
    const OsFutexItem *items,
    size_t count,
    OsTime timeout,
    OsTime *pausePtr)
{
    const OsTime longest = OS_SECOND / 100;
    const OsFutexItem *own = &items[count - 1];
    int err = ENOSYS;

    timeout = (timeout < OS_SECOND) ? timeout : OS_SECOND;
    if (count > 1) {
	err = OsFutexWaitAny(items, count, timeout);
    }
    if (err != ENOSYS) {
	return;
    }
    if (count > 1 && *pausePtr < timeout) {
	timeout = *pausePtr;
    }
    err = OsFutexWait(own->word, own->value, timeout);
    *pausePtr = (err == ETIMEDOUT) ? *pausePtr + *pausePtr / 4 : shortest;
    if (*pausePtr > longest) {
	*pausePtr = longest;
    }
}

/*
 * NextLook --
 *
 *	Returns the time after which the thread must examine the group if
 *	nothing wakes it. The caller holds the mutex.
 */

static OsTime
NextLook(
    OsWaiterGroup *group,
    bool hasLook,
    bool isSilent)
{
    OsTime pause = group->pause;

    if (!isSilent) {
	return hasLook ? OS_WAITER_PERIOD : OS_NEVER;
    }
    group->pause = (pause < OS_WAITER_PERIOD) ? pause + pause / 4 : pause;
    return pause;
}

/*
 * Serve --
 *
 *	The thread of a group. It ends when the group has no waiters.
 */

static void *
Serve(
    void *data)
{
    OsWaiterGroup *group = data;
    OsFutexItem items[OS_FUTEX_MOST];
    OsTime pause = shortest;

    pthread_mutex_lock(&mutex);
    while (group->count > 0) {
	OsTime now = OsClock();
	bool isDue = (now >= group->nextLook), hasLook, isSilent;
	uint32_t control = atomic_load(&group->control);
	size_t count = Sweep(group, isDue, items, &hasLook, &isSilent);
	OsTime timeout = NextLook(group, hasLook, isSilent);

	if (isDue) {
	    group->nextLook = now + OS_WAITER_PERIOD;
	}
	items[count++] = (OsFutexItem) { &group->control, control };
	pthread_mutex_unlock(&mutex);
	Sleep(items, count, timeout, &pause);
	pthread_mutex_lock(&mutex);
    }
    pthread_mutex_unlock(&mutex);
    return NULL;
}

/*
 * ChooseGroup --
 *
 *	Returns a group that has room, or a new one. The caller holds the
 *	mutex.
 *
 *	Returns NULL if there is no memory, or if the system allows no more
 *	threads.
 */

static OsWaiterGroup *
ChooseGroup(void)
{
    OsWaiterGroup *group = groups;

    while (group != NULL && group->count == GROUP_SIZE) {
	group = group->next;
    }
    if (group == NULL) {
	group = calloc(1, sizeof(*group));
	if (group == NULL) {
	    return NULL;
	}
	if (OsThreadStart(Serve, group, &group->thread) != 0) {
	    free(group);
	    return NULL;
	}
	group->pause = shortest;
	group->next = groups;
	groups = group;
    }
    return group;
}

/*
 * Join --
 *
 *	Puts a waiter into a group. The caller holds the mutex, so a thread
 *	that was just started finds the waiter there. ENOMEM: ChooseGroup.
 */

static int
Join(
    OsWaiter *waiter)
{
    OsWaiterGroup *group = ChooseGroup();

    if (group == NULL) {
	return ENOMEM;
    }
    waiter->group = group;
    waiter->place = group->count;
    waiter->generation = OsGetGeneration();
    group->waiters[group->count++] = waiter;
    return 0;
}

/*
 * OsWaiterArm --
 *
 *	Posts to watch with data once the word differs from value, or as
 *	osWaiter.h says. Arming a waiter that is armed changes what it waits
 *	for, and withdraws a posting that has not been read yet.
 *
 *	ENOMEM: there is no memory, or the system allows no more threads.
 */

int
OsWaiterArm(
    OsWaiter *waiter,
    const OsFutexWord *word,
    uint32_t value,
    OsWatch *watch,
    void *data)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    int err = 0;

    pthread_once(&once, Prepare);
    pthread_mutex_lock(&mutex);
    if (waiter->group == NULL || waiter->generation != OsGetGeneration()) {
	err = Join(waiter);
    }
    if (err == 0) {
	OsLock();
	OsUnpost(&waiter->posting);
	waiter->posting.watch = watch;
	waiter->posting.data = data;
	OsUnlock();
	waiter->item = (OsFutexItem) { word, value };
	waiter->isArmed = true;
	Alert(waiter->group);
    }
    pthread_mutex_unlock(&mutex);
    return err;
}

/*
 * OsWaiterIsArmed --
 *
 *	Returns whether a waiter is armed, that is, has posted nothing yet. In a
 *	forked child, no waiter of the parent is armed.
 */

bool
OsWaiterIsArmed(
    const OsWaiter *waiter)
{
    bool isArmed;

    pthread_mutex_lock(&mutex);
    isArmed = waiter->group != NULL && waiter->isArmed
	    && waiter->generation == OsGetGeneration();
    pthread_mutex_unlock(&mutex);
    return isArmed;
}

/*
 * Leave --
 *
 *	Takes a waiter out of its group. The last waiter of the group moves to
 *	its place. Returns the group if it is now empty and no longer listed,
 *	otherwise NULL. The caller holds the mutex.
 */

static OsWaiterGroup *
Leave(
    OsWaiter *waiter)
{
    OsWaiterGroup *group = waiter->group;
    OsWaiterGroup **link = &groups;
    OsWaiter *last = group->waiters[--group->count];

    group->waiters[waiter->place] = last;
    last->place = waiter->place;
    waiter->group = NULL;
    waiter->isArmed = false;
    Alert(group);
    if (group->count > 0) {
	return NULL;
    }
    while (*link != group) {
	link = &(*link)->next;
    }
    *link = group->next;
    return group;
}

/*
 * OsWaiterDrop --
 *
 *	Ends a waiter, whether it is armed, was armed, or is still all zeros.
 *	Afterward nothing more is posted, and its memory may be freed. In a
 *	forked child, a waiter of the parent is just forgotten.
 */

void
OsWaiterDrop(
    OsWaiter *waiter)
{
    OsWaiterGroup *empty = NULL;

    if (waiter->group == NULL) {
	return;
    }
    pthread_mutex_lock(&mutex);
    if (waiter->generation == OsGetGeneration()) {
	empty = Leave(waiter);
    }
    waiter->group = NULL;
    OsLock();
    OsUnpost(&waiter->posting);
    OsUnlock();
    pthread_mutex_unlock(&mutex);
    if (empty != NULL) {
	pthread_join(empty->thread, NULL);
	free(empty);
    }
}
