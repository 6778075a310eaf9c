/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loop.c --
 *
 *	Delivers events from outside to the event loop of a thread.
 *
 *	    the system --> watch --> ready item --> Tcl event --> serve
 *	    a new call  ----------------^
 *
 *	Each thread has one watch (unix/osWatch.c), whose descriptor is the only
 *	one that Tcl's notifier gets. The watch is opened with the package,
 *	early enough for the descriptor to be below 1024: with a higher one, the
 *	notifier of Tcl 8.6 corrupts memory. That notifier opens a pipe when it
 *	first waits, and ends the process if it cannot, so descriptors are
 *	reserved for it until then.
 *
 *	An item to which something has happened is made ready, and queued once
 *	as a Tcl event. Serving it runs one callback. If the item becomes ready
 *	again meanwhile, it waits until Tcl has checked its other event sources.
 *	Tcl runs idle callbacks only when no events are left, so they get a turn
 *	after 10 ms without one.
 */

#include "loop.h"

typedef struct Loop {
    int users;			/* interpreters of this thread */
    OsWatch *watch;		/* NULL if the system has refused it */
    bool isNotified;		/* the notifier has its descriptor */
    IpcItem *firstReady;	/* items to be queued */
    IpcItem *lastReady;
    OsTime alarm;
    void (*ring)(void);		/* NULL: no alarm was ever set */
    bool isBusy;		/* Tcl has not been idle since then: */
    OsTime busySince;
} Loop;

typedef struct ItemEvent {
    Tcl_Event header;
    IpcItem *item;
} ItemEvent;

static Tcl_ThreadDataKey loopKey;
static const OsTime idleDelay = OS_SECOND / 100;
static const OsTime longest = OS_SECOND * 86400;	/* without a watch */

/*
 * GetLoop --
 *
 *	Returns the loop of this thread, all zeros at first.
 */

static Loop *
GetLoop(void)
{
    return Tcl_GetThreadData(&loopKey, sizeof(Loop));
}

/*
 * BecomeIdle, YieldToIdle --
 *
 *	An idle callback of our own records when Tcl was last idle. If that was
 *	too long ago, YieldToIdle runs the waiting idle callbacks.
 */

static void
BecomeIdle(
    ClientData clientData)
{
    ((Loop *) clientData)->isBusy = false;
}

static void
YieldToIdle(
    Loop *loop)
{
    OsTime now = OsClock();

    if (!loop->isBusy) {
	loop->isBusy = true;
	loop->busySince = now;
	Tcl_DoWhenIdle(BecomeIdle, loop);
    } else if (now - loop->busySince > idleDelay) {
	Tcl_DoOneEvent(TCL_IDLE_EVENTS | TCL_DONT_WAIT);
    }
}

/*
 * ServeEvent --
 *
 *	Serves a queued event: Tcl_QueueEvent(3). In a child process that was
 *	forked after the watch was opened, no item is served: the events belong
 *	to the parent.
 */

static int
ServeEvent(
    Tcl_Event *header,
    int flags)
{
    IpcItem *item = ((ItemEvent *) header)->item;
    int events = item->events;

    if (!(flags & TCL_FILE_EVENTS)) {
	return 0;
    }
    if (IpcGetWatch() != NULL) {
	item->isReady = false;
	item->events = 0;
	item->type->serve(item, events);
	item->type->drop(item);
	if (flags & TCL_IDLE_EVENTS) {
	    YieldToIdle(GetLoop());
	}
    } else {
	item->type->drop(item);
    }
    return 1;
}

/*
 * QueueAll --
 *
 *	Queues all items that are ready.
 */

static void
QueueAll(
    Loop *loop)
{
    while (loop->firstReady != NULL) {
	ItemEvent *event = ckalloc(sizeof(*event));

	event->header.proc = ServeEvent;
	event->item = loop->firstReady;
	loop->firstReady = event->item->next;
	Tcl_QueueEvent(&event->header, TCL_QUEUE_TAIL);
    }
}

/*
 * IpcQueueItem --
 *
 *	Queues an item to be served for events.
 */

void
IpcQueueItem(
    IpcItem *item,
    int events)
{
    Loop *loop = GetLoop();

    item->events |= events;
    if (item->isReady) {
	return;
    }
    item->isReady = true;
    item->next = NULL;
    if (loop->firstReady == NULL) {
	loop->firstReady = item;
    } else {
	loop->lastReady->next = item;
    }
    loop->lastReady = item;
    if (item->type->hold != NULL) {
	item->type->hold(item);
    }
}

/*
 * IpcSetAlarm --
 *
 *	Sets the alarm: proc is called soon after a moment of OsClock. This
 *	replaces the alarm that was set before.
 */

void
IpcSetAlarm(
    OsTime moment,
    void (*proc)(void))
{
    Loop *loop = GetLoop();

    loop->alarm = moment;
    loop->ring = proc;
}

/*
 * TimeLeft --
 *
 *	Returns how long Tcl may wait before this loop has something to do that
 *	the watch will not report: in nanoseconds, OS_NEVER for any time. Tcl
 *	waits by a clock that can be set, so the watch wakes it for the alarm,
 *	if it can.
 */

static OsTime
TimeLeft(
    const Loop *loop)
{
    OsTime left;

    if (loop->firstReady != NULL) {
	return 0;
    }
    if (loop->ring == NULL || loop->alarm == OS_NEVER
	    || !OsWatchIsOurs(loop->watch)
	    || OsWatchWakeAt(loop->watch, loop->alarm) == 0) {
	return OS_NEVER;
    }
    left = loop->alarm - OsClock();
    return (left > 0) ? left : 0;
}

/*
 * WatchReadable --
 *
 *	Called when the watch has something to report: Tcl_CreateFileHandler(3).
 *	The process may have forked since the handler was created.
 */

static void
WatchReadable(
    ClientData clientData,
    int mask)
{
    Loop *loop = clientData;
    OsWatchEvent events[64];
    size_t count = !OsWatchIsOurs(loop->watch) ? 0
	    : OsWatchNext(loop->watch, events,
		    sizeof(events) / sizeof(*events));

    (void) mask;
    for (size_t i = 0; i < count; i++) {
	IpcQueueItem(events[i].data, events[i].events);
    }
    QueueAll(loop);
}

/*
 * StopNotifier --
 *
 *	Takes the watch's descriptor from the notifier, because the loop ends,
 *	or because this is a child process and the watch reports events of its
 *	parent.
 */

static void
StopNotifier(
    Loop *loop)
{
    if (loop->isNotified) {
	loop->isNotified = false;
	Tcl_DeleteFileHandler(OsWatchDescriptor(loop->watch));
    }
}

/*
 * SetUpLoop, CheckLoop --
 *
 *	The event source for what the watch does not report:
 *	Tcl_CreateEventSource(3). Tcl calls SetUpLoop before it waits. If Tcl is
 *	not going to serve file events, no item can be served, so nothing need
 *	wake it.
 */

static void
SetUpLoop(
    ClientData clientData,
    int flags)
{
    Loop *loop = clientData;
    OsTime left = OS_NEVER;

    if (flags & TCL_FILE_EVENTS) {
	left = TimeLeft(loop);
    } else if (OsWatchIsOurs(loop->watch)) {
	OsWatchWakeAt(loop->watch, OS_NEVER);
    }
    if (left != OS_NEVER) {
	const OsTime microsecond = OS_SECOND / 1000000;
	OsTime rounded = ((left < longest) ? left : longest) + microsecond - 1;
	Tcl_Time most = {
	    .sec = (long) (rounded / OS_SECOND),
	    .usec = (long) (rounded % OS_SECOND / microsecond)
	};

	Tcl_SetMaxBlockTime(&most);
    }
    if (OsWatchIsOurs(loop->watch)) {
	OsWatchResume(loop->watch);
    } else {
	StopNotifier(loop);
    }
    if (loop->watch != NULL) {
	OsWatchRelease(loop->watch);
    }
}

static void
CheckLoop(
    ClientData clientData,
    int flags)
{
    Loop *loop = clientData;

    (void) flags;
    if (loop->ring != NULL && loop->alarm != OS_NEVER
	    && loop->alarm <= OsClock()) {
	loop->ring();
    }
    QueueAll(loop);
}

/*
 * IpcOpenLoop --
 *
 *	Called when an interpreter of this thread loads the package. Without a
 *	watch, everything works except what needs the event loop.
 */

void
IpcOpenLoop(void)
{
    Loop *loop = GetLoop();

    if (loop->users++ > 0) {
	return;
    }
    if (OsWatchOpen(&loop->watch) != 0) {
	loop->watch = NULL;
    } else if (!OsWatchReserve(loop->watch)) {
	OsWatchClose(loop->watch);
	loop->watch = NULL;
    } else {
	Tcl_CreateFileHandler(OsWatchDescriptor(loop->watch), TCL_READABLE,
		WatchReadable, loop);
	loop->isNotified = true;
    }
    Tcl_CreateEventSource(SetUpLoop, CheckLoop, loop);
}

/*
 * DropEvent --
 *
 *	Drops an event that will not be served: Tcl_DeleteEvents(3). If interp
 *	is not NULL, drops only events of that interpreter.
 */

static int
DropEvent(
    Tcl_Event *header,
    ClientData clientData)
{
    IpcItem *item;

    if (header->proc != ServeEvent) {
	return 0;
    }
    item = ((ItemEvent *) header)->item;
    if (clientData != NULL && clientData != item->interp) {
	return 0;
    }
    item->type->drop(item);
    return 1;
}

/*
 * IpcDropItems --
 *
 *	Drops all items of an interpreter that is being deleted, or those of
 *	all interpreters if interp is NULL.
 */

void
IpcDropItems(
    Tcl_Interp *interp)
{
    QueueAll(GetLoop());
    Tcl_DeleteEvents(DropEvent, interp);
}

/*
 * IpcCloseLoop --
 *
 *	Called when an interpreter of this thread is deleted, or the thread
 *	exits. The last interpreter ends the loop.
 */

void
IpcCloseLoop(void)
{
    Loop *loop = GetLoop();

    if (--loop->users > 0) {
	return;
    }
    IpcDropItems(NULL);
    Tcl_CancelIdleCall(BecomeIdle, loop);
    Tcl_DeleteEventSource(SetUpLoop, CheckLoop, loop);
    StopNotifier(loop);
    if (loop->watch != NULL) {
	OsWatchClose(loop->watch);
    }
    *loop = (Loop) { .users = 0 };
}

/*
 * IpcGetWatch --
 *
 *	Returns the watch of this thread, or NULL if the system has refused to
 *	open one or the watch belongs to the parent process.
 */

OsWatch *
IpcGetWatch(void)
{
    OsWatch *watch = GetLoop()->watch;

    return OsWatchIsOurs(watch) ? watch : NULL;
}
