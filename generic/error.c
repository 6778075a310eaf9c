/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * error.c --
 *
 *	Turns an errno value into an errorCode and a message. Every failure
 *	goes through here. A failure that no system call reported uses the
 *	errno value that describes it best.
 */

#include "error.h"
#include "family.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/*
 * An errno value that is not in the table becomes POSIXIPC ERROR and the name
 * of the value. words, if not NULL, replaces Tcl_ErrnoMsg where its text would
 * mislead.
 */

static const struct {
    int err;
    const char *class;
    const char *detail;		/* third element of the errorCode, or NULL */
    const char *words;
} errors[] = {
    { EAGAIN,	"BUSY",		NULL,		NULL },
    { EBUSY,	"BUSY",		NULL,		"already registered" },
    { ETIMEDOUT, "BUSY",	NULL,		"timed out" },
    { EINPROGRESS, "BUSY",	NULL,		"timed out" },
    { EDEADLK,	"DEADLOCK",	NULL,		"the handle already holds it" },
    { EOWNERDEAD, "OWNERDIED",	NULL,		"it is abandoned" },
    { EBADMSG,	"CORRUPT",	NULL,		"its memory is corrupt" },
    { EINTR,	"SIGNAL",	NULL,		NULL },
    { EACCES,	"PERMISSIONS",	NULL,		NULL },
    { EPERM,	"PERMISSIONS",	NULL,		NULL },
    { ENOENT,	"EXISTENTIAL",	"ENOENT",	NULL },
    { EEXIST,	"EXISTENTIAL",	"EEXIST",	NULL },
    { ESTALE,	"EXISTENTIAL",	"REPLACED",
	    "the name now belongs to another object" },
    { EBADF,	"EXISTENTIAL",	"CLOSED",	"the handle is closed" },
    { EINVAL,	"VALUE",	NULL,		NULL },
    { ENAMETOOLONG, "VALUE",	NULL,		NULL },
    { EPROTOTYPE, "VALUE",	NULL,		"the name belongs to an object of"
	" another family: this C library keeps semaphores and segments under"
	" the same names" },
    { EMSGSIZE,	"VALUE",	NULL,		NULL },
    { EFBIG,	"VALUE",	NULL,		NULL },
    { EOVERFLOW, "VALUE",	NULL,		"value too large" },
    { EILSEQ,	"VALUE",	NULL,		NULL },
    { ERANGE,	"RANGE",	NULL,		"outside the segment" },
    { ECANCELED, "CANCELED",	NULL,		NULL },
    { EPFNOSUPPORT, "UNSUPPORTED", NULL,
	    "the directory /dev/shm, where the system keeps such objects, is"
	    " missing or read-only; \"mkdir -p /dev/shm; mount -t tmpfs -o"
	    " mode=1777 tmpfs /dev/shm\" creates it" },
    { ENOSYS,	"UNSUPPORTED",	NULL,
	    "not supported on this platform" },
    { ENOTSUP,	"UNSUPPORTED",	NULL,		"not supported" }
};

/*
 * The system limits that a call can reach.
 */

static const struct {
    OsFact fact;
    const char *before;		/* the current value */
    const char *after;
} limitTexts[] = {
    { OS_MQ_MESSAGES_MAX, "a queue holds at most ",
	" messages; \"sysctl fs.mqueue.msg_max=N\" raises this limit" },
    { OS_MQ_SIZE_MAX, "a message holds at most ",
	" bytes; \"sysctl fs.mqueue.msgsize_max=N\" raises this limit" },
    { OS_MQ_QUEUES_MAX, "the system holds at most ",
	" queues; \"sysctl fs.mqueue.queues_max=N\" raises this limit" },
    { OS_MQ_BYTES_MAX, "all queues of one user share at most ",
	" bytes; \"ulimit -q N\" raises this limit" },
    { OS_FILES_MAX, "this process may open at most ",
	" files; \"ulimit -n N\" raises this limit" },
    { OS_FILE_BYTES_MAX, "this process may write files of at most ",
	" bytes; \"ulimit -f N\" raises this limit" },
    { OS_SHM_BYTES_MAX, "/dev/shm has room for at most ",
	" bytes; \"mount -o remount,size=N /dev/shm\" raises this limit" },
    { OS_SHM_FILES_MAX, "/dev/shm has room for at most ",
	" files; \"mount -o remount,nr_inodes=N /dev/shm\" raises this limit" }
};

/*
 * SetErrorCode --
 *
 *	Sets the errorCode for err. Returns the words for it.
 */

static const char *
SetErrorCode(
    Tcl_Interp *interp,
    int err)
{
    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
	if (errors[i].err == err) {
	    Tcl_SetErrorCode(interp, "POSIXIPC", errors[i].class,
		    errors[i].detail, (char *) NULL);
	    return (errors[i].words != NULL) ? errors[i].words
		    : Tcl_ErrnoMsg(err);
	}
    }
    Tcl_SetErrno(err);
    Tcl_SetErrorCode(interp, "POSIXIPC", "ERROR", Tcl_ErrnoId(),
	    (char *) NULL);
    return Tcl_ErrnoMsg(err);
}

/*
 * DescribeOwner --
 *
 *	Describes the owner and the mode of the call's object, for a call that
 *	the system has refused. Returns NULL if they cannot be read.
 */

static Tcl_Obj *
DescribeOwner(
    const IpcCall *call)
{
    const OsFamily *family = call->family->os;
    Tcl_Obj *description = NULL;
    Tcl_DString name;
    OsInfo info;
    char owner[256];

    if (family == NULL || call->name == NULL) {
	return NULL;
    }
    Tcl_UtfToExternalDString(NULL, Tcl_GetString(call->name), -1, &name);
    if (OsGetInfo(family, Tcl_DStringValue(&name), &info) == 0) {
	OsGetUserName(info.uid, owner, sizeof(owner));
	description = Tcl_ObjPrintf("owner %s, mode %04o", owner,
		(unsigned) info.mode);
    }
    Tcl_DStringFree(&name);
    return description;
}

/*
 * AppendQueueAdvice --
 *
 *	Appends to a message who may raise the limit on the bytes in queues, and
 *	what the caller can do instead. value is the current limit.
 */

static void
AppendQueueAdvice(
    Tcl_Obj *reason,
    OsFact fact,
    int64_t value)
{
    int64_t most;
    char number[24];

    if (fact != OS_MQ_BYTES_MAX) {
	return;
    }
    if (OsReadFact(OS_MQ_BYTES_HARD, &most) == 0) {
	snprintf(number, sizeof(number), "%" PRId64, most);
	if (most == value) {
	    Tcl_AppendToObj(reason, ", but only root may do that", -1);
	} else {
	    Tcl_AppendPrintfToObj(reason, ", up to %s for users other than"
		    " root", (most == INT64_MAX) ? "any number" : number);
	}
    }
    Tcl_AppendToObj(reason, "; or unlink unused queues, or lower"
	    " -maxmessages or -maxmessagesize", -1);
}

/*
 * DescribeLimit --
 *
 *	Describes the system limit that caused err, and how to raise it. Returns
 *	NULL if no such limit is known. limits are those of a new queue, or
 *	NULL.
 */

static Tcl_Obj *
DescribeLimit(
    const IpcCall *call,
    int err,
    const OsMqLimits *limits)
{
    Tcl_Obj *description = NULL;
    OsFact fact;
    int64_t value;
    char number[24];

    if (OsFindLimit(call->family->os, err, limits, &fact)) {
	for (size_t i = 0; i < sizeof(limitTexts) / sizeof(*limitTexts); i++) {
	    if (limitTexts[i].fact == fact
		    && OsReadFact(fact, &value) == 0) {
		snprintf(number, sizeof(number), "%" PRId64, value);
		description = Tcl_ObjPrintf("%s%s%s", limitTexts[i].before,
			number, limitTexts[i].after);
		AppendQueueAdvice(description, fact, value);
	    }
	}
    }
    return description;
}

/*
 * Fail --
 *
 *	Fails a call for err, an errno value. The message says "couldn't", the
 *	verb, the object, the cause, and the reason if there is one. A refusal
 *	by the system names the object's owner and mode. For EAGAIN, Tcl's words
 *	"resource temporarily unavailable" would not say which resource.
 */

static int
Fail(
    const IpcCall *call,
    int err,
    Tcl_Obj *reason)
{
    const char *cause = SetErrorCode(call->interp, err);
    Tcl_Obj *message = Tcl_ObjPrintf("couldn't %s %s \"%s\": %s", call->verb,
	    call->family->noun, Tcl_GetString(call->name), cause);

    if (reason == NULL && (err == EACCES || err == EPERM)) {
	reason = DescribeOwner(call);
    }
    if (reason == NULL && err == EAGAIN) {
	reason = Tcl_NewStringObj("the call would have to wait", -1);
    }
    if (reason != NULL) {
	Tcl_AppendToObj(message, ": ", -1);
	Tcl_IncrRefCount(reason);
	Tcl_AppendObjToObj(message, reason);
	Tcl_DecrRefCount(reason);
    }
    Tcl_SetObjResult(call->interp, message);
    return TCL_ERROR;
}

/*
 * IpcFail, IpcFailLimit --
 *
 *	Fail a call for err. IpcFail takes a reason, if the caller knows one.
 *	IpcFailLimit takes the limits of a new queue, or NULL. Without a reason,
 *	the message names the system limit that the call has reached, if any.
 */

int
IpcFail(
    const IpcCall *call,
    int err,
    Tcl_Obj *reason)
{
    return Fail(call, err, (reason != NULL) ? reason
	    : DescribeLimit(call, err, NULL));
}

int
IpcFailLimit(
    const IpcCall *call,
    int err,
    const OsMqLimits *limits)
{
    return Fail(call, err, DescribeLimit(call, err, limits));
}

/*
 * IpcFailReadonly --
 *
 *	Fails a call that would change an object through a read-only handle. The
 *	message does not name the object's owner and mode, which are not the
 *	cause.
 */

int
IpcFailReadonly(
    const IpcCall *call)
{
    return IpcFail(call, EACCES,
	    Tcl_NewStringObj("opened with -readonly 1", -1));
}

/*
 * IpcDescribeAccess, IpcDescribeShmAccess, IpcFailAccess --
 *
 *	IpcDescribeAccess returns a description of an access to length bytes at
 *	offset of a segment of size bytes, or -1. IpcDescribeShmAccess asks the
 *	system for the size. IpcFailAccess fails a call that makes such an
 *	access.
 */

Tcl_Obj *
IpcDescribeAccess(
    int64_t offset,
    int64_t length,
    int64_t size)
{
    char text[128];
    int end = snprintf(text, sizeof(text), "%" PRId64 " bytes at offset %"
	    PRId64, length, offset);

    if (size >= 0) {
	snprintf(text + end, sizeof(text) - (size_t) end,
		"; the segment has %" PRId64 " bytes", size);
    }
    return Tcl_NewStringObj(text, -1);
}

Tcl_Obj *
IpcDescribeShmAccess(
    const OsShm *shm,
    int64_t offset,
    int64_t length)
{
    int64_t size;

    return IpcDescribeAccess(offset, length,
	    (OsShmGetSize(shm, &size) == 0) ? size : -1);
}

int
IpcFailAccess(
    const IpcCall *call,
    int err,
    const OsShm *shm,
    int64_t offset,
    int64_t length)
{
    if (err == EACCES) {
	return IpcFailReadonly(call);
    } else if (err != ERANGE) {
	return IpcFail(call, err, NULL);
    }
    return IpcFail(call, err, IpcDescribeShmAccess(shm, offset, length));
}

/*
 * IpcFailUsage --
 *
 *	Fails a call with too few or too many words.
 */

int
IpcFailUsage(
    const IpcCall *call)
{
    Tcl_WrongNumArgs(call->interp, call->prefix, call->objv, call->usage);
    return TCL_ERROR;
}

/*
 * IpcFailNoWatch --
 *
 *	Fails a call that needs the event loop, in a thread without a watch
 *	(loop.c).
 */

int
IpcFailNoWatch(
    const IpcCall *call)
{
    return IpcFail(call, EMFILE, Tcl_NewStringObj("the package had no"
	    " descriptor left when it was loaded, or this is a child process"
	    " forked after that", -1));
}

/*
 * IpcTraceScript --
 *
 *	If the result of a script that a call has evaluated is an error, adds the
 *	script and its line to the trace of the error.
 */

void
IpcTraceScript(
    Tcl_Interp *interp,
    int result,
    const char *script)
{
    if (result == TCL_ERROR) {
	Tcl_AppendObjToErrorInfo(interp, Tcl_ObjPrintf("\n    (%s line %d)",
		script, Tcl_GetErrorLine(interp)));
    }
}
