/*
 * loop.c --
 *
 *	How what happens outside reaches the event loop of a thread.
 *
 *	    the system ---> watch ---> ready handle ---> Tcl event ---> family
 *	    $h acquire -command ...  ------^
 *
 *	Each thread has one watch (unix/osWatch.c), and Tcl's notifier gets
 *	its descriptor alone. It is made with the package, early enough to be
 *	below 1024, which the notifier of Tcl 8.6 can't exceed. That notifier
 *	opens a pipe itself when it is first waited for, and ends the process
 *	where it can't: two descriptors are kept for it until then.
 *
 *	A handle to which something has happened is made ready, and so is one
 *	with a new call: that is first tried in the event loop too. It is
 *	queued once as an event, and served by its family with one callback.
 *	What becomes ready meanwhile waits until Tcl has looked at its
 *	other sources of events; and idle callbacks, for which Tcl has no time
 *	while there are events, get a turn after 10 ms without.
 */

#include "posixIpc.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/select.h>
#include <unistd.h>

#define MOST_KEPT 2

typedef struct Loop {
    int users;			/* interpreters of this thread */
    OsWatch *watch;		/* NULL where the system has refused it */
    bool isNotified;		/* the notifier has its descriptor */
    int kept[MOST_KEPT];	/* descriptors for the notifier's own use */
    int keptCount;
    IpcHandle *firstReady;	/* to be queued */
    IpcHandle *lastReady;
    IpcAsync *firstEnded;	/* calls to be queued that were not done */
    IpcAsync *lastEnded;
    IpcTimed timed;		/* calls whose deadline has not passed */
    bool isBusy;		/* Tcl has not been idle since then: */
    OsTime busySince;
} Loop;

typedef struct LoopEvent {
    Tcl_Event header;
    IpcHandle *handle;		/* to be served, or NULL */
    IpcAsync *ended;		/* to be delivered, or NULL */
} LoopEvent;

static Tcl_ThreadDataKey loopKey;
static const OsTime patience = OS_SECOND / 100;
static const OsTime longest = OS_SECOND * 86400;	/* wait without a watch */

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
 *	An idle callback of our own shows when Tcl was idle last. When that is
 *	too long ago, those that wait have their turn.
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
    } else if (now - loop->busySince > patience) {
	Tcl_DoOneEvent(TCL_IDLE_EVENTS | TCL_DONT_WAIT);
    }
}

/*
 * ForgetEvent --
 *
 *	Ends an event that will not be served.
 */

static void
ForgetEvent(
    const LoopEvent *event)
{
    if (event->handle != NULL) {
	IpcDropHandle(event->handle);
    } else {
	IpcFreeCall(event->ended);
    }
}

/*
 * ServeEvent --
 *
 *	A queued event has its turn: Tcl_QueueEvent(3). In a forked process none
 *	has: what has happened is for the parent.
 */

static int
ServeEvent(
    Tcl_Event *header,
    int flags)
{
    LoopEvent *event = (LoopEvent *) header;
    IpcHandle *handle = event->handle;

    if (!(flags & TCL_FILE_EVENTS)) {
	return 0;
    }
    if (IpcGetWatch() == NULL) {
	ForgetEvent(event);
	return 1;
    }
    if (handle != NULL) {
	int events = handle->events;

	handle->isReady = false;
	handle->events = 0;
	if (handle->isOpen && Tcl_InterpDeleted(handle->interp)) {
	    IpcFailCalls(handle, ECANCELED);
	} else if (IpcServeOverdue(handle)) {
	    IpcMakeReady(handle, events);
	} else if (handle->isOpen) {
	    handle->family->serve(handle, events);
	}
	IpcDropHandle(handle);
    } else {
	IpcEndCall(event->ended, event->ended->err, NULL);
    }
    if (flags & TCL_IDLE_EVENTS) {
	YieldToIdle(GetLoop());
    }
    return 1;
}

/*
 * QueueEvent --
 *
 *	Queues an event for a handle or for a call that has ended.
 */

static void
QueueEvent(
    IpcHandle *handle,
    IpcAsync *ended)
{
    LoopEvent *event = ckalloc(sizeof(*event));

    event->header.proc = ServeEvent;
    event->handle = handle;
    event->ended = ended;
    Tcl_QueueEvent(&event->header, TCL_QUEUE_TAIL);
}

/*
 * QueueAll --
 *
 *	Queues all that is ready.
 */

static void
QueueAll(
    Loop *loop)
{
    while (loop->firstEnded != NULL) {
	IpcAsync *ended = loop->firstEnded;

	loop->firstEnded = ended->next;
	QueueEvent(NULL, ended);
    }
    while (loop->firstReady != NULL) {
	IpcHandle *handle = loop->firstReady;

	loop->firstReady = handle->nextReady;
	QueueEvent(handle, NULL);
    }
}

/*
 * IpcMakeReady --
 *
 *	Has a handle served for events, unless it is closed: a callback can have
 *	ended its interpreter, and the loop.
 */

void
IpcMakeReady(
    IpcHandle *handle,
    int events)
{
    Loop *loop = GetLoop();

    handle->events |= events;
    if (handle->isReady || !handle->isOpen) {
	return;
    }
    handle->isReady = true;
    handle->nextReady = NULL;
    if (loop->firstReady == NULL) {
	loop->firstReady = handle;
    } else {
	loop->lastReady->nextReady = handle;
    }
    loop->lastReady = handle;
    IpcHoldHandle(handle);
}

/*
 * IpcEndLater --
 *
 *	Has the error of a call delivered that has ended without being done.
 */

void
IpcEndLater(
    IpcAsync *call)
{
    Loop *loop = GetLoop();

    call->next = NULL;
    if (loop->firstEnded == NULL) {
	loop->firstEnded = call;
    } else {
	loop->lastEnded->next = call;
    }
    loop->lastEnded = call;
}

/*
 * Enter --
 *
 *	Enters a call into a list of those with a deadline.
 */

static void
Enter(
    IpcTimed *timed,
    IpcAsync *call)
{
    IpcAsync *sooner = timed->latest;

    while (sooner != NULL && sooner->deadline > call->deadline) {
	sooner = sooner->sooner;
    }
    call->timed = timed;
    call->sooner = sooner;
    call->later = (sooner != NULL) ? sooner->later : timed->soonest;
    *((sooner != NULL) ? &sooner->later : &timed->soonest) = call;
    *((call->later != NULL) ? &call->later->sooner : &timed->latest) = call;
}

/*
 * IpcStartTimer, IpcStopTimer --
 *
 *	The deadline of a call is to be kept, and no more.
 */

void
IpcStartTimer(
    IpcAsync *call)
{
    Enter((call->deadline == OS_NOW) ? &call->handle->overdue
	    : &GetLoop()->timed, call);
}

void
IpcStopTimer(
    IpcAsync *call)
{
    IpcTimed *timed = call->timed;

    if (timed != NULL) {
	call->timed = NULL;
	*((call->sooner != NULL) ? &call->sooner->later : &timed->soonest)
		= call->later;
	*((call->later != NULL) ? &call->later->sooner : &timed->latest)
		= call->sooner;
    }
}

/*
 * TimeLeft --
 *
 *	Returns how long Tcl may wait before this loop has something to do that
 *	the watch will not tell: in nanoseconds, OS_NEVER for any time. Tcl waits
 *	by a clock that can be set, so it is the watch that wakes it for a
 *	deadline, if that can.
 */

static OsTime
TimeLeft(
    const Loop *loop)
{
    const IpcAsync *soonest = loop->timed.soonest;
    OsTime left;

    if (loop->firstReady != NULL || loop->firstEnded != NULL) {
	return 0;
    }
    if (soonest == NULL || !OsWatchIsOurs(loop->watch)
	    || OsWatchWakeAt(loop->watch, soonest->deadline) == 0) {
	return OS_NEVER;
    }
    left = soonest->deadline - OsClock();
    return (left > 0) ? left : 0;
}

/*
 * TimeOut --
 *
 *	Makes ready the handles of calls whose deadline has passed.
 */

static void
TimeOut(
    const Loop *loop)
{
    OsTime now = (loop->timed.soonest != NULL) ? OsClock() : 0;

    while (loop->timed.soonest != NULL
	    && loop->timed.soonest->deadline <= now) {
	IpcAsync *call = loop->timed.soonest;

	IpcStopTimer(call);
	Enter(&call->handle->overdue, call);
	IpcMakeReady(call->handle, 0);
    }
}

/*
 * WatchReadable --
 *
 *	The watch has something to tell: Tcl_CreateFileHandler(3). A process
 *	may have been forked between that and this.
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
	IpcMakeReady(events[i].data, events[i].events);
    }
    QueueAll(loop);
}

/*
 * StopNotifier --
 *
 *	Takes the watch's descriptor from the notifier: the loop ends, or the
 *	process was forked, and what the watch tells is for its parent.
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
 * KeepDescriptors, LetGo --
 *
 *	Take descriptors that the notifier can have later, and give them back.
 *	KeepDescriptors returns false where there are none below FD_SETSIZE.
 */

static bool
KeepDescriptors(
    Loop *loop)
{
    while (loop->keptCount < MOST_KEPT) {
	int fd = fcntl(OsWatchDescriptor(loop->watch), F_DUPFD_CLOEXEC, 0);

	if (fd < 0) {
	    return false;
	}
	loop->kept[loop->keptCount++] = fd;
	if (fd >= FD_SETSIZE) {
	    return false;
	}
    }
    return OsWatchDescriptor(loop->watch) < FD_SETSIZE;
}

static void
LetGo(
    Loop *loop)
{
    while (loop->keptCount > 0) {
	close(loop->kept[--loop->keptCount]);
    }
}

/*
 * SetUpLoop, CheckLoop --
 *
 *	What the watch does not tell: Tcl_CreateEventSource(3). The notifier is
 *	waited for next. Where it looks at no files, no event can be served, so
 *	nothing need wake it.
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
    LetGo(loop);
}

static void
CheckLoop(
    ClientData clientData,
    int flags)
{
    (void) flags;
    TimeOut(clientData);
    QueueAll(clientData);
}

/*
 * IpcOpenLoop --
 *
 *	An interpreter of this thread has the package. Without a watch the
 *	package works all the same, but for what needs one.
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
    } else if (!KeepDescriptors(loop)) {
	LetGo(loop);
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
 *	Ends an event that will not be served: Tcl_DeleteEvents(3). Only those
 *	of an interpreter, unless that is NULL.
 */

static int
DropEvent(
    Tcl_Event *header,
    ClientData clientData)
{
    LoopEvent *event = (LoopEvent *) header;
    Tcl_Interp *interp = clientData;

    if (header->proc != ServeEvent || (interp != NULL && interp
	    != (event->handle != NULL ? event->handle : event->ended->handle)
		    ->interp)) {
	return 0;
    }
    ForgetEvent(event);
    return 1;
}

/*
 * IpcDropEvents --
 *
 *	An interpreter is deleted: ends all its events, or those of all of
 *	them where it is NULL.
 */

void
IpcDropEvents(
    Tcl_Interp *interp)
{
    QueueAll(GetLoop());
    Tcl_DeleteEvents(DropEvent, interp);
}

/*
 * IpcCloseLoop --
 *
 *	An interpreter of this thread has the package no more. With the last
 *	one, nobody is left to be told of anything.
 */

void
IpcCloseLoop(void)
{
    Loop *loop = GetLoop();

    if (--loop->users > 0) {
	return;
    }
    IpcDropEvents(NULL);
    Tcl_CancelIdleCall(BecomeIdle, loop);
    Tcl_DeleteEventSource(SetUpLoop, CheckLoop, loop);
    StopNotifier(loop);
    LetGo(loop);
    if (loop->watch != NULL) {
	OsWatchClose(loop->watch);
    }
    *loop = (Loop) { .users = 0 };
}

/*
 * IpcGetWatch --
 *
 *	Returns the watch of this thread; NULL, where the system has refused
 *	it, or it is that of a parent process.
 */

OsWatch *
IpcGetWatch(void)
{
    OsWatch *watch = GetLoop()->watch;

    return OsWatchIsOurs(watch) ? watch : NULL;
}

/*
 * IpcEvaluate --
 *
 *	Evaluates a callback at global level. An error goes to interp bgerror,
 *	with what it was in its errorInfo. The callback may do anything, so the
 *	handle is held. Returns the code of the script.
 */

int
IpcEvaluate(
    IpcHandle *handle,
    Tcl_Interp *interp,
    Tcl_Obj *script,
    const char *what)
{
    int code = TCL_ERROR;

    Tcl_IncrRefCount(script);
    IpcHoldHandle(handle);
    Tcl_Preserve(interp);
    if (!Tcl_InterpDeleted(interp)) {
	code = Tcl_EvalObjEx(interp, script, TCL_EVAL_GLOBAL);

	if (code != TCL_OK && !Tcl_InterpDeleted(interp)) {
	    Tcl_AppendObjToErrorInfo(interp, Tcl_ObjPrintf(
		    "\n    (%s of %s \"%s\")", what, handle->family->noun,
		    Tcl_GetString(handle->name)));
	    Tcl_BackgroundException(interp, code);
	}
    }
    Tcl_Release(interp);
    IpcDropHandle(handle);
    Tcl_DecrRefCount(script);
    return code;
}
