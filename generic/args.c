/*
 * args.c --
 *
 *	From the words of a call to values: one reader for each kind of
 *	argument. A word of the wrong kind gets Tcl's own error, a value out
 *	of its range POSIXIPC VALUE.
 */

#include "posixIpc.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * TypeOf, IpcInitTypes --
 *
 *	Find out the types of Tcl's values, each from a new one.
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
 * IpcLearnWord --
 *
 *	Tcl_GetIndexFromObjStruct, the outcome of which takes the place of
 *	another word's: IpcGetIndex.
 */

int
IpcLearnWord(
    IpcWord *place,
    Tcl_Interp *interp,
    Tcl_Obj *word,
    const void *table,
    size_t rowSize,		/* bytes */
    const char *what)
{
    int index;

    if (Tcl_GetIndexFromObjStruct(interp, word, table, (Tcl_Size) rowSize,
	    what, TCL_EXACT, &index) != TCL_OK) {
	return TCL_ERROR;
    }
    Tcl_IncrRefCount(word);
    if (place->value != NULL) {
	Tcl_DecrRefCount(place->value);
    }
    *place = (IpcWord) { word, table, index };
    return TCL_OK;
}

/*
 * IpcReadOptions --
 *
 *	Reads the words from first on, options and their values, into the
 *	record that the table describes. The last of equal options wins.
 */

int
IpcReadOptions(
    const IpcCall *call,
    Tcl_Size first,
    const IpcOption *options,
    void *record)
{
    for (Tcl_Size i = first; i < call->objc; i += 2) {
	const IpcOption *option;
	int index;

	if (IpcGetIndex(call->package, call->interp, call->objv[i], options,
		sizeof(*options), "option", &index) != TCL_OK) {
	    return TCL_ERROR;
	}
	if (i + 1 == call->objc) {
	    return IpcFailUsage(call);
	}
	option = &options[index];
	if (option->reader(call, option->name, call->objv[i + 1],
		(char *) record + option->offset) != TCL_OK) {
	    return TCL_ERROR;
	}
    }
    return TCL_OK;
}

/*
 * IsOverflow --
 *
 *	Returns whether the interpreter's result is the error of an integer
 *	that is too large for Tcl_GetWideIntFromObj.
 */

static bool
IsOverflow(
    Tcl_Interp *interp)
{
    Tcl_Obj *options = Tcl_GetReturnOptions(interp, TCL_ERROR);
    Tcl_Obj *key = Tcl_NewStringObj("-errorcode", -1);
    Tcl_Obj *code = NULL, *class = NULL;

    Tcl_IncrRefCount(options);
    Tcl_IncrRefCount(key);
    Tcl_DictObjGet(NULL, options, key, &code);
    if (code != NULL) {
	Tcl_ListObjIndex(NULL, code, 0, &class);
    }
    Tcl_DecrRefCount(key);
    Tcl_DecrRefCount(options);
    return class != NULL && strcmp(Tcl_GetString(class), "ARITH") == 0;
}

/*
 * IsBignum --
 *
 *	Returns whether value, which has been read as an integer, is one that a
 *	machine word does not hold.
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
 *	Reads an integer that is not negative where it means something: one
 *	that is too large for 64 bits becomes INT64_MIN. Tcl 8.6 takes some of
 *	those for others, modulo 2 to the 64.
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
    } else if (IsOverflow(call->interp)) {
	*where = INT64_MIN;
    } else {
	return TCL_ERROR;
    }
    return TCL_OK;
}

/*
 * IpcReadInteger --
 *
 *	Reads an integer from least, which is not negative, to most.
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
    char range[64];

    if (IpcGetInteger(call, value, where) != TCL_OK) {
	return TCL_ERROR;
    }
    if (*where >= least && *where <= most) {
	return TCL_OK;
    }
    snprintf(range, sizeof(range), "%" PRId64 " and %" PRId64, least, most);
    return IpcFail(call, EINVAL, Tcl_ObjPrintf("%s \"%s\" must be between %s",
	    what, Tcl_GetString(value), range));
}

/*
 * IpcReadSemValue, IpcReadCount, IpcReadSize, IpcReadPriority --
 *
 *	Read integers that differ in their range alone.
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
 * The flags of an open. The first two are for shared memory alone.
 */

static const struct {
    const char *name;
    int bits;
} flagNames[] = {
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
 * IpcReadFlags --
 *
 *	Reads a list of flags. EXCL without CREAT is left for the caller to
 *	judge: a name that is chosen at random brings CREAT along.
 */

int
IpcReadFlags(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    size_t first = (call->family->id == OS_SHM) ? 0 : 2;
    Tcl_Obj **words;
    Tcl_Size count;
    int flags = 0;

    (void) what;
    if (Tcl_ListObjGetElements(call->interp, value, &count, &words)
	    != TCL_OK) {
	return TCL_ERROR;
    }
    for (Tcl_Size i = 0; i < count; i++) {
	int index;

	if (Tcl_GetIndexFromObjStruct(call->interp, words[i],
		&flagNames[first], sizeof(*flagNames), "flag", TCL_EXACT,
		&index) != TCL_OK) {
	    return TCL_ERROR;
	}
	flags |= flagNames[first + (size_t) index].bits;
    }
    *(int *) where = flags;
    return TCL_OK;
}

/*
 * What Tcl and strtoll(3) take around a number.
 */

static const char whiteSpace[] = " \t\n\v\f\r";

/*
 * IsOctal --
 *
 *	Returns whether text, behind white space and a sign, begins with a 0
 *	that another digit follows, or what Tcl 9 takes between digits.
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
 *	Reads permission bits. A 0 in front means octal, in every version of
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
	return TCL_ERROR;
    }
    if (mode < 0 || mode > 0777) {
	return IpcFail(call, EINVAL, Tcl_ObjPrintf(
		"%s \"%s\" must be between 0 and 0777", what, text));
    }
    *(int64_t *) where = mode;
    return TCL_OK;
}

/*
 * IsNaN --
 *
 *	Returns whether value, which Tcl_GetDoubleFromObj has refused, is a
 *	floating-point value all the same.
 */

static bool
IsNaN(
    Tcl_Obj *value)
{
    return IpcHasType(value, IPC_DOUBLE);
}

/*
 * IpcReadTimeout --
 *
 *	Reads seconds. What is beyond the reach of OsTime, 292 years, is for
 *	ever; the least that is not 0 is a nanosecond.
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

    if (Tcl_GetDoubleFromObj(call->interp, value, &seconds) != TCL_OK) {
	if (!IsNaN(value)) {
	    return TCL_ERROR;
	}
	seconds = -1;
    }
    if (seconds < 0) {
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
 *	Reads "binary", or the name of an encoding that Tcl has.
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
 *	Reads the words of a command to which others are appended.
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
 *	Takes a word as it is.
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
