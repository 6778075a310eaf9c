/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osBlocked.h --
 *
 *	Threads that are blocked in a system call: osBlocked.c.
 */

#ifndef OS_BLOCKED_H
#define OS_BLOCKED_H

#include "os.h"

/*
 * What a thread waits for, according to its system call: a word of memory at
 * an address of its process, or a descriptor of its process.
 */

typedef struct OsBlocked {
    pid_t pid;
    uint64_t address;		/* of a word, or 0 */
    bool usesBitset;		/* FUTEX_WAIT_BITSET, as glibc's semaphores */
    int fd;			/* of a queue, or -1 */
    bool sends;			/* to that queue; false: it receives */
} OsBlocked;

typedef int OsBlockedProc(void *data, const OsBlocked *blocked);

int	OsScanBlocked(pid_t pid, int folder, OsBlockedProc *proc, void *data);

#endif /* OS_BLOCKED_H */
