/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vandal.c --
 *
 *	Users of an object of any kind work beside a vandal, which writes random
 *	bytes into all parts of the object and truncates it at the end. Calls
 *	may fail in any way, but no user may crash or hang.
 */

#include "kills.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_USERS 8

typedef struct Calls {
    _Atomic int64_t began;	/* OsClock of the current call; 0: in none */
    _Atomic uint64_t count;
} Calls;

static Calls *calls;		/* of each user */

/*
 * BeginCall, EndCall --
 *
 *	Bracket a call of a user.
 */

void
BeginCall(
    int self)
{
    atomic_store(&calls[self].began, OsClock());
}

void
EndCall(
    int self)
{
    atomic_store(&calls[self].began, 0);
    atomic_fetch_add(&calls[self].count, 1);
}

/*
 * Scribble --
 *
 *	Writes random bytes into the header, the first slots and the data for a
 *	while, and then truncates the file.
 */

static void
Scribble(
    OsSegment *segment,
    uint32_t words)
{
    uint32_t data = (uint32_t) (segment->mapped - POSIX_IPC_DATA_OFFSET);
    OsTime end = OsClock() + 3 * OS_SECOND;

    while (OsClock() < end) {
	uint32_t place = (Random(4) == 0) ? Random(4096 + 16 * 64)
		: (data == 0 || Random(2) == 0) ? 128 + Random(128 + words)
		: POSIX_IPC_DATA_OFFSET + Random(data);
	volatile unsigned char *byte = (unsigned char *) segment->header
		+ place;

	if (place >= 8) {	/* the magic number stays until the end */
	    *byte = (unsigned char) Random(256);
	}
	if (Random(50) == 0) {
	    Pause(MICROSECOND * 200);
	}
    }
    Must("ftruncate", (ftruncate(segment->fd, (off_t) Random(
	    (uint32_t) segment->mapped)) == 0) ? 0 : errno);
}

/*
 * StartUsers --
 *
 *	Starts the users, and waits until each has made a call, but at most 20
 *	seconds. Users must start first, because opening an object into which a
 *	vandal has written may rightly fail.
 */

static void
StartUsers(
    pid_t *users,
    int count,
    void (*suffer)(int self))
{
    OsTime end = OsClock() + 20 * OS_SECOND;

    for (int i = 0; i < count; i++) {
	users[i] = Start(i, suffer);
    }
    for (int i = 0; i < count; i++) {
	while (atomic_load(&calls[i].count) == 0 && OsClock() < end) {
	    Pause(MICROSECOND * 1000);
	}
    }
}

/*
 * IsLate --
 *
 *	Watches the users for a while. Returns whether one hangs in a call.
 */

static bool
IsLate(
    int count)
{
    bool isLate = false;

    for (OsTime end = OsClock() + 4 * OS_SECOND; OsClock() < end; ) {
	for (int i = 0; i < count; i++) {
	    int64_t began = atomic_load(&calls[i].began);

	    isLate |= (began != 0 && OsClock() - began > 10 * OS_SECOND);
	}
	Pause(MICROSECOND * 10000);
    }
    return isLate;
}

/*
 * ReapUser --
 *
 *	Waits for the end of a user, 20 seconds at most. ETIMEDOUT: it did not
 *	end. ECHILD: it did not end as it should.
 */

static int
ReapUser(
    pid_t user)
{
    OsTime end = OsClock() + 20 * OS_SECOND;
    int status = 0;

    while (waitpid(user, &status, WNOHANG) == 0) {
	if (OsClock() >= end) {
	    kill(user, SIGKILL);
	    waitpid(user, &status, 0);
	    return ETIMEDOUT;
	}
	Pause(MICROSECOND * 10000);
    }
    return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ? 0 : ECHILD;
}

/*
 * Vandalize --
 *
 *	Runs this number of users beside a vandal. Each makes calls until its
 *	time is up. segment is the segment of the object, which the caller has
 *	open. words is the size of the part of the header that belongs to the
 *	object's kind.
 */

void
Vandalize(
    const char *noun,
    OsSegment *segment,
    uint32_t words,
    int count,
    void (*suffer)(int self))
{
    pid_t vandal, users[MOST_USERS];
    bool isOk = true, isLate;
    uint64_t sum = 0;

    calls = mmap(NULL, MOST_USERS * sizeof(*calls), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    Must("mmap", (calls == MAP_FAILED) ? errno : 0);
    StartUsers(users, count, suffer);
    vandal = Fork();
    if (vandal == 0) {
	Scribble(segment, words);
	_exit(0);
    }
    isLate = IsLate(count);
    WaitFor(vandal);
    for (int i = 0; i < count; i++) {
	int err = ReapUser(users[i]);

	isLate |= (err == ETIMEDOUT);
	isOk &= (err != ECHILD);
	sum += atomic_load(&calls[i].count);
    }
    printf("      a %s beside a vandal: %llu calls\n", noun,
	    (unsigned long long) sum);
    Check("no user crashes while a vandal writes", isOk);
    Check("no user hangs while a vandal writes", !isLate);
    munmap(calls, MOST_USERS * sizeof(*calls));
}
