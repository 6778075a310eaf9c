/*
 * posixIpc.h --
 *
 *	What the files of generic/ share. A call flows one way through them:
 *	the words of a Tcl command are read by args.c into a request, the
 *	family's file (sem.c, shm.c, mq.c) makes one call of unix/os.h with
 *	it, if need be waiting in wait.c, and error.c turns the errno value
 *	that came back into a result.
 */

#ifndef POSIX_IPC_H
#define POSIX_IPC_H

#include "os.h"

#include <limits.h>
#include <stdatomic.h>
#include <stddef.h>
#include <tcl.h>

#ifndef TCL_SIZE_MAX
typedef int Tcl_Size;
#   define TCL_SIZE_MAX INT_MAX
#endif

typedef struct IpcHandle IpcHandle;
typedef struct IpcFamily IpcFamily;
typedef struct IpcPackage IpcPackage;
typedef struct IpcAsync IpcAsync;
typedef struct IpcAwait IpcAwait;

/*
 * Calls with a deadline, the soonest first; of equals the oldest.
 */

typedef struct IpcTimed {
    IpcAsync *soonest;
    IpcAsync *latest;
} IpcTimed;

/*
 * A call that a script has made: its words, and what its errors name.
 */

typedef struct IpcCall {
    Tcl_Interp *interp;
    IpcPackage *package;	/* where words of tables are looked up */
    Tcl_Size objc;
    Tcl_Obj *const *objv;
    Tcl_Size prefix;		/* words before the ones in usage */
    const char *usage;		/* as Tcl_WrongNumArgs takes it */
    const char *verb;		/* as in "couldn't open" */
    const IpcFamily *family;
    Tcl_Obj *name;		/* of the object, as the script gave it */
    IpcAwait *await;		/* the coroutine that waits for the call, or
				 * NULL */
} IpcCall;

/*
 * A subcommand of the ensembles of all families: posixIpc.c. The call has no
 * name yet: where a word gives one, the subcommand stores it there.
 */

typedef int IpcSubcommandProc(IpcCall *call);

/*
 * error.c --
 *
 *	Each returns TCL_ERROR, with result and errorCode set. reason is a new
 *	object, most often of Tcl_ObjPrintf, or NULL.
 */

int	IpcFail(const IpcCall *call, int err, Tcl_Obj *reason);
int	IpcFailLimit(const IpcCall *call, int err, const OsMqLimits *limits);
int	IpcFailUsage(const IpcCall *call);
int	IpcFailNoWatch(const IpcCall *call);

/*
 * IpcHasWords --
 *
 *	Returns whether a call has as many words, after those in prefix, as its
 *	row in a table says.
 */

static inline bool
IpcHasWords(
    const IpcCall *call,
    int least,
    int most)			/* -1: no limit */
{
    Tcl_Size words = call->objc - call->prefix;

    return words >= least && (most < 0 || words <= most);
}

/*
 * The types of Tcl's values that are told apart by address: their names take
 * longer to compare.
 */

enum { IPC_INTEGER, IPC_DOUBLE, IPC_BYTES, IPC_TYPES };

extern _Atomic(const Tcl_ObjType *) ipcTypes[IPC_TYPES];

void	IpcInitTypes(void);

static inline bool
IpcHasType(
    const Tcl_Obj *value,
    int type)			/* IPC_INTEGER ... */
{
    return value->typePtr
	    == atomic_load_explicit(&ipcTypes[type], memory_order_relaxed);
}

/*
 * args.c --
 *
 *	A reader takes one kind of argument. It returns TCL_OK with the value
 *	stored in where, or TCL_ERROR. what names the argument in messages.
 *	A table of options tells which reader stores which option in
 *	which field of a record.
 */

typedef int IpcReader(const IpcCall *call, const char *what, Tcl_Obj *value,
	    void *where);

typedef struct IpcOption {
    const char *name;		/* NULL ends a table */
    IpcReader *reader;
    size_t offset;		/* of the field in the record */
} IpcOption;

int	IpcReadOptions(const IpcCall *call, Tcl_Size first,
	    const IpcOption *options, void *record);
int	IpcGetInteger(const IpcCall *call, Tcl_Obj *value, int64_t *where);
int	IpcReadInteger(const IpcCall *call, const char *what, Tcl_Obj *value,
	    int64_t least, int64_t most, int64_t *where);

IpcReader IpcReadFlags;		/* int: OS_CREAT ... */
IpcReader IpcReadMode;		/* int64_t */
IpcReader IpcReadTimeout;	/* OsTime, from now */
IpcReader IpcReadSemValue;	/* int64_t */
IpcReader IpcReadCount;		/* int64_t, at least 1 */
IpcReader IpcReadSize;		/* int64_t, at least 0 */
IpcReader IpcReadPriority;	/* int64_t */
IpcReader IpcReadBoolean;	/* int */
IpcReader IpcReadEncoding;	/* Tcl_Obj *: the name of one that exists */
IpcReader IpcReadPrefix;	/* Tcl_Obj *: a command prefix, not empty */
IpcReader IpcReadSignal;	/* int: the number of a signal */
IpcReader IpcReadWord;		/* Tcl_Obj *: anything */

/*
 * bytes.c --
 *
 *	Where a function takes a call, it returns TCL_ERROR or NULL with the call
 *	failed.
 */

const unsigned char *IpcGetBytes(const IpcCall *call, Tcl_Obj *value,
	    Tcl_Size *lengthPtr);
Tcl_Obj *IpcNewBytes(const IpcCall *call, int64_t length,
	    unsigned char **bytesPtr);
bool	IpcCanEncode(Tcl_Obj *value, Tcl_Encoding encoding,
	    Tcl_DString *bytes);
int	IpcEncode(const IpcCall *call, const char *what, Tcl_Obj *value,
	    Tcl_Encoding encoding, Tcl_DString *bytes);
bool	IpcIsPlain(const char *text);
int	IpcEncodeName(const IpcCall *call, Tcl_DString *name);

/*
 * wait.c --
 *
 *	An attempt is a call that may wait for a time: 0, ETIMEDOUT,
 *	EAGAIN, EINTR, or another errno value.
 */

typedef int IpcAttempt(IpcHandle *handle, void *request, OsTime timeout);

int	IpcServeTcl(const IpcCall *call, bool *hadSignalPtr);
int	IpcWait(const IpcCall *call, IpcHandle *handle, OsTime timeout,
	    IpcAttempt *attempt, void *request);

/*
 * handle.c --
 *
 *	What the handles of all families share.
 */

struct IpcHandle {
    const IpcFamily *family;
    IpcPackage *package;
    Tcl_Interp *interp;
    Tcl_Command token;
    Tcl_Obj *name;
    IpcAsync *firstCall;	/* that is not done yet, in their order */
    IpcAsync *lastCall;
    int calls;			/* in that list */
    IpcTimed overdue;		/* of those, past their deadline */
    int events;			/* OS_READABLE ...: that have happened */
    bool isReady;		/* is in the list of those to be served */
    IpcHandle *nextReady;
    int refCount;		/* the command's, and that of each use in
				 * which scripts may run */
    bool isOpen;
    IpcHandle *previous;	/* in the list of its interpreter */
    IpcHandle *next;
};

typedef int IpcMethodProc(IpcHandle *handle, const IpcCall *call);

typedef struct IpcMethod {
    const char *name;		/* NULL ends a table */
    IpcMethodProc *proc;
    const char *verb;
    int least;			/* words after the method's name */
    int most;			/* -1: no limit */
    const char *usage;
    int flags;			/* IPC_WHEN_CLOSED ... */
} IpcMethod;

#define IPC_WHEN_CLOSED	1	/* works on a closed handle too */
#define IPC_CAN_AWAIT	2	/* takes -command */

/*
 * An attribute's get returns 0 and a new object, or an errno value. Its set,
 * NULL for one that can't be set, checks value, and stores it when commit is
 * true; it returns TCL_OK or TCL_ERROR.
 */

typedef struct IpcAttribute {
    const char *name;		/* NULL ends a table */
    int (*get)(IpcHandle *handle, Tcl_Obj **valuePtr);
    int (*set)(IpcHandle *handle, const IpcCall *call, Tcl_Obj *value,
	    bool commit);
    bool whenClosed;
} IpcAttribute;

typedef struct IpcOpenOptions {
    int flags;			/* OS_CREAT ... */
    int64_t mode;
    int64_t value;
    int64_t size;		/* bytes */
    int64_t maxMessages;	/* 0: the system's default */
    int64_t maxMessageSize;	/* bytes; 0: the system's default */
    int readonly;
    int read;
    int write;
    int blocking;
    Tcl_Obj *encoding;
    Tcl_Obj *command;		/* NULL: a name of our own */
} IpcOpenOptions;

struct IpcFamily {
    OsFamily id;
    const char *noun;		/* in messages */
    const char *prefix;		/* of the handles' names, and the ensemble */
    size_t handleSize;		/* bytes, of the structure that begins with
				 * an IpcHandle */
    const char *openUsage;
    const IpcOption *openOptions;
    const IpcMethod *methods;
    const IpcAttribute *attributes;
    int (*check)(const IpcCall *call, const IpcOpenOptions *options);
				/* TCL_OK, or TCL_ERROR for options that
				 * exclude each other; may be NULL */
    int (*open)(IpcHandle *handle, const char *name,
	    const IpcOpenOptions *options);	/* errno value */
    int (*fail)(const IpcCall *call, int err, const IpcOpenOptions *options);
				/* TCL_ERROR; NULL: IpcFailLimit */
    int (*close)(IpcHandle *handle);	/* errno value; closed anyhow */
    int (*unlink)(const char *name);	/* errno value */
    int (*watch)(IpcHandle *handle);	/* errno value; sees to it that what
				 * the calls wait for wakes the loop */
    void (*serve)(IpcHandle *handle, int events);
				/* called by the loop; runs one callback */
};

extern const IpcFamily ipcSem, ipcShm, ipcMq;

IpcSubcommandProc IpcOpen, IpcUnlink;

IpcMethodProc IpcCloseMethod, IpcUnlinkMethod, IpcDestroyMethod;
IpcMethodProc IpcCgetMethod, IpcConfigureMethod, IpcCancelMethod;

#define IPC_COMMON_METHODS \
    { "close",	IpcCloseMethod,	"close",   0, 0, NULL, 0 }, \
    { "unlink",	IpcUnlinkMethod, "unlink",  0, 0, NULL, IPC_WHEN_CLOSED }, \
    { "destroy", IpcDestroyMethod, "destroy", 0, 0, NULL, IPC_WHEN_CLOSED }, \
    { "cget",	IpcCgetMethod,	"query",   1, 1, "-option", \
	    IPC_WHEN_CLOSED }, \
    { "configure", IpcConfigureMethod, "configure", 0, -1, \
	    "?-option ?value -option value ...??", 0 }, \
    { NULL, NULL, NULL, 0, 0, NULL, 0 }

#define IPC_COMMON_OPTIONS \
    { "-flags",	IpcReadFlags,	offsetof(IpcOpenOptions, flags) }, \
    { "-mode",	IpcReadMode,	offsetof(IpcOpenOptions, mode) }, \
    { "-as",	IpcReadWord,	offsetof(IpcOpenOptions, command) }

int	IpcInvoke(IpcHandle *handle, Tcl_Interp *interp, Tcl_Size objc,
	    Tcl_Obj *const objv[], IpcAwait *await);
IpcHandle *IpcFindHandle(Tcl_Interp *interp, Tcl_Obj *command);
int	IpcGetName(IpcHandle *handle, Tcl_Obj **valuePtr);
bool	IpcIsUsable(const IpcHandle *handle);
int	IpcCloseHandle(IpcHandle *handle);
void	IpcHoldHandle(IpcHandle *handle);
void	IpcDropHandle(IpcHandle *handle);

/*
 * loop.c --
 *
 *	How what happens outside reaches the event loop of a thread.
 */

void	IpcOpenLoop(void);
void	IpcCloseLoop(void);
void	IpcDropEvents(Tcl_Interp *interp);
OsWatch *IpcGetWatch(void);
void	IpcMakeReady(IpcHandle *handle, int events);
void	IpcEndLater(IpcAsync *call);
void	IpcStartTimer(IpcAsync *call);
void	IpcStopTimer(IpcAsync *call);
int	IpcEvaluate(IpcHandle *handle, Tcl_Interp *interp, Tcl_Obj *script,
	    const char *what);

/*
 * async.c --
 *
 *	Calls that are made now and done later. An attempt makes the call
 *	without waiting: 0 and its result, if it has one; EAGAIN or ETIMEDOUT
 *	to be tried again; or another errno value.
 */

typedef int IpcAsyncAttempt(IpcHandle *handle, const IpcAsync *call,
	    Tcl_Obj **resultPtr);

typedef struct IpcAsyncSpec {
    IpcAsyncAttempt *attempt;
    int event;			/* OS_READABLE ...: what it waits for; calls
				 * that wait for the same are done in order */
    OsTime timeout;		/* 0: it may not wait */
    Tcl_Obj *prefix;		/* of the callback; NULL for await */
    const void *bytes;		/* to be sent, or NULL */
    size_t length;
    unsigned priority;
} IpcAsyncSpec;

struct IpcAsync {
    IpcHandle *handle;
    Tcl_Interp *interp;
    unsigned number;		/* in its token */
    const char *verb;
    IpcAsyncAttempt *attempt;
    int event;
    OsTime deadline;		/* OS_NOW: it may not wait */
    IpcTimed *timed;		/* the list of the loop, that of the handle
				 * once the deadline has passed, or NULL */
    IpcAsync *sooner;		/* in that list */
    IpcAsync *later;
    Tcl_Obj *prefix;
    IpcAwait *await;
    Tcl_DString message;
    unsigned priority;
    int err;			/* that has ended it */
    bool isPending;		/* has not ended */
    IpcAsync *previous;		/* in the list of its handle */
    IpcAsync *next;		/* there, or in the list of those that ended */
};

int	IpcStart(const IpcCall *call, IpcHandle *handle,
	    const IpcAsyncSpec *spec);
bool	IpcServeCall(IpcHandle *handle, int event);
bool	IpcServeOverdue(IpcHandle *handle);
IpcAsync *IpcFirstCall(const IpcHandle *handle, int event);
void	IpcFailCalls(IpcHandle *handle, int err);
void	IpcEndCall(IpcAsync *call, int err, Tcl_Obj *result);
void	IpcFreeCall(IpcAsync *call);
Tcl_ObjCmdProc IpcAwaitCmd, IpcAwaitNRCmd;

/*
 * catalog.c --
 *
 *	What is in the system, and what is open in this interpreter.
 */

IpcSubcommandProc IpcList, IpcInfo, IpcHolders;
Tcl_ObjCmdProc IpcHandlesCmd;

/*
 * posixIpc.c --
 *
 *	What one interpreter has of this package.
 */

#define IPC_FAMILIES 3
#define IPC_WORDS 64
#define IPC_KEYS 15

typedef struct IpcWord {
    Tcl_Obj *value;		/* or NULL */
    const void *table;
    int index;			/* of the row that it names there */
} IpcWord;

typedef struct IpcNameCache {
    unsigned long id;		/* of a user or a group */
    Tcl_Obj *name;		/* or NULL */
} IpcNameCache;

struct IpcPackage {
    IpcHandle *handles;
    unsigned used[IPC_FAMILIES];	/* numbers in the names of handles */
    unsigned calls;		/* numbers in tokens */
    bool usesLoop;
    IpcWord words[IPC_WORDS];	/* of tables, the last ones: IpcGetIndex */
    IpcNameCache owner;		/* catalog.c: the last ones */
    IpcNameCache group;
    Tcl_Obj *keys[IPC_KEYS];	/* catalog.c: of what info tells, or NULL */
};

IpcPackage *IpcGetPackage(Tcl_Interp *interp);

/*
 * IpcGetIndex --
 *
 *	Tcl_GetIndexFromObjStruct for words that must be written out. A
 *	script uses the same values as words again and again, and one that is
 *	held can't change, so its address tells its row.
 *
 *	Returns TCL_OK, or TCL_ERROR with Tcl's message for what.
 */

int	IpcLearnWord(IpcWord *place, Tcl_Interp *interp, Tcl_Obj *word,
	    const void *table, size_t rowSize, const char *what);

static inline int
IpcGetIndex(
    IpcPackage *package,
    Tcl_Interp *interp,
    Tcl_Obj *word,
    const void *table,
    size_t rowSize,		/* bytes */
    const char *what,
    int *indexPtr)
{
    IpcWord *place = &package->words[((uintptr_t) word >> 4) % IPC_WORDS];

    if ((place->value != word || place->table != table)
	    && IpcLearnWord(place, interp, word, table, rowSize, what)
		    != TCL_OK) {
	return TCL_ERROR;
    }
    *indexPtr = place->index;
    return TCL_OK;
}

#endif /* POSIX_IPC_H */
