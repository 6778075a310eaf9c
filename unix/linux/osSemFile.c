/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osSemFile.c --
 *
 *	Reads the file of a semaphore: its value, and how many threads are
 *	blocked on it. The semaphore is read from a copy, so reading it changes
 *	nothing.
 */

#include "osSem.h"

#include <errno.h>
#ifdef __GLIBC__
#   include <gnu/libc-version.h>
#endif
#include <limits.h>
#include <string.h>
#include <unistd.h>

/*
 * ReadWaiters --
 *
 *	Reads how many threads are blocked on a semaphore, if the C library
 *	counts them there; some of them may have been killed. Since version
 *	2.21, glibc keeps the count in the upper half of a 64-bit word, or in
 *	the fourth 32-bit word; musl in the second. If another process has
 *	overwritten the semaphore, the number may be no count at all.
 */

static void
ReadWaiters(
    const sem_t *copy,
    OsInfo *info)
{
    uint32_t words[4], count;

    memcpy(words, copy, sizeof(words));
#ifndef __GLIBC__
    count = words[1];
#else
    if (strverscmp(gnu_get_libc_version(), "2.21") < 0) {
	return;
    }
#   if UINTPTR_MAX > UINT32_MAX
    uint64_t word;

    memcpy(&word, copy, sizeof(word));
    count = (uint32_t) (word >> 32);
#   else
    count = words[3];
#   endif
#endif
    if (count <= INT_MAX) {
	info->waiters = (int) count;
	info->known |= OS_INFO_WAITERS;
    }
}

/*
 * OsReadSemFile --
 *
 *	Reads a semaphore's file into info. If the file is too short for a
 *	semaphore, info stays as it is.
 */

void
OsReadSemFile(
    int fd,
    OsInfo *info)
{
#ifdef HAVE_SEM_GETVALUE
    sem_t copy;
    int value;

    if (read(fd, &copy, sizeof(copy)) == (ssize_t) sizeof(copy)
	    && sem_getvalue(&copy, &value) == 0) {
	info->value = (value > 0) ? value : 0;
	info->known |= OS_INFO_VALUE;
	ReadWaiters(&copy, info);
    }
#else
    (void) fd;
    (void) info;
    (void) ReadWaiters;
#endif
}
