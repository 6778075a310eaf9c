/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * slot.h --
 *
 *	Takes a slot and rings the bells of a lock, a ring or a topic, using
 *	only posixIpcLayout.h. It takes a slot that was never used, so it need
 *	not clean up.
 */

#ifndef SLOT_H
#define SLOT_H

#include "posixIpcLayout.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void
Fail(
    const char *what)
{
    perror(what);
    exit(1);
}

/*
 * TakeSlot --
 *
 *	Steps 1 to 5 of posixIpcLayout.h for taking a slot. Returns the id.
 */

static uint32_t
TakeSlot(
    PosixIpcHeader *header,
    int fd)
{
    uint32_t number = 0, id, free = 0;
    PosixIpcSlot *slot = PosixIpcSlots(header);
    struct flock life = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
	.l_len = 1 };
    uint64_t claim = 0;

    for (;; number++, slot++) {
	life.l_start = POSIX_IPC_LIFELINES + number;
	claim = 0;
	if (fcntl(fd, F_OFD_SETLK, &life) == 0
		&& atomic_compare_exchange_strong(&slot->claim, &claim,
			(uint64_t) getpid() << 32)) {
	    break;
	}
    }
    atomic_store(&slot->life, POSIX_IPC_LIFE_LOCK);
    id = PosixIpcId(number, atomic_fetch_add(&slot->generation, 1) + 1);
    while (!atomic_compare_exchange_strong(&header->latch, &free, id)) {
	free = 0;
    }
    atomic_store(&slot->pid, (uint32_t) getpid());
    if (atomic_load(&header->slotsUsed) <= number) {
	atomic_store(&header->slotsUsed, number + 1);
    }
    atomic_exchange(&header->latch, 0);
    return id;
}

/*
 * Ring --
 *
 *	Rings all bells.
 */

static void
Ring(
    PosixIpcHeader *header)
{
    for (int i = 0; i < POSIX_IPC_BELLS; i++) {
	if (atomic_exchange(&header->bells[i].waiting, 0) != 0) {
	    atomic_fetch_add(&header->bells[i].bell, 1);
	    syscall(SYS_futex, &header->bells[i].bell, 1 /* FUTEX_WAKE */,
		    INT32_MAX, NULL, NULL, 0);
	}
    }
}

/*
 * Map --
 *
 *	Maps the file of an object of a kind. *fdPtr is the descriptor for the
 *	lifeline, and is not mapped.
 */

static PosixIpcHeader *
Map(
    const char *path,
    uint32_t kind,
    int *fdPtr)
{
    int mapped = open(path, O_RDWR | O_CLOEXEC);
    struct stat status;
    PosixIpcHeader *header;

    *fdPtr = open(path, O_RDWR | O_CLOEXEC);
    if (*fdPtr < 0 || mapped < 0 || fstat(mapped, &status) != 0) {
	Fail("open");
    }
    header = mmap(NULL, (size_t) status.st_size, PROT_READ | PROT_WRITE,
	    MAP_SHARED, mapped, 0);
    if (header == MAP_FAILED) {
	Fail("mmap");
    }
    if (header->magic != POSIX_IPC_MAGIC
	    || header->version != POSIX_IPC_VERSION || header->kind != kind) {
	errno = EINVAL;
	Fail("header");
    }
    return header;
}

#endif /* SLOT_H */
