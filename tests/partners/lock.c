// SPDX-License-Identifier: BSD-3-Clause
/*
 * lock.c --
 *
 *	A program that takes part in a lock using only posixIpcLayout.h: lock
 *	FILE. It takes a slot and the lock, reports that, and waits for a line.
 *	If the line is "die", it dies holding the lock; otherwise it releases
 *	the lock.
 *
 *	The lock must have one permit, so that the program does not need the
 *	latch to take it.
 */

#include "slot.h"

/*
 * Release --
 *
 *	Releases the lock, and rings both bells.
 */

static void
Release(
    PosixIpcHeader *header)
{
    atomic_exchange(&header->lock.owner, 0);
    Ring(header);
}

int
main(
    int argc,
    char *argv[])
{
    uint32_t id, owner = 0;
    char line[80] = "";
    int fd;
    PosixIpcHeader *header = Map((argc > 1) ? argv[1] : "", POSIX_IPC_LOCK,
	    &fd);

    if (header->size != 1) {
	errno = EINVAL;
	Fail("header");
    }
    id = TakeSlot(header, fd);
    if (!atomic_compare_exchange_strong(&header->lock.owner, &owner, id)) {
	errno = EBUSY;
	Fail("acquire");
    }
    puts("acquired");
    fflush(stdout);
    if (fgets(line, sizeof(line), stdin) != NULL && strcmp(line, "die\n") == 0) {
	raise(SIGKILL);
    }
    Release(header);
    return 0;
}
