/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * readArgs.c --
 *
 *	Fuzzes the readers of arguments. libFuzzer generates the input: the
 *	first byte selects the reader, the second the value's internal
 *	representation in Tcl, and the rest is the value, which may be invalid
 *	UTF-8. A second implementation in this file also reads integers, and
 *	must agree.
 */

#include "corpus.h"
#include "args.h"
#include "mq.h"
#include "sem.h"
#include "shm.h"
#include "text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static Tcl_Interp *interp;

/*
 * Keep --
 *
 *	Gives a value another internal representation, if possible.
 */

static void
Keep(
    Tcl_Obj *value,
    unsigned form)
{
    Tcl_WideInt wide;
    double number;
    Tcl_Size count;

    switch (form % 5) {
    case 1:
	Tcl_GetWideIntFromObj(NULL, value, &wide);
	break;
    case 2:
	Tcl_GetDoubleFromObj(NULL, value, &number);
	break;
    case 3:
	Tcl_ListObjLength(NULL, value, &count);
	break;
    case 4:
	Tcl_GetByteArrayFromObj(value, &count);
	break;
    default:
	break;
    }
}

/*
 * The readers of a single value, and wrappers for the others.
 */

static IpcReader *const readers[] = {
    IpcReadFlags, IpcReadTruncFlags, IpcReadMode, IpcReadTimeout,
    IpcReadSemValue, IpcReadCount, IpcReadSize, IpcReadPriority,
    IpcReadBoolean, IpcReadEncoding, IpcReadPrefix, IpcReadSignal, IpcReadWord
};

#define READERS (sizeof(readers) / sizeof(*readers))
#define KINDS (READERS + 3)

static const char *const texts[] = {
    "+0400", " 0400", "-4294967268", "0b1", "SIGRTMIN+1", "CREAT O_EXCL", "TRUNC", "0600", "0o777", "08", "1.5", "-0.0", "1e-300",
    "Inf", "NaN", "18446744073709551617", "-9223372036854775808", "0x10",
    " 1 ", "yes", "utf-8", "binary", "command {a b}", "{", "SIGUSR1", "64",
    "/one", "/a/b", "\xC0\x80", "\xE2\x82\xAC", "\xED\xA0\x80", "\xF0\x9F\x98\x80",
    ""
};

static int
TakeBytes(
    const IpcCall *call,
    Tcl_Obj *value)
{
    Tcl_Size length;

    return (IpcGetBytes(call, value, &length) != NULL) ? TCL_OK : TCL_ERROR;
}

static int
TakeName(
    const IpcCall *call)
{
    Tcl_DString name;
    int code;

    Tcl_DStringInit(&name);
    code = IpcEncodeName(call, &name);
    Tcl_DStringFree(&name);
    return code;
}

static int
TakeMessage(
    const IpcCall *call,
    Tcl_Obj *value,
    unsigned form)
{
    static const char *const names[] = {
	"utf-8", "iso8859-1", "shiftjis", "iso2022-jp", "unicode"
    };
    Tcl_Encoding encoding = Tcl_GetEncoding(NULL, names[form % 5]);
    Tcl_DString bytes;
    int code;

    Tcl_DStringInit(&bytes);
    code = IpcEncode(call, "message", value, encoding, &bytes);
    Tcl_DStringFree(&bytes);
    if (encoding != NULL) {
	Tcl_FreeEncoding(encoding);
    }
    return code;
}

/*
 * IsInteger --
 *
 *	Reads an integer in the notation of Tcl 8.6: white space, a sign, 0x,
 *	0o, 0b or the 0 of an octal number, digits, white space. Returns false
 *	if text is not an integer, or if the integer does not fit in 64 bits.
 */

static bool
IsInteger(
    const char *text,
    int64_t *number)
{
    static const char space[] = " \t\n\v\f\r", digits[] = "0123456789abcdef";
    static const int bases[] = { ['x'] = 16, ['o'] = 8, ['b'] = 2 };
    const char *first;
    int base = 10;
    bool isNegative;
    __int128 sum = 0;

    text += strspn(text, space);
    isNegative = (*text == '-');
    text += (*text == '-' || *text == '+');
    if (text[0] == '0' && text[1] != '\0' && strchr("xXoObB", text[1]) != NULL) {
	base = bases[tolower(text[1])];
	text += 2;
    } else if (text[0] == '0') {
	base = 8;
    }
    for (first = text; *text != '\0'; text++) {
	const char *digit = strchr(digits, tolower((unsigned char) *text));

	if (digit == NULL || digit >= digits + base) {
	    break;
	}
	sum = (sum > UINT64_MAX) ? sum : base * sum + (digit - digits);
    }
    sum = isNegative ? -sum : sum;
    *number = (int64_t) sum;
    return text > first && text[strspn(text, space)] == '\0'
	    && sum >= INT64_MIN && sum <= INT64_MAX;
}

/*
 * Check --
 *
 *	Ends the program if a reader of integers has returned a wrong result.
 *	Names of signals are not checked.
 */

static const struct {
    IpcReader *reader;
    int64_t least, most;
} ranges[] = {
    { IpcReadMode, 0, 0777 },
    { IpcReadSemValue, 0, SEM_VALUE_MAX },
    { IpcReadCount, 1, INT64_MAX },
    { IpcReadSize, 0, INT64_MAX },
    { IpcReadPriority, 0, MQ_PRIO_MAX - 1 },
    { IpcReadSignal, 1, 64 }
};

static void
Check(
    IpcReader *reader,
    const char *text,
    int code,
    int64_t found)
{
    for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
	int64_t number;
	bool isRight;

	if (ranges[i].reader != reader || strncmp(text, "SIG", 3) == 0) {
	    continue;
	}
	isRight = IsInteger(text, &number) && number >= ranges[i].least
		&& number <= ranges[i].most;
	if (isRight != (code == TCL_OK) || (isRight && number != found)) {
	    abort();
	}
    }
}

static int
Take(
    const IpcCall *call,
    unsigned kind,
    unsigned form,
    Tcl_Obj *value)
{
    union {
	int number;
	int64_t integer;
	OsTime time;
	Tcl_Obj *object;
    } where = { .integer = 0 };

    if (kind < READERS) {
	int code = readers[kind](call, "-option", value, &where);

	Check(readers[kind], Tcl_GetString(value), code,
		(readers[kind] == IpcReadSignal) ? where.number : where.integer);
	return code;
    }
    return (kind == READERS) ? TakeBytes(call, value)
	    : (kind == READERS + 1) ? TakeName(call)
	    : TakeMessage(call, value, form);
}

/*
 * LLVMFuzzerInitialize --
 *
 *	Called first by libFuzzer. The last argument is the directory of inputs.
 */

int
LLVMFuzzerInitialize(
    int *argcPtr,
    char ***argvPtr)
{
    WriteCorpus((*argvPtr)[*argcPtr - 1], texts,
	    sizeof(texts) / sizeof(*texts), KINDS, 2);
    Tcl_FindExecutable((*argvPtr)[0]);
    interp = Tcl_CreateInterp();
    return 0;
}

/*
 * LLVMFuzzerTestOneInput --
 *
 *	Called by libFuzzer with each input. If a reader refuses a value, it
 *	must leave an error with an errorCode.
 */

int
LLVMFuzzerTestOneInput(
    const uint8_t *bytes,
    size_t length)
{
    static const IpcFamily *const families[] = { &ipcSem, &ipcShm, &ipcMq };
    IpcCall call = { .interp = interp, .verb = "open" };
    Tcl_DString text;
    Tcl_Obj *value;

    if (length < 2) {
	return 0;
    }
    Tcl_ExternalToUtfDString(NULL, (const char *) bytes + 2,
	    (Tcl_Size) length - 2, &text);
    value = Tcl_NewStringObj(Tcl_DStringValue(&text),
	    Tcl_DStringLength(&text));
    Tcl_DStringFree(&text);
    Tcl_IncrRefCount(value);
    Keep(value, bytes[1] % 5);
    call.name = value;
    call.family = families[bytes[1] / 5 % 3];
    Tcl_ResetResult(interp);
    if (Take(&call, bytes[0] % KINDS, bytes[1] / 15, value)
	    != TCL_OK && *Tcl_GetStringResult(interp) == '\0') {
	abort();
    }
    Tcl_DecrRefCount(value);
    return 0;
}
