/*
 * osThread.h --
 *
 *	Threads that help, and the lock, for unix/ alone: osThread.c.
 *
 *	One lock guards all that threads share here: postings, units that were
 *	fetched, notices, handlers of signals. It is held for a few
 *	instructions or a system call that does not wait. Who has it may take it
 *	again.
 */

#ifndef OS_THREAD_H
#define OS_THREAD_H

#include <pthread.h>

int	OsThreadStart(void *(*proc)(void *data), void *data,
	    pthread_t *threadPtr);
void	OsLock(void);
void	OsUnlock(void);

#endif /* OS_THREAD_H */
