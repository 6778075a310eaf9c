/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osNetlink.c --
 *
 *	Notifications of message queues on Linux. For SIGEV_THREAD, the kernel's
 *	mq_notify(2) writes a cookie of 32 bytes to an AF_NETLINK socket. The C
 *	library reads it in a thread of its own. Here an event loop polls the
 *	socket, and no thread is needed.
 *
 *	Each queue has a socket of its own, because a registration reserves room
 *	in the socket's buffer, and the kernel blocks if there is none left.
 */

#include "osDelivery.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * The cookie that the kernel passes on: linux/mqueue.h. The kernel writes the
 * reason for the notification into its last byte.
 */

typedef union Cookie {
    uintptr_t key;
    unsigned char bytes[32];
} Cookie;

static const unsigned char wokenUp = 1;

int
OsDeliveryOpen(
    OsWatch *watch,
    void *data,
    int *socketPtr)
{
    int err;

    *socketPtr = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (*socketPtr < 0) {
	return errno;
    }
    err = OsPollerSet(watch->poller, *socketPtr, OS_READABLE, data);
    if (err != 0) {
	close(*socketPtr);
	*socketPtr = -1;
    }
    return err;
}

/*
 * OsDeliveryClose --
 *
 *	Closes the socket. A child process leaves its parent's watch alone.
 */

void
OsDeliveryClose(
    OsWatch *watch,
    int socket)
{
    if (OsWatchIsOurs(watch)) {
	OsPollerSet(watch->poller, socket, 0, NULL);
    }
    close(socket);
}

int
OsDeliveryRegister(
    mqd_t mqd,
    int socket,
    uintptr_t key,
    OsDeliveryProc *proc)
{
    Cookie cookie = { .key = key };
    struct sigevent event = {
	.sigev_notify = SIGEV_THREAD,
	.sigev_signo = socket,
	.sigev_value.sival_ptr = &cookie
    };

    (void) proc;
    return (syscall(SYS_mq_notify, mqd, &event) == 0) ? 0 : errno;
}

void
OsDeliveryRead(
    int socket,
    OsDeliveryProc *proc)
{
    Cookie cookie;

    while (recv(socket, &cookie, sizeof(cookie), MSG_DONTWAIT)
	    == (ssize_t) sizeof(cookie)) {
	proc(cookie.key, cookie.bytes[sizeof(cookie) - 1] == wokenUp);
    }
}
