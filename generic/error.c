/*
 * error.c --
 *
 *	From an errno value to an errorCode and a message. Everything that
 *	goes wrong goes through here, also what no system call has found,
 *	under the errno value that says it best.
 */

#include "posixIpc.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/*
 * What is not in the table is POSIXIPC ERROR with the name of errno's value.
 * words stand where Tcl_ErrnoMsg would mislead.
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
    { EINTR,	"SIGNAL",	NULL,		NULL },
    { EACCES,	"PERMISSIONS",	NULL,		NULL },
    { EPERM,	"PERMISSIONS",	NULL,		NULL },
    { ENOENT,	"EXISTENTIAL",	"ENOENT",	NULL },
    { EEXIST,	"EXISTENTIAL",	"EEXIST",	NULL },
    { EBADF,	"EXISTENTIAL",	"CLOSED",	"the handle is closed" },
    { EINVAL,	"VALUE",	NULL,		NULL },
    { ENAMETOOLONG, "VALUE",	NULL,		NULL },
    { EMSGSIZE,	"VALUE",	NULL,		NULL },
    { EFBIG,	"VALUE",	NULL,		NULL },
    { EOVERFLOW, "VALUE",	NULL,		"value too large" },
    { EILSEQ,	"VALUE",	NULL,		NULL },
    { ERANGE,	"RANGE",	NULL,		"outside the segment" },
    { ECANCELED, "CANCELED",	NULL,		NULL },
    { ENOSYS,	"UNSUPPORTED",	NULL,		"the platform lacks it" },
    { ENOTSUP,	"UNSUPPORTED",	NULL,		"the platform lacks it" }
};

/*
 * The limits of the system that a call may have run into.
 */

static const struct {
    OsFact fact;
    const char *before;		/* the present value */
    const char *after;
} limitTexts[] = {
    { OS_MQ_MESSAGES_MAX, "a queue holds at most ",
	" messages; \"sysctl fs.mqueue.msg_max=N\" raises that" },
    { OS_MQ_SIZE_MAX, "a message has at most ",
	" bytes; \"sysctl fs.mqueue.msgsize_max=N\" raises that" },
    { OS_MQ_QUEUES_MAX, "the system holds at most ",
	" queues; \"sysctl fs.mqueue.queues_max=N\" raises that" },
    { OS_MQ_BYTES_MAX, "all queues of one user together take at most ",
	" bytes; \"ulimit -q N\" raises that" },
    { OS_FILES_MAX, "this process has at most ",
	" files open; \"ulimit -n N\" raises that" },
    { OS_FILE_BYTES_MAX, "a file of this process has at most ",
	" bytes; \"ulimit -f N\" raises that" },
    { OS_SHM_BYTES_MAX, "semaphores and shared memory together take at most ",
	" bytes; \"mount -o remount,size=N /dev/shm\" raises that" }
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
 * IpcFail --
 *
 *	Fails a call for err (an errno value). The message is "couldn't", what
 *	was tried on which object, the cause, and the reason if there is one.
 */

int
IpcFail(
    const IpcCall *call,
    int err,
    Tcl_Obj *reason)
{
    const char *cause = SetErrorCode(call->interp, err);
    Tcl_Obj *message = Tcl_ObjPrintf("couldn't %s %s \"%s\": %s", call->verb,
	    call->family->noun, Tcl_GetString(call->name), cause);

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
 * IpcFailLimit --
 *
 *	Fails a call for err, and names the limit of the system that is behind
 *	it, if that is known. limits is what a new queue was to hold, or NULL.
 */

int
IpcFailLimit(
    const IpcCall *call,
    int err,
    const OsMqLimits *limits)
{
    Tcl_Obj *reason = NULL;
    OsFact fact;
    int64_t value;
    char number[24];

    if (OsFindLimit(call->family->id, err, limits, &fact)) {
	for (size_t i = 0; i < sizeof(limitTexts) / sizeof(*limitTexts); i++) {
	    if (limitTexts[i].fact == fact
		    && OsReadFact(fact, &value) == 0) {
		snprintf(number, sizeof(number), "%" PRId64, value);
		reason = Tcl_ObjPrintf("%s%s%s", limitTexts[i].before, number,
			limitTexts[i].after);
	    }
	}
    }
    return IpcFail(call, err, reason);
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
 *	Fails a call that needs the event loop, in a thread that has no watch:
 *	loop.c.
 */

int
IpcFailNoWatch(
    const IpcCall *call)
{
    return IpcFail(call, EMFILE, Tcl_NewStringObj("too many files were open"
	    " when the package was loaded, or the process was forked since",
	    -1));
}
