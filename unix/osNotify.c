/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osNotify.c --
 *
 *	Notifications of message queues: mq_notify(3). osDelivery.h describes
 *	how the system delivers them.
 *
 *	Each registration has a key of its own. A notification whose key is no
 *	longer known is out of date. So to cancel a registration, it is enough
 *	to forget its key.
 *
 *	When a process closes any descriptor of a queue, Linux ends the
 *	process's registration, even if it was made with another descriptor. In
 *	this package a registration belongs to the descriptor that made it. So
 *	when another descriptor of the queue is closed, the queue is registered
 *	again: OsMqCloseNotified.
 */

#include "osDelivery.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The state of a queue that has been registered for a notification. Protected
 * by the lock.
 */

typedef struct Notification {
    bool isRegistered;		/* as far as is known */
    int signal;			/* of the last registration, or 0 */
    uintptr_t key;		/* of the last registration, or 0 */
    unsigned generation;	/* in which it has registered */
    int socket;			/* or -1 */
    int traffic;		/* OsTrafficOpen, or -1 */
    int count;			/* postings that have not been taken */
    OsPosting posting;
    OsMq *next;			/* in the list of registered queues */
} Notification;

static OsMq *notified;		/* registered queues, the last first */

/*
 * A key is TURNS times a number that no other queue has ever had, plus the turn
 * of the registration. The turn is needed because a notification may be read
 * only after the next registration.
 */

#define TURNS 256

static uintptr_t lastNumber;

static uintptr_t
NextKey(
    uintptr_t key)
{
    return (key == 0) ? ++lastNumber * TURNS
	    : key / TURNS * TURNS + (key + 1) % TURNS;
}

/*
 * EndRegistration --
 *
 *	The registration with a key has ended, by a notification or otherwise.
 *	The caller holds the lock.
 */

static void
EndRegistration(
    uintptr_t key,
    bool isNotified)
{
    for (OsMq *mq = notified; mq != NULL; mq = mq->notification->next) {
	Notification *notification = mq->notification;

	if (notification->key == key) {
	    notification->isRegistered = false;
	}
	if (isNotified && notification->key / TURNS == key / TURNS) {
	    notification->count++;
	    OsPost(&notification->posting);
	}
    }
}

/*
 * ReadNotifications --
 *
 *	Reads the notifications that have come for a queue. The caller holds
 *	the lock. In a child process, the notifications belong to the parent.
 */

static void
ReadNotifications(
    const OsMq *mq)
{
    if (mq->notification->socket >= 0
	    && OsWatchIsOurs(mq->notification->posting.watch)) {
	OsDeliveryRead(mq->notification->socket, EndRegistration);
    }
}

/*
 * FreeNotification, MakeNotification, RemoveFromList, DropNotification --
 *
 *	MakeNotification creates a queue's state for notifications unless it
 *	exists, and returns 0 or an errno value; FreeNotification frees it.
 *	RemoveFromList removes the queue from the list. DropNotification does
 *	both, for a queue that is being closed or whose registration is being
 *	canceled.
 */

static void
FreeNotification(
    OsMq *mq)
{
    if (mq->notification->traffic >= 0) {
	close(mq->notification->traffic);
    }
    free(mq->notification);
    mq->notification = NULL;
}

static int
MakeNotification(
    OsMq *mq)
{
    int err;

    if (mq->notification != NULL) {
	return 0;
    }
    mq->notification = calloc(1, sizeof(*mq->notification));
    if (mq->notification == NULL) {
	return ENOMEM;
    }
    mq->notification->socket = mq->notification->traffic = -1;
    err = OsTrafficOpen(OsMqFd(mq), &mq->notification->traffic);
    if (err != 0) {
	FreeNotification(mq);
    }
    return err;
}

static void
RemoveFromList(
    OsMq *mq)
{
    for (OsMq **link = &notified; *link != NULL;
	    link = &(*link)->notification->next) {
	if (*link == mq) {
	    *link = mq->notification->next;
	    return;
	}
    }
}

static void
DropNotification(
    OsMq *mq)
{
    if (mq->notification != NULL) {
	RemoveFromList(mq);
	if (mq->notification->socket >= 0) {
	    OsDeliveryClose(mq->notification->posting.watch,
		    mq->notification->socket);
	}
	OsUnpost(&mq->notification->posting);
	FreeNotification(mq);
    }
}

/*
 * Register --
 *
 *	Registers with the system for one notification: the signal or, if that
 *	is 0, a posting. Puts the queue at the head of the list. Returns 0 or an
 *	errno value.
 */

static int
Register(
    OsMq *mq,
    int signal)
{
    struct sigevent event = {
	.sigev_notify = SIGEV_SIGNAL,
	.sigev_signo = signal
    };
    Notification *notification = mq->notification;
    uintptr_t key = NextKey(notification->key);
    int err = (signal == 0)
	    ? OsDeliveryRegister(mq->mqd, notification->socket, key,
		    EndRegistration)
	    : (mq_notify(mq->mqd, &event) == 0) ? 0 : errno;

    if (err == 0) {
	RemoveFromList(mq);
	notification->next = notified;
	notified = mq;
	notification->isRegistered = true;
	notification->signal = signal;
	notification->key = key;
	notification->generation = OsGetGeneration();
    }
    return err;
}

/*
 * OsMqNotifyWatch --
 *
 *	Registers for one posting to watch with data. It is made when a message
 *	arrives in the empty queue and no process waits to receive one. A
 *	posting that has not been taken yet stays. The lock is held, so that no
 *	notification is read between the registration and the entry in the list.
 *
 *	EBUSY: this or another process has already registered.
 */

int
OsMqNotifyWatch(
    OsMq *mq,
    OsWatch *watch,
    void *data)
{
    int err = MakeNotification(mq);

    if (err != 0) {
	return err;
    }
    OsLock();
    mq->notification->posting.watch = watch;
    mq->notification->posting.data = data;
    if (mq->notification->socket < 0) {
	err = OsDeliveryOpen(watch, data, &mq->notification->socket);
    }
    if (err == 0) {
	ReadNotifications(mq);
	err = Register(mq, 0);
    }
    OsUnlock();
    return err;
}

/*
 * OsMqNotifySignal --
 *
 *	Registers for a signal instead of a posting. A posting that has not
 *	been taken yet stays.
 *
 *	EINVAL: there is no such signal.
 */

int
OsMqNotifySignal(
    OsMq *mq,
    int signal)
{
    int err = MakeNotification(mq);

    if (err != 0) {
	return err;
    }
    OsLock();
    ReadNotifications(mq);
    err = Register(mq, signal);
    OsUnlock();
    return err;
}

/*
 * OsMqTakeNotification --
 *
 *	Takes a posting that has come. Returns whether there was one.
 */

bool
OsMqTakeNotification(
    OsMq *mq)
{
    bool isTaken = false;

    OsLock();
    if (mq->notification != NULL) {
	ReadNotifications(mq);
	isTaken = (mq->notification->count > 0);
	mq->notification->count -= isTaken;
    }
    OsUnlock();
    return isTaken;
}

/*
 * FindRegistration --
 *
 *	Returns whether the system still has the last registration of mq. The
 *	socket reports when it ends. For a signal there is no socket, but on
 *	Linux the queue's file shows the registered process (mq_overview(7)), if
 *	mq or beside, another descriptor of the queue, can be read. Otherwise
 *	this tries to register: EBUSY means that some process is registered, and
 *	any other failure may mean that.
 */

typedef enum Registration { GONE, PERHAPS, OURS } Registration;

static Registration
FindRegistration(
    OsMq *mq,
    const OsMq *beside)
{
    const struct sigevent nothing = { .sigev_notify = SIGEV_NONE };
    int64_t bytes;
    pid_t pid;

    ReadNotifications(mq);
    if (!mq->notification->isRegistered) {
	return GONE;
    }
    if (mq->notification->signal == 0 && mq->notification->socket >= 0) {
	return OURS;
    }
    if (OsMqReadStatus(mq, &bytes, &pid)
	    || OsMqReadStatus(beside, &bytes, &pid)) {
	return (pid == getpid()) ? OURS : GONE;
    }
    if (mq_notify(mq->mqd, &nothing) != 0) {
	return PERHAPS;
    }
    mq_notify(mq->mqd, NULL);
    return GONE;
}

/*
 * FindRegistered --
 *
 *	Several records of this process may belong to the queue of mq. Stores
 *	the one that was registered last, if the system may still have that
 *	registration; otherwise stores NULL. Registrations of a parent process
 *	do not count. Returns 0, or an errno value if this cannot be determined.
 */

static int
FindRegistered(
    const OsMq *mq,
    OsMq **registeredPtr)
{
    struct stat queue, other;

    *registeredPtr = NULL;
    if (notified != NULL && fstat(OsMqFd(mq), &queue) != 0) {
	return errno;
    }
    for (OsMq *registered = notified; registered != NULL;
	    registered = registered->notification->next) {
	if (registered->notification->generation != OsGetGeneration()) {
	    continue;
	}
	if (fstat(OsMqFd(registered), &other) != 0) {
	    return errno;
	}
	if (other.st_dev == queue.st_dev && other.st_ino == queue.st_ino) {
	    *registeredPtr = registered;
	    return 0;
	}
    }
    return 0;
}

/*
 * OsMqNotifyCancel --
 *
 *	Cancels the registration of mq, if any, and drops a posting that nobody
 *	has taken. If that fails, everything stays as it is.
 */

int
OsMqNotifyCancel(
    OsMq *mq)
{
    OsMq *registered;
    int err;

    OsLock();
    err = FindRegistered(mq, &registered);
    if (err == 0 && registered == mq && FindRegistration(mq, mq) != GONE
	    && mq_notify(mq->mqd, NULL) != 0) {
	err = errno;
    }
    if (err == 0) {
	DropNotification(mq);
    }
    OsUnlock();
    return err;
}

/*
 * CountMessages --
 *
 *	Returns how many messages are in a queue, or fallback if the system does
 *	not report that.
 */

static long
CountMessages(
    const OsMq *mq,
    long fallback)
{
    struct mq_attr attributes;

    return (mq_getattr(mq->mqd, &attributes) == 0)
	    ? attributes.mq_curmsgs : fallback;
}

/*
 * Deliver --
 *
 *	Delivers a notification in place of the system, and ends the
 *	registration. If the system has delivered one after all, does nothing
 *	more.
 */

static void
Deliver(
    const OsMq *mq)
{
    int signal = mq->notification->signal;
    int count = mq->notification->count;

    mq_notify(mq->mqd, NULL);
    ReadNotifications(mq);
    if (mq->notification->count != count) {
	return;
    }
    EndRegistration(mq->notification->key, signal == 0);
    if (signal != 0) {
	kill(getpid(), signal);
    }
}

/*
 * CloseBeside --
 *
 *	mq_close(3) of mq, which on Linux also ends the registration of kept,
 *	another descriptor of the same queue. Registers kept again, unless its
 *	notification came before. If a message arrived in the empty queue in
 *	between, the system sent no notification. So this function delivers one
 *	if the queue has a message, and some message came or went meanwhile. It
 *	also delivers one if it cannot register again, because a spurious
 *	notification is better than a lost one. If another process is registered
 *	now, it may have been registered all along, and nothing is lost.
 */

static int
CloseBeside(
    const OsMq *mq,
    OsMq *kept)
{
    bool wasEmpty = CountMessages(kept, 0) == 0;
    bool isLost = false, hasMessages = false;
    Registration registration;
    int count, err;

    OsTrafficSeen(kept->notification->traffic, false);
    registration = FindRegistration(kept, mq);
    count = kept->notification->count;
    err = (mq_close(mq->mqd) == 0) ? 0 : errno;
    ReadNotifications(kept);
    if (registration != GONE && kept->notification->count == count) {
	int again = Register(kept, kept->notification->signal);

	hasMessages = again == 0 && CountMessages(kept, 1) > 0;
	isLost = again != 0 && (again != EBUSY || registration == OURS);
    }
    ReadNotifications(kept);
    if (OsTrafficSeen(kept->notification->traffic, wasEmpty) && hasMessages) {
	isLost = true;
    }
    if (isLost && kept->notification->count == count) {
	Deliver(kept);
    }
    return err;
}

/*
 * OsMqCloseNotified --
 *
 *	mq_close(3), which cancels the registration of mq and no other. Returns
 *	0 or an errno value; mq is closed in any case.
 */

int
OsMqCloseNotified(
    OsMq *mq)
{
    OsMq *kept;
    int err, closeErr;

    OsLock();
    DropNotification(mq);
    err = FindRegistered(mq, &kept);
    if (kept != NULL) {
	closeErr = CloseBeside(mq, kept);
    } else {
	closeErr = (mq_close(mq->mqd) == 0) ? 0 : errno;
    }
    OsUnlock();
    return (err != 0) ? err : closeErr;
}
