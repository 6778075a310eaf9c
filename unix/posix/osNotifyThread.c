/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osNotifyThread.c --
 *
 *	Notifications of message queues as POSIX defines them: for SIGEV_THREAD,
 *	the C library runs a function on a new thread. Such a thread cannot use
 *	Tcl, so it calls the delivery procedure, which posts to a watch, and
 *	ends.
 */

#include "osDelivery.h"

#include <errno.h>
#include <signal.h>

static OsDeliveryProc *deliver;	/* of all registrations. With the lock */

int
OsDeliveryOpen(
    OsWatch *watch,
    void *data,
    int *socketPtr)
{
    (void) watch;
    (void) data;
    *socketPtr = -1;
    return 0;
}

void
OsDeliveryClose(
    OsWatch *watch,
    int socket)
{
    (void) watch;
    (void) socket;
}

/*
 * RunDelivery --
 *
 *	The C library's thread. The value is a key rather than a pointer: the
 *	queue may be closed by now.
 */

static void
RunDelivery(
    union sigval value)
{
    OsLock();
    deliver((uintptr_t) value.sival_ptr, true);
    OsUnlock();
}

int
OsDeliveryRegister(
    mqd_t mqd,
    int socket,
    uintptr_t key,
    OsDeliveryProc *proc)
{
    struct sigevent event = {
	.sigev_notify = SIGEV_THREAD,
	.sigev_notify_function = RunDelivery,
	.sigev_value.sival_ptr = (void *) key
    };

    (void) socket;
    deliver = proc;
    return (mq_notify(mqd, &event) == 0) ? 0 : errno;
}

void
OsDeliveryRead(
    int socket,
    OsDeliveryProc *proc)
{
    (void) socket;
    (void) proc;
}
