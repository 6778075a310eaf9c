/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * waiter.c --
 *
 *	Checks words of shared memory that a watch waits for: osWaiter.h.
 */

#include "check.h"
#include "osGuard.h"
#include "osWaiter.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAITERS	300		/* more than a single thread serves */

typedef struct Words {
    OsFutexWord words[WAITERS];
} Words;

/*
 * Arm --
 *
 *	Arms a waiter for a word of the map.
 */

static void
Arm(
    OsWaiter *waiter,
    Words *map,
    size_t place,
    OsWatch *watch)
{
    waiter->map = map;
    waiter->mapped = sizeof(*map);
    Must("OsWaiterArm", OsWaiterArm(waiter, &map->words[place],
	    map->words[place], watch, waiter));
}

/*
 * ChangeInChild --
 *
 *	Another process changes a word and wakes its waiters.
 */

static void
ChangeInChild(
    OsFutexWord *word)
{
    pid_t child = fork();

    Must("fork", (child < 0) ? errno : 0);
    if (child == 0) {
	atomic_fetch_add(word, 1);
	OsFutexWake(word, INT_MAX);
	_exit(0);
    }
    waitpid(child, NULL, 0);
}

/*
 * CheckOneWaiter --
 *
 *	Checks what is reported, and what is not.
 */

static void
CheckOneWaiter(
    OsWatch *watch)
{
    Words *map = MapShared(sizeof(*map));
    OsWaiter waiter = { .map = NULL };
    OsWatchEvent event;

    Arm(&waiter, map, 0, watch);
    Check("a word that stays the same is not reported",
	    Next(watch, 50, &event, 1) == 0);
    ChangeInChild(&map->words[0]);
    Check("a word that another process changes is reported",
	    Next(watch, 10000, &event, 1) == 1 && event.data == &waiter
	    && event.events == OS_POSTED);
    ChangeInChild(&map->words[0]);
    Check("the change is reported once", Next(watch, 50, &event, 1) == 0);
    Must("OsWaiterArm", OsWaiterArm(&waiter, &map->words[0], 99, watch,
	    &waiter));
    Check("a word that differs already is reported",
	    Next(watch, 10000, &event, 1) == 1);
    Arm(&waiter, map, 1, watch);
    OsWaiterDrop(&waiter);
    ChangeInChild(&map->words[1]);
    Check("nothing is reported once the waiter is dropped",
	    Next(watch, 50, &event, 1) == 0);
    munmap(map, sizeof(*map));
}

/*
 * CheckLook --
 *
 *	Checks that a look notices changes.
 */

static bool
Look(
    void *data)
{
    return *(atomic_bool *) data;
}

static void
CheckLook(
    OsWatch *watch)
{
    Words *map = MapShared(sizeof(*map));
    atomic_bool isThere = false;
    OsWaiter waiter = { .look = Look, .lookData = &isThere };
    OsWatchEvent event;

    Arm(&waiter, map, 0, watch);
    Check("the first look finds nothing", Next(watch, 250, &event, 1) == 0);
    isThere = true;
    Check("a later look finds the change", Next(watch, 10000, &event, 1) == 1);
    isThere = false;
    waiter.isSilent = true;
    Arm(&waiter, map, 0, watch);
    Check("frequent looks find nothing", Next(watch, 900, &event, 1) == 0);
    isThere = true;
    Check("a later one of these finds the change",
	    Next(watch, 10000, &event, 1) == 1);
    OsWaiterDrop(&waiter);
    munmap(map, sizeof(*map));
}

/*
 * CheckGone --
 *
 *	Checks memory that is truncated while a waiter waits for a word in it.
 */

static bool
IsShort(
    void *data)
{
    return lseek(*(int *) data, 0, SEEK_END) < (off_t) sizeof(Words);
}

static void
CheckGone(
    OsWatch *watch)
{
    char path[] = "/tmp/check-unix.XXXXXX";
    int fd = mkstemp(path);
    OsWaiter waiter = { .mapped = sizeof(Words), .look = IsShort,
	.lookData = &fd };
    OsWatchEvent event;
    OsFutexWord *words;

    Must("mkstemp", (fd < 0 || ftruncate(fd, sizeof(Words)) != 0) ? errno : 0);
    unlink(path);
    Must("OsGuardInstall", OsGuardInstall());
    waiter.map = mmap(NULL, sizeof(Words), PROT_READ, MAP_SHARED, fd, 0);
    words = waiter.map;
    Must("OsWaiterArm", OsWaiterArm(&waiter, words, 0, watch, NULL));
    Must("ftruncate", (ftruncate(fd, 0) == 0) ? 0 : errno);
    Check("truncated memory is reported",
	    Next(watch, 10000, &event, 1) == 1);
    OsWaiterDrop(&waiter);
    munmap(waiter.map, sizeof(Words));
    close(fd);
}

/*
 * CheckManyWaiters --
 *
 *	Checks that with more waiters than one thread serves, each gets its
 *	event. In a forked child no waiter gets an event until the child arms
 *	it.
 */

static void
CheckManyWaiters(
    OsWatch *watch)
{
    static OsWaiter waiters[WAITERS];
    Words *map = MapShared(sizeof(*map));
    size_t told = 0, count = 1;
    OsWatchEvent events[16];

    for (size_t i = 0; i < WAITERS; i++) {
	Arm(&waiters[i], map, i, watch);
    }
    for (size_t i = 0; i < WAITERS; i++) {
	atomic_fetch_add(&map->words[i], 1);
	OsFutexWake(&map->words[i], INT_MAX);
    }
    while (told < WAITERS && count > 0) {
	count = Next(watch, 10000, events, 16);
	told += count;
    }
    Check("300 words are reported, once each", told == WAITERS
	    && Next(watch, 50, events, 16) == 0);
    for (size_t i = 0; i < WAITERS; i++) {
	Arm(&waiters[i], map, i, watch);
    }
    for (size_t i = 0; i < WAITERS; i += 2) {
	OsWaiterDrop(&waiters[i]);
    }
    for (size_t i = 1; i < WAITERS; i += 4) {
	OsWaiterDrop(&waiters[i]);
    }
    for (size_t i = 0; i < WAITERS; i++) {
	atomic_fetch_add(&map->words[i], 1);
	OsFutexWake(&map->words[i], INT_MAX);
    }
    told = 0;
    while (told < WAITERS / 4 && (count = Next(watch, 10000, events, 16)) > 0) {
	told += count;
    }
    Check("so are those that are left when others were dropped",
	    told == WAITERS / 4 && Next(watch, 50, events, 16) == 0);
    for (size_t i = 0; i < WAITERS; i++) {
	OsWaiterDrop(&waiters[i]);
    }
    munmap(map, sizeof(*map));
}

/*
 * CheckFork --
 *
 *	Checks that a child can drop a waiter of its parent, which still works
 *	in the parent, and can arm one of its own.
 */

static void
CheckFork(
    OsWatch *watch)
{
    Words *map = MapShared(sizeof(*map));
    OsWaiter waiter = { .map = NULL };
    OsWatchEvent event;
    int status = -1;
    pid_t child;

    Arm(&waiter, map, 0, watch);
    child = fork();
    Must("fork", (child < 0) ? errno : 0);
    if (child == 0) {
	OsWatch *own = OpenWatch();

	OsWaiterDrop(&waiter);
	Arm(&waiter, map, 1, own);
	ChangeInChild(&map->words[1]);
	_exit((Next(own, 10000, &event, 1) == 1) ? 0 : 1);
    }
    waitpid(child, &status, 0);
    Check("a forked child has waiters of its own", status == 0);
    ChangeInChild(&map->words[0]);
    Check("the parent keeps a waiter that its child has dropped",
	    Next(watch, 10000, &event, 1) == 1);
    OsWaiterDrop(&waiter);
    munmap(map, sizeof(*map));
}

/*
 * CheckWaiters --
 *
 *	Runs all checks of this file.
 */

void
CheckWaiters(void)
{
    OsWatch *watch = OpenWatch();

    CheckOneWaiter(watch);
    CheckLook(watch);
    if (TellsFaults()) {
	CheckGone(watch);
    }
    CheckManyWaiters(watch);
    if (!IsEmulated()) {
	CheckFork(watch);
    }
    OsWatchClose(watch);
}
