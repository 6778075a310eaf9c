/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osDelivery.h --
 *
 *	How the system delivers the notifications of message queues,
 *	mq_notify(3): through a netlink socket (linux/osNetlink.c), or on a
 *	thread of the C library (posix/osNotifyThread.c). For osNotify.c.
 */

#ifndef OS_DELIVERY_H
#define OS_DELIVERY_H

#include "osMq.h"

/*
 * Called with the lock held (osThread.h) when the registration with a key has
 * ended, either because its notification has come, or for another reason.
 */

typedef void OsDeliveryProc(uintptr_t key, bool hasCome);

/*
 * OsDeliveryOpen opens the socket that delivers the notifications of one queue,
 * and makes watch poll it with data. It stores the socket, or -1 if none is
 * needed. OsDeliveryRead calls proc for each notification that the socket
 * holds; without a socket, proc is called on another thread. OsDeliveryRegister
 * requests one notification. Functions that return int return 0 or an errno
 * value.
 */

int	OsDeliveryOpen(OsWatch *watch, void *data, int *socketPtr);
void	OsDeliveryClose(OsWatch *watch, int socket);
int	OsDeliveryRegister(mqd_t mqd, int socket, uintptr_t key,
	    OsDeliveryProc *proc);
void	OsDeliveryRead(int socket, OsDeliveryProc *proc);

#endif /* OS_DELIVERY_H */
