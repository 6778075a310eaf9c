/*
 * osNotify.c --
 *
 *	Notices of message queues: mq_notify(3).
 *
 *	For SIGEV_THREAD the C library runs a thread for each notice. All that
 *	thread may do here is to post, and Linux spares us even that: its
 *	mq_notify(2) writes the notice, a cookie of 32 bytes, to a socket of
 *	AF_NETLINK, which is polled like the queue. Each queue has a socket of
 *	its own: a registration takes room in it beforehand, and the system
 *	would wait for room.
 *
 *	A cookie has a key that no other registration has. One whose key is no
 *	longer known is out of date, so cancelling just forgets the key.
 *
 *	Linux takes the close of any descriptor of a queue as the end of the
 *	process's registration, even where another descriptor has made it. Here
 *	it belongs to the one that has, so whoever closes another one makes it
 *	again: OsMqCloseNotified.
 */

#include "osMq.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#ifdef HAVE_EPOLL_CREATE1
#   include <sys/epoll.h>
#endif
#include <sys/stat.h>
#include <unistd.h>

#if defined(__linux__) && defined(HAVE_MQ_OPEN)
#   include <sys/socket.h>
#   include <sys/syscall.h>
#   define HAVE_NOTICE_SOCKET
#endif

/*
 * What a queue has that has asked for a notice. With the lock.
 */

typedef struct Notice {
    bool isAsked;		/* and has not come, as far as is known */
    int signal;			/* that was asked for last, or 0 */
    uintptr_t key;		/* of what was asked for last, or 0 */
    pid_t process;		/* that has asked last */
    int socket;			/* or -1 */
    int traffic;		/* of epoll, or -1: HadTraffic */
    int count;			/* postings that nobody has taken */
    OsPosting posting;
    OsMq *next;			/* in the list of those that have asked */
} Notice;

static OsMq *notified;		/* those that have asked for a notice */

/*
 * A key is TURNS times a number that no other queue ever had, and the turn of
 * the registration: a notice may be read when the next was asked for already.
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
 *	The registration with a key has ended, with a notice or without. With
 *	the lock.
 */

static void
EndRegistration(
    uintptr_t key,
    bool hasNotice)
{
    for (OsMq *mq = notified; mq != NULL; mq = mq->notice->next) {
	Notice *notice = mq->notice;

	if (notice->key == key) {
	    notice->isAsked = false;
	}
	if (hasNotice && notice->key / TURNS == key / TURNS) {
	    notice->count++;
	    OsPost(&notice->posting);
	}
    }
}

#ifdef HAVE_NOTICE_SOCKET

/*
 * The cookie that the kernel passes on: linux/mqueue.h. It writes what has
 * happened into the last byte.
 */

typedef union Cookie {
    uintptr_t key;
    unsigned char bytes[32];
} Cookie;

static const unsigned char wokenUp = 1;

/*
 * Drain --
 *
 *	Reads the notices that have come for a queue. With the lock. In a
 *	forked process they are its parent's.
 */

static void
Drain(
    const OsMq *mq)
{
    Cookie cookie;

    if (mq->notice->socket < 0
	    || !OsWatchIsOurs(mq->notice->posting.watch)) {
	return;
    }
    while (recv(mq->notice->socket, &cookie, sizeof(cookie), MSG_DONTWAIT)
	    == (ssize_t) sizeof(cookie)) {
	EndRegistration(cookie.key,
		cookie.bytes[sizeof(cookie) - 1] == wokenUp);
    }
}

/*
 * OpenSocket, CloseSocket --
 *
 *	Open the socket of a queue, if it has none, polled by watch; and close
 *	it. OpenSocket returns 0 or an errno value.
 */

static int
OpenSocket(
    OsMq *mq,
    OsWatch *watch,
    void *data)
{
    int err;

    if (mq->notice->socket >= 0) {
	return 0;
    }
    mq->notice->socket = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (mq->notice->socket < 0) {
	return errno;
    }
    err = OsPollerSet(watch->poller, mq->notice->socket, OS_READABLE, data);
    if (err != 0) {
	close(mq->notice->socket);
	mq->notice->socket = -1;
    }
    return err;
}

static void
CloseSocket(
    OsMq *mq)
{
    if (mq->notice->socket >= 0) {
	if (OsWatchIsOurs(mq->notice->posting.watch)) {
	    OsPollerSet(mq->notice->posting.watch->poller,
		    mq->notice->socket, 0, NULL);
	}
	close(mq->notice->socket);
	mq->notice->socket = -1;
    }
}

/*
 * RegisterKey --
 *
 *	Asks the system for a posting with a key. Returns 0 or an errno value.
 */

static int
RegisterKey(
    const OsMq *mq,
    uintptr_t key)
{
    Cookie cookie = { .key = key };
    struct sigevent event = {
	.sigev_notify = SIGEV_THREAD,
	.sigev_signo = mq->notice->socket,
	.sigev_value.sival_ptr = &cookie
    };

    return (syscall(SYS_mq_notify, mq->mqd, &event) == 0) ? 0 : errno;
}

#else /* !HAVE_NOTICE_SOCKET */

static void
Drain(
    const OsMq *mq)
{
    (void) mq;
}

static int
OpenSocket(
    OsMq *mq,
    OsWatch *watch,
    void *data)
{
    (void) mq;
    (void) watch;
    (void) data;
    return 0;
}

static void
CloseSocket(
    OsMq *mq)
{
    (void) mq;
}

/*
 * RunNotice --
 *
 *	What the C library's thread runs. The value is a key, not a place:
 *	the queue may be closed by now.
 */

static void
RunNotice(
    union sigval value)
{
    OsLock();
    EndRegistration((uintptr_t) value.sival_ptr, true);
    OsUnlock();
}

static int
RegisterKey(
    const OsMq *mq,
    uintptr_t key)
{
    struct sigevent event = {
	.sigev_notify = SIGEV_THREAD,
	.sigev_notify_function = RunNotice,
	.sigev_value.sival_ptr = (void *) key
    };

    return (mq_notify(mq->mqd, &event) == 0) ? 0 : errno;
}

#endif /* HAVE_NOTICE_SOCKET */

/*
 * OpenTraffic, HadTraffic --
 *
 *	HadTraffic tells whether a message has come to a queue, or gone, since
 *	it was called last: with EPOLLET, epoll(7) tells of a queue once, and
 *	again with each. OpenTraffic opens what it needs for that, beforehand:
 *	later no descriptor may be left. Returns 0 or an errno value. Without
 *	epoll, what has come to a queue that was empty is seen.
 */

static int
OpenTraffic(
    OsMq *mq)
{
#ifdef HAVE_EPOLL_CREATE1
    struct epoll_event event = { .events = EPOLLIN | EPOLLET };

    mq->notice->traffic = epoll_create1(EPOLL_CLOEXEC);
    if (mq->notice->traffic < 0
	    || epoll_ctl(mq->notice->traffic, EPOLL_CTL_ADD, (int) mq->mqd,
		    &event) != 0) {
	return errno;
    }
#else
    (void) mq;
#endif
    return 0;
}

static bool
HadTraffic(
    const OsMq *mq,
    bool wasEmpty)
{
#ifdef HAVE_EPOLL_CREATE1
    struct epoll_event event;

    (void) wasEmpty;
    return epoll_wait(mq->notice->traffic, &event, 1, 0) != 0;
#else
    (void) mq;
    return wasEmpty;
#endif
}

/*
 * FreeNotice, MakeNotice, Leave, Forget --
 *
 *	Free the notice of a queue; give it one, if it has none, which returns
 *	0 or an errno value; take the queue out of the list; end all that it
 *	has asked for, as far as this process knows.
 */

static void
FreeNotice(
    OsMq *mq)
{
    if (mq->notice->traffic >= 0) {
	close(mq->notice->traffic);
    }
    free(mq->notice);
    mq->notice = NULL;
}

static int
MakeNotice(
    OsMq *mq)
{
    int err;

    if (mq->notice != NULL) {
	return 0;
    }
    mq->notice = calloc(1, sizeof(*mq->notice));
    if (mq->notice == NULL) {
	return ENOMEM;
    }
    mq->notice->socket = mq->notice->traffic = -1;
    err = OpenTraffic(mq);
    if (err != 0) {
	FreeNotice(mq);
    }
    return err;
}

static void
Leave(
    OsMq *mq)
{
    for (OsMq **link = &notified; *link != NULL;
	    link = &(*link)->notice->next) {
	if (*link == mq) {
	    *link = mq->notice->next;
	    return;
	}
    }
}

static void
Forget(
    OsMq *mq)
{
    if (mq->notice != NULL) {
	Leave(mq);
	CloseSocket(mq);
	OsUnpost(&mq->notice->posting);
	FreeNotice(mq);
    }
}

/*
 * Register --
 *
 *	Asks the system for a notice: a posting, or the signal if that is not
 *	0. Enters the queue in the list, the last first. Returns 0 or an errno
 *	value.
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
    Notice *notice = mq->notice;
    uintptr_t key = NextKey(notice->key);
    int err = (signal == 0) ? RegisterKey(mq, key)
	    : (mq_notify(mq->mqd, &event) == 0) ? 0 : errno;

    if (err == 0) {
	Leave(mq);
	notice->next = notified;
	notified = mq;
	notice->isAsked = true;
	notice->signal = signal;
	notice->key = key;
	notice->process = getpid();
    }
    return err;
}

/*
 * OsMqNotifyWatch --
 *
 *	Asks for one posting to watch with data, when the queue goes from
 *	empty to not empty and nobody waits to receive. A posting that has come
 *	and was not taken stays. No notice is read between the registration
 *	and the entry in the list, as both are done with the lock.
 *
 *	EBUSY: here or elsewhere somebody has asked already.
 */

int
OsMqNotifyWatch(
    OsMq *mq,
    OsWatch *watch,
    void *data)
{
    int err = MakeNotice(mq);

    if (err != 0) {
	return err;
    }
    OsLock();
    mq->notice->posting.watch = watch;
    mq->notice->posting.data = data;
    err = OpenSocket(mq, watch, data);
    if (err == 0) {
	Drain(mq);
	err = Register(mq, 0);
    }
    OsUnlock();
    return err;
}

/*
 * OsMqNotifySignal --
 *
 *	Asks for a signal instead of a posting. One that has come stays.
 *
 *	EINVAL: there is no such signal.
 */

int
OsMqNotifySignal(
    OsMq *mq,
    int signal)
{
    int err = MakeNotice(mq);

    if (err != 0) {
	return err;
    }
    OsLock();
    Drain(mq);
    err = Register(mq, signal);
    OsUnlock();
    return err;
}

/*
 * OsMqTakeNotice --
 *
 *	Returns whether a posting has come that nobody has taken, and takes it.
 */

bool
OsMqTakeNotice(
    OsMq *mq)
{
    bool isTaken = false;

    OsLock();
    if (mq->notice != NULL) {
	Drain(mq);
	isTaken = (mq->notice->count > 0);
	mq->notice->count -= isTaken;
    }
    OsUnlock();
    return isTaken;
}

/*
 * FindRegistration --
 *
 *	Tells whether the system still has the registration that mq has asked
 *	for last. The socket tells of its end. For a signal there is none, but
 *	on Linux the queue's file tells, mq_overview(7), where mq or another
 *	descriptor of the queue, beside, may read. Else, that another one is
 *	refused tells that there is one, of whomever. So does any other failure.
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

    Drain(mq);
    if (!mq->notice->isAsked) {
	return GONE;
    }
    if (mq->notice->signal == 0 && mq->notice->socket >= 0) {
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
 * FindAsked --
 *
 *	Stores the one, of all in this process that stand for the same queue
 *	as mq, that has asked last, and so the one whose registration the system
 *	may have; NULL, where none has asked. What the parent of a forked
 *	process has asked for is not this one's. Returns 0, or the errno value
 *	that kept it from being known.
 */

static int
FindAsked(
    const OsMq *mq,
    OsMq **askedPtr)
{
    struct stat queue, other;

    *askedPtr = NULL;
    if (notified != NULL && fstat((int) mq->mqd, &queue) != 0) {
	return errno;
    }
    for (OsMq *asked = notified; asked != NULL; asked = asked->notice->next) {
	if (asked->notice->process != getpid()) {
	    continue;
	}
	if (fstat((int) asked->mqd, &other) != 0) {
	    return errno;
	}
	if (other.st_dev == queue.st_dev && other.st_ino == queue.st_ino) {
	    *askedPtr = asked;
	    return 0;
	}
    }
    return 0;
}

/*
 * OsMqNotifyCancel --
 *
 *	Ends what mq has asked for, if it has. A posting that nobody has taken
 *	is dropped. Where that fails all stays as it is.
 */

int
OsMqNotifyCancel(
    OsMq *mq)
{
    OsMq *asked;
    int err;

    OsLock();
    err = FindAsked(mq, &asked);
    if (err == 0 && asked == mq && FindRegistration(mq, mq) != GONE
	    && mq_notify(mq->mqd, NULL) != 0) {
	err = errno;
    }
    if (err == 0) {
	Forget(mq);
    }
    OsUnlock();
    return err;
}

/*
 * Deliver --
 *
 *	Gives the notice that the system did not, and ends its registration.
 */

static void
Deliver(
    const OsMq *mq)
{
    int signal = mq->notice->signal;

    mq_notify(mq->mqd, NULL);
    EndRegistration(mq->notice->key, signal == 0);
    if (signal != 0) {
	kill(getpid(), signal);
    }
}

/*
 * CloseBeside --
 *
 *	mq_close(3) of mq, which on Linux also ends the registration of kept,
 *	another descriptor of the same queue: that is made again, unless its
 *	notice had come before. A message that came to the empty queue in
 *	between gave no notice, so it gets one here: the queue has a message,
 *	and one has come or gone meanwhile. So does a queue whose registration
 *	can't be made again: rather one too many than none. But where another
 *	process is registered, and perhaps always was, nothing is lost.
 */

static int
CloseBeside(
    const OsMq *mq,
    OsMq *kept)
{
    long before = 0, messages = 0;
    Registration registration;
    bool isLost = false;
    int notices, err;

    OsMqGetDepth(kept, &before);
    HadTraffic(kept, false);
    registration = FindRegistration(kept, mq);
    notices = kept->notice->count;
    err = (mq_close(mq->mqd) == 0) ? 0 : errno;
    Drain(kept);
    if (registration != GONE && kept->notice->count == notices) {
	int again = Register(kept, kept->notice->signal);

	isLost = (again == 0) ? OsMqGetDepth(kept, &messages) != 0
		: again != EBUSY || registration == OURS;
    }
    Drain(kept);
    if (HadTraffic(kept, before == 0) && messages > 0) {
	isLost = true;
    }
    if (isLost && kept->notice->count == notices) {
	Deliver(kept);
    }
    return err;
}

/*
 * OsMqCloseNotified --
 *
 *	mq_close(3), with the end of what mq has asked for, and of nothing
 *	that another has. Returns 0 or an errno value; mq is closed whatever is
 *	returned.
 */

int
OsMqCloseNotified(
    OsMq *mq)
{
    OsMq *kept;
    int err, closeErr;

    OsLock();
    Forget(mq);
    err = FindAsked(mq, &kept);
    if (kept != NULL) {
	closeErr = CloseBeside(mq, kept);
    } else {
	closeErr = (mq_close(mq->mqd) == 0) ? 0 : errno;
    }
    OsUnlock();
    return (err != 0) ? err : closeErr;
}
