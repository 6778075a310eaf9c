/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osMemoryWait.c --
 *
 *	Waiting for a word of a segment, and waking its waiters: OsShmWait by
 *	blocking, OsShmWaitLater in an event loop.
 */

#include "osShm.h"

#include "osFutex.h"
#include "osWaiter.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

/*
 * OsShmWait --
 *
 *	Waits while the word at offset equals value, for timeout nanoseconds at
 *	most, and stores the word then found.
 *
 *	ETIMEDOUT: it still equals value. That can happen before the timeout,
 *	because a wake need not change the word, and no clock is read here.
 *	EINTR: a signal handler has run. EINVAL: not aligned. ERANGE: the
 *	segment no longer reaches to the word.
 */

typedef struct Wait {
    const OsShm *shm;
    int64_t offset;
    uint32_t value;
    OsTime timeout;
    uint32_t found;
    int err;
} Wait;

/*
 * LookAtWord --
 *
 *	Loads the word of a wait. If it has changed, checks that it is still
 *	inside the segment, because truncation within its page makes it zero.
 *	ERANGE: it is outside.
 */

static void
LookAtWord(
    const OsFutexWord *word,
    Wait *wait)
{
    wait->found = atomic_load(word);
    wait->err = (wait->found == wait->value) ? ETIMEDOUT
	    : OsShmReaches(wait->shm, (uint64_t) wait->offset + 4) ? 0 : ERANGE;
}

static void
TouchWait(
    void *place,
    void *data)
{
    Wait *wait = data;
    const OsFutexWord *word = place;

    LookAtWord(word, wait);
    if (wait->err == ETIMEDOUT && wait->timeout > 0 && !osGuard.broken) {
	int err = OsFutexWait(word, wait->value, wait->timeout);

	LookAtWord(word, wait);
	if (wait->err == ETIMEDOUT && err == EINTR) {
	    wait->err = EINTR;
	}
    }
}

int
OsShmWait(
    OsShm *shm,
    int64_t offset,
    int32_t value,
    OsTime timeout,
    int32_t *foundPtr)
{
    Wait wait = { .shm = shm, .offset = offset, .value = (uint32_t) value,
	.timeout = timeout };
    int err = (offset % 4 != 0) ? EINVAL
	    : OsShmAccess(shm, offset, 4, OS_LOOK_BEFORE, TouchWait, &wait);

    *foundPtr = (int32_t) wait.found;
    return (err == 0) ? wait.err : err;
}

/*
 * OsShmWake --
 *
 *	Wakes up to count waiters of the word at offset, or all for INT_MAX, and
 *	stores how many the kernel reports.
 *
 *	EINVAL: not aligned.
 */

typedef struct Wake {
    int count;
    int woken;
} Wake;

static void
TouchWake(
    void *place,
    void *data)
{
    Wake *wake = data;

    wake->woken = OsFutexWake(place, wake->count);
}

int
OsShmWake(
    OsShm *shm,
    int64_t offset,
    int count,
    int *wokenPtr)
{
    Wake wake = { .count = count };
    int err = shm->readonly ? EACCES : (offset % 4 != 0) ? EINVAL
	    : OsShmAccess(shm, offset, 4, OS_LOOK_BEFORE, TouchWake, &wake);

    *wokenPtr = wake.woken;
    return err;
}

/*
 * A wait in an event loop. It has its own mapping, because the mapping of the
 * segment is replaced when the segment has grown.
 */

struct OsShmWaiter {
    OsShm *shm;
    int64_t offset;
    OsWaiter waiter;
};

/*
 * HasLostWord --
 *
 *	Returns whether the word of a wait is no longer inside the segment.
 *	Called on another thread, ten times a second.
 */

static bool
HasLostWord(
    void *data)
{
    const OsShmWaiter *wait = data;
    int64_t size;

    return OsShmGetSize(wait->shm, &size) != 0 || size < wait->offset + 4;
}

/*
 * Remap --
 *
 *	Maps the word of a wait again while the wait is not armed, because the
 *	segment may have been shorter meanwhile. Stores its address. EAGAIN (too
 *	much memory is locked) becomes ENOMEM, because trying again does not
 *	help.
 */

static int
Remap(
    OsShmWaiter *wait,
    const OsFutexWord **wordPtr)
{
    OsWaiter *waiter = &wait->waiter;
    size_t before;

    if (waiter->map != NULL) {
	munmap(waiter->map, waiter->mapped);
    }
    waiter->map = OsShmMapPart(wait->shm, wait->offset, 4, &waiter->mapped,
	    &before);
    if (waiter->map == NULL) {
	return (errno == EAGAIN) ? ENOMEM : errno;
    }
    *wordPtr = (const OsFutexWord *) ((char *) waiter->map + before);
    return 0;
}

/*
 * OsShmWaitLater --
 *
 *	Posts to watch with data, once, when the word at offset differs from
 *	value, or is gone. *waiterPtr is NULL in the first call, and a waiter
 *	afterward; after a post, another call with that waiter arms the wait
 *	again. The caller must end the wait with OsShmDropWaiter before it
 *	closes the segment.
 *
 *	EINVAL: not aligned. ENOMEM: the system allows no more threads or
 *	mappings.
 */

int
OsShmWaitLater(
    OsShm *shm,
    int64_t offset,
    int32_t value,
    OsWatch *watch,
    void *data,
    OsShmWaiter **waiterPtr)
{
    OsShmWaiter *wait = *waiterPtr;
    const OsFutexWord *word = NULL;
    int err;

    if (offset % 4 != 0) {
	return EINVAL;
    }
    if (wait == NULL) {
	wait = calloc(1, sizeof(*wait));
	if (wait == NULL) {
	    return ENOMEM;
	}
	wait->shm = shm;
	wait->offset = offset;
	wait->waiter.look = HasLostWord;
	wait->waiter.lookData = wait;
	*waiterPtr = wait;
    }
    if (OsWaiterIsArmed(&wait->waiter)) {
	return 0;
    }
    err = Remap(wait, &word);
    return (err != 0) ? err : OsWaiterArm(&wait->waiter, word,
	    (uint32_t) value, watch, data);
}

/*
 * OsShmDropWaiter --
 *
 *	Ends a wait, unless it is NULL.
 */

void
OsShmDropWaiter(
    OsShmWaiter *wait)
{
    if (wait == NULL) {
	return;
    }
    OsWaiterDrop(&wait->waiter);
    if (wait->waiter.map != NULL) {
	munmap(wait->waiter.map, wait->waiter.mapped);
    }
    free(wait);
}
