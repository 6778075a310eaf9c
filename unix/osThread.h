/*
 * osThread.h --
 *
 *	Threads that help, for unix/ alone: osThread.c.
 */

#ifndef OS_THREAD_H
#define OS_THREAD_H

#include <pthread.h>

int	OsThreadStart(void *(*proc)(void *data), void *data,
	    pthread_t *threadPtr);

#endif /* OS_THREAD_H */
