/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osThread.h --
 *
 *	Helper threads, and the lock, for unix/ alone: osThread.c.
 *
 *	One recursive lock guards all data that threads share in unix/:
 *	postings, fetched units, notifications, signal handlers, and the list of
 *	segments. It is held for a few instructions, or for system calls that do
 *	not wait.
 */

#ifndef OS_THREAD_H
#define OS_THREAD_H

#include <pthread.h>

int	OsThreadStart(void *(*proc)(void *data), void *data,
	    pthread_t *threadPtr);
void	OsLock(void);
void	OsUnlock(void);

#endif /* OS_THREAD_H */
