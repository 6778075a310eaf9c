/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osThread.h --
 *
 *	Helper threads, and the lock, for unix/ alone: osThread.c.
 *
 *	One recursive lock guards all that threads share here: postings, fetched
 *	units, notifications, handlers of signals, the list of segments. It is
 *	held for a few instructions, or for system calls that do not wait.
 */

#ifndef OS_THREAD_H
#define OS_THREAD_H

#include <pthread.h>

int	OsThreadStart(void *(*proc)(void *data), void *data,
	    pthread_t *threadPtr);
void	OsLock(void);
void	OsUnlock(void);

#endif /* OS_THREAD_H */
