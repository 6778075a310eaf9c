/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * args.c --
 *
 *	Reads the words of a call, with one reader for each kind of argument. A
 *	word of the wrong type fails with Tcl's own error; a value that is out
 *	of range fails with POSIXIPC VALUE.
 */

#include "args.h"
#include "error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const IpcOption ipcWaitOptions[] = {
    IPC_WAIT_OPTIONS,
    { NULL, NULL, 0 }
};

const IpcOption ipcTimeoutOption[] = {
    { "-timeout", IpcReadTimeout, offsetof(IpcWaitOptions, timeout) },
    { NULL, NULL, 0 }
};

/*
 * TypeOf, IpcInitTypes --
 *
 *	Look up Tcl's value types. The only way to find a type is to create a
 *	value that has it.
 */

_Atomic(const Tcl_ObjType *) ipcTypes[IPC_TYPES];

static const Tcl_ObjType *
TypeOf(
    Tcl_Obj *value)
{
    const Tcl_ObjType *type = value->typePtr;

    Tcl_DecrRefCount(value);
    return type;
}

void
IpcInitTypes(void)
{
    atomic_store(&ipcTypes[IPC_INTEGER], TypeOf(Tcl_NewWideIntObj(0)));
    atomic_store(&ipcTypes[IPC_DOUBLE], TypeOf(Tcl_NewDoubleObj(0)));
    atomic_store(&ipcTypes[IPC_BYTES], TypeOf(Tcl_NewByteArrayObj(NULL, 0)));
}

/*
 * IpcKeepRep --
 *
 *	Replaces the internal representation of a value. The value keeps its
 *	string representation.
 */

void
IpcKeepRep(
    Tcl_Obj *value,
    const Tcl_ObjType *type,
    void *first,
    void *second)
{
    Tcl_GetString(value);
    if (value->typePtr != NULL && value->typePtr->freeIntRepProc != NULL) {
	value->typePtr->freeIntRepProc(value);
    }
    value->internalRep.twoPtrValue.ptr1 = first;
    value->internalRep.twoPtrValue.ptr2 = second;
    value->typePtr = type;
}

/*
 * ipcRowRep, IpcSearchRow --
 *
 *	A word that names a row caches the table and the row, which are
 *	constants. IpcSearchRow finds the row of a word that has not cached it.
 *	Caching allocates nothing, so it stays cheap if two tables use the same
 *	word alternately. Tcl makes the error message.
 */

const Tcl_ObjType ipcRowRep = { .name = "posix_ipc row" };

const void *
IpcSearchRow(
    Tcl_Interp *interp,
    Tcl_Obj *word,
    const void *table,
    size_t size,
    const char *what)
{
    const char *text = Tcl_GetString(word), *row = table, *name;
    int index;

    while ((name = *(const char *const *) row) != NULL) {
	if (*name == *text && strcmp(name, text) == 0) {
	    IpcKeepRep(word, &ipcRowRep, (void *) table, (void *) row);
	    return row;
	}
	row += size;
    }
    Tcl_GetIndexFromObjStruct(interp, word, table, (int) size, what,
	    TCL_EXACT, &index);
    return NULL;
}

/*
 * IpcReadGivenOptions --
 *
 *	IpcReadOptions for a call that has options. If an option is given
 *	twice, the last one counts.
 */

int
IpcReadGivenOptions(
    const IpcCall *call,
    Tcl_Size first,
    const IpcOption *options,
    void *record)
{
    for (Tcl_Size i = first; i < call->objc; i += 2) {
	const IpcOption *option = IpcFindRow(call->interp, call->objv[i],
		options, sizeof(*options), "option");

	if (option == NULL) {
	    return TCL_ERROR;
	}
	if (i + 1 == call->objc) {
	    return IpcFailUsage(call);
	}
	if (option->reader(call, option->name, call->objv[i + 1],
		(char *) record + option->offset) != TCL_OK) {
	    return TCL_ERROR;
	}
    }
    return TCL_OK;
}

/*
 * IsBignum --
 *
 *	Returns whether value is an integer too large for 64 bits. The caller
 *	must have called Tcl_GetWideIntFromObj for the value; that call need not
 *	have succeeded.
 */

static bool
IsBignum(
    Tcl_Obj *value)
{
    return !IpcHasType(value, IPC_INTEGER)
	    && value->typePtr != NULL
	    && strcmp(value->typePtr->name, "bignum") == 0;
}

/*
 * IpcGetInteger --
 *
 *	Reads an integer for a caller that refuses negative integers. An integer
 *	too large for 64 bits is stored as INT64_MIN, so the caller refuses it;
 *	Tcl 8.6 reduces some such integers modulo 2^64.
 */

int
IpcGetInteger(
    const IpcCall *call,
    Tcl_Obj *value,
    int64_t *where)
{
    Tcl_WideInt wide;

    if (Tcl_GetWideIntFromObj(call->interp, value, &wide) == TCL_OK) {
	*where = IsBignum(value) ? INT64_MIN : wide;
    } else if (IsBignum(value)) {
	*where = INT64_MIN;
    } else {
	return TCL_ERROR;
    }
    return TCL_OK;
}

/*
 * ReadBignum --
 *
 *	Reads an integer that is too large for a Tcl_WideInt. Its notation
 *	depends on the version of Tcl, so Tcl writes it in decimal first. If its
 *	magnitude exceeds 64 bits, sets isHuge.
 */

static OsNumber
ReadBignum(
    Tcl_Obj *value)
{
    Tcl_Obj *decimal = Tcl_DuplicateObj(value);
    OsNumber number = { .magnitude = 0 };
    const char *text;

    Tcl_InvalidateStringRep(decimal);
    text = Tcl_GetString(decimal);
    number.isNegative = (*text == '-');
    errno = 0;
    number.magnitude = strtoull(text + number.isNegative, NULL, 10);
    number.isHuge = (errno != 0);
    Tcl_DecrRefCount(decimal);
    return number;
}

/*
 * IpcReadNumber --
 *
 *	Reads an integer of up to 64 bits and a sign.
 */

int
IpcReadNumber(
    const IpcCall *call,
    Tcl_Obj *value,
    OsNumber *number)
{
    Tcl_WideInt wide;

    if (Tcl_GetWideIntFromObj(call->interp, value, &wide) == TCL_OK) {
	if (!IsBignum(value)) {
	    *number = (OsNumber) {
		.isNegative = (wide < 0),
		.magnitude = (wide < 0) ? -(uint64_t) wide : (uint64_t) wide
	    };
	    return TCL_OK;
	}
    } else if (!IsBignum(value)) {
	return TCL_ERROR;
    }
    Tcl_ResetResult(call->interp);
    *number = ReadBignum(value);
    return TCL_OK;
}

/*
 * CheckRange --
 *
 *	Fails a call whose value, which was read as number, is not between least
 *	and most. least is not negative.
 */

static int
CheckRange(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    int64_t number,
    int64_t least,
    int64_t most)
{
    char range[64];

    if (number >= least && number <= most) {
	return TCL_OK;
    }
    snprintf(range, sizeof(range), "%" PRId64 " and %" PRId64, least, most);
    return IpcFail(call, EINVAL, Tcl_ObjPrintf("%s \"%s\" must be between %s",
	    what, Tcl_GetString(value), range));
}

/*
 * IpcReadInteger --
 *
 *	Reads an integer between least and most. least is not negative.
 */

int
IpcReadInteger(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    int64_t least,
    int64_t most,
    int64_t *where)
{
    return (IpcGetInteger(call, value, where) == TCL_OK)
	    ? CheckRange(call, what, value, *where, least, most) : TCL_ERROR;
}

/*
 * IpcReadCountOrAll --
 *
 *	Reads an integer from 1 to most, or the word all: INT64_MAX.
 */

int
IpcReadCountOrAll(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    int64_t most,
    int64_t *where)
{
    if (strcmp(Tcl_GetString(value), "all") == 0) {
	*where = INT64_MAX;
	return TCL_OK;
    }
    if (IpcGetInteger(call, value, where) != TCL_OK) {
	Tcl_AppendResult(call->interp, ": ", what,
		" takes a number, or \"all\"", (char *) NULL);
	return TCL_ERROR;
    }
    return CheckRange(call, what, value, *where, 1, most);
}

/*
 * IpcParsePlace --
 *
 *	IpcReadPlace for a value that is negative, or not yet known to be an
 *	integer.
 */

int
IpcParsePlace(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    int64_t *where)
{
    if (IpcGetInteger(call, value, where) != TCL_OK) {
	return TCL_ERROR;
    }
    return (*where >= 0) ? TCL_OK : IpcFail(call, ERANGE,
	    Tcl_ObjPrintf("%s \"%s\"", what, Tcl_GetString(value)));
}

/*
 * IpcReadSemValue, IpcReadCount, IpcReadSize, IpcReadPriority --
 *
 *	Read an integer. They differ only in the range that they allow.
 */

int
IpcReadSemValue(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    return IpcReadInteger(call, what, value, 0, OsGetFact(OS_SEM_VALUE_MAX),
	    where);
}

int
IpcReadCount(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    return IpcReadInteger(call, what, value, 1, INT64_MAX, where);
}

int
IpcReadSize(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    return IpcReadInteger(call, what, value, 0, INT64_MAX, where);
}

int
IpcReadPriority(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    return IpcReadInteger(call, what, value, 0, OsGetFact(OS_MQ_PRIORITY_MAX),
	    where);
}

/*
 * The flags of an open. IpcReadFlags accepts those from CREAT on.
 */

typedef struct Flag {
    const char *name;
    int bits;
} Flag;

enum { TRUNC_FLAGS = 2 };

static const Flag flagNames[] = {
    { "TRUNC",	OS_TRUNC },
    { "O_TRUNC", OS_TRUNC },
    { "CREAT",	OS_CREAT },
    { "EXCL",	OS_EXCL },
    { "CREX",	OS_CREAT | OS_EXCL },
    { "O_CREAT", OS_CREAT },
    { "O_EXCL",	OS_EXCL },
    { "O_CREX",	OS_CREAT | OS_EXCL },
    { NULL, 0 }
};

/*
 * ReadFlags, IpcReadFlags, IpcReadTruncFlags --
 *
 *	Read a list of flags, without and with TRUNC. The caller decides whether
 *	EXCL is allowed without CREAT: opening a random name implies CREAT.
 */

static int
ReadFlags(
    const IpcCall *call,
    const Flag *table,
    Tcl_Obj *value,
    int *flagsPtr)
{
    Tcl_Obj **words;
    Tcl_Size count;
    int flags = 0;

    if (Tcl_ListObjGetElements(call->interp, value, &count, &words)
	    != TCL_OK) {
	return TCL_ERROR;
    }
    for (Tcl_Size i = 0; i < count; i++) {
	const Flag *flag = IpcFindRow(call->interp, words[i], table,
		sizeof(*table), "flag");

	if (flag == NULL) {
	    return TCL_ERROR;
	}
	flags |= flag->bits;
    }
    *flagsPtr = flags;
    return TCL_OK;
}

int
IpcReadFlags(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    (void) what;
    return ReadFlags(call, &flagNames[TRUNC_FLAGS], value, where);
}

int
IpcReadTruncFlags(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    (void) what;
    return ReadFlags(call, flagNames, value, where);
}

/*
 * The white space that Tcl and strtoll(3) accept around a number.
 */

static const char whiteSpace[] = " \t\n\v\f\r";

/*
 * IsOctal --
 *
 *	Returns whether text, after any white space and sign, begins with a 0
 *	followed by another digit or by the underscore that Tcl 9 allows between
 *	digits.
 */

static bool
IsOctal(
    const char *text)
{
    text += strspn(text, whiteSpace);
    text += (*text == '+' || *text == '-');
    return text[0] == '0' && text[1] != '\0'
	    && strchr("0123456789_", text[1]) != NULL;
}

/*
 * IpcReadMode --
 *
 *	Reads permission bits. A leading 0 means octal, whatever the version of
 *	Tcl.
 */

int
IpcReadMode(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    const char *text = Tcl_GetString(value);
    int64_t mode;

    if (IsOctal(text)) {
	char *end;

	mode = strtoll(text, &end, 8);
	if (end[strspn(end, whiteSpace)] != '\0') {
	    Tcl_SetObjResult(call->interp, Tcl_ObjPrintf(
		    "expected octal integer but got \"%s\"", text));
	    Tcl_SetErrorCode(call->interp, "TCL", "VALUE", "NUMBER",
		    (char *) NULL);
	    return TCL_ERROR;
	}
    } else if (IpcGetInteger(call, value, &mode) != TCL_OK) {
	Tcl_AppendResult(call->interp, ": ", what,
		" takes an octal number, such as 0660", (char *) NULL);
	return TCL_ERROR;
    }
    if (mode < 0 || mode > 0777) {
	Tcl_Obj *reason = Tcl_ObjPrintf("%s \"%s\" must be between 0 and 0777",
		what, text);

	if (!IsOctal(text) && strspn(text, "01234567") == strlen(text)
		&& strtoll(text, NULL, 8) <= 0777) {
	    Tcl_AppendPrintfToObj(reason, ": %s is decimal; write 0%s", text,
		    text);
	}
	return IpcFail(call, EINVAL, reason);
    }
    *(int64_t *) where = mode;
    return TCL_OK;
}

/*
 * IpcReadDouble --
 *
 *	Reads a number. Tcl refuses NaN, but the value then holds it.
 */

int
IpcReadDouble(
    const IpcCall *call,
    Tcl_Obj *value,
    double *where)
{
    if (Tcl_GetDoubleFromObj(call->interp, value, where) == TCL_OK) {
	return TCL_OK;
    }
    if (!IpcHasType(value, IPC_DOUBLE)) {
	return TCL_ERROR;
    }
    Tcl_ResetResult(call->interp);
    *where = value->internalRep.doubleValue;
    return TCL_OK;
}

/*
 * IpcReadTimeout --
 *
 *	Reads a number of seconds. A timeout longer than OsTime can hold (292
 *	years) never expires. One that is above 0 becomes at least a nanosecond.
 */

int
IpcReadTimeout(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    OsTime *timeout = where;
    double seconds;

    if (IpcReadDouble(call, value, &seconds) != TCL_OK) {
	Tcl_AppendResult(call->interp, ": ", what,
		" takes a number of seconds", (char *) NULL);
	return TCL_ERROR;
    }
    if (!(seconds >= 0)) {
	return IpcFail(call, EINVAL, Tcl_ObjPrintf(
		"%s \"%s\" must be a number of seconds, 0 or more", what,
		Tcl_GetString(value)));
    }
    if (seconds >= (double) (OS_NEVER / OS_SECOND)) {
	*timeout = OS_NEVER;
    } else {
	*timeout = (OsTime) (seconds * (double) OS_SECOND);
	*timeout += (*timeout == 0 && seconds > 0);
    }
    return TCL_OK;
}

/*
 * IpcReadBoolean --
 *
 *	Reads a boolean, in any of Tcl's spellings.
 */

int
IpcReadBoolean(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    (void) what;
    return Tcl_GetBooleanFromObj(call->interp, value, (int *) where);
}

/*
 * IpcReadEncoding --
 *
 *	Reads "binary" or the name of an encoding that Tcl has.
 */

int
IpcReadEncoding(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    (void) what;
    if (strcmp(Tcl_GetString(value), "binary") != 0) {
	Tcl_Encoding encoding = Tcl_GetEncoding(call->interp,
		Tcl_GetString(value));

	if (encoding == NULL) {
	    return TCL_ERROR;
	}
	Tcl_FreeEncoding(encoding);
    }
    *(Tcl_Obj **) where = value;
    return TCL_OK;
}

/*
 * IpcReadPrefix --
 *
 *	Reads a command prefix, to which words will be appended.
 */

int
IpcReadPrefix(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    Tcl_Size words;

    if (Tcl_ListObjLength(call->interp, value, &words) != TCL_OK) {
	return TCL_ERROR;
    }
    if (words == 0) {
	return IpcFail(call, EINVAL, Tcl_ObjPrintf("%s is empty", what));
    }
    *(Tcl_Obj **) where = value;
    return TCL_OK;
}

/*
 * IpcReadSignal --
 *
 *	Reads the name or the number of a signal.
 */

int
IpcReadSignal(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    int64_t signal = OsFindSignal(Tcl_GetString(value));

    if (signal == 0 && (IpcGetInteger(call, value, &signal) != TCL_OK
	    || signal < 1 || signal > OsGetFact(OS_SIGNAL_MAX))) {
	return IpcFail(call, EINVAL, Tcl_ObjPrintf(
		"%s \"%s\" is not a signal", what, Tcl_GetString(value)));
    }
    *(int *) where = (int) signal;
    return TCL_OK;
}

/*
 * IpcReadWord --
 *
 *	Accepts any word.
 */

int
IpcReadWord(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    (void) call;
    (void) what;
    *(Tcl_Obj **) where = value;
    return TCL_OK;
}
