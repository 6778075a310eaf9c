// SPDX-License-Identifier: BSD-3-Clause
/*
 * lock.c --
 *
 *	A program that takes part in a lock by posixIpcLayout.h alone: lock FILE.
 *	It takes a slot and the lock, reports that, waits for a line, and then
 *	releases the lock, or dies holding it if the line is "die".
 *
 *	It omits the latch where nobody else can be in it, because it only takes
 *	a lock of one permit.
 */

#include "slot.h"

/*
 * Release --
 *
 *	Gives the lock back, and rings both bells.
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
