/*
 * readArgs.c --
 *
 *	The readers of arguments, given any words. libFuzzer makes a text: its
 *	first byte chooses the kind of the value, the second how Tcl keeps it;
 *	the rest is the value, in UTF-8 or not.
 */

#include "corpus.h"
#include "posixIpc.h"

#include <stdlib.h>
#include <string.h>

static Tcl_Interp *interp;

/*
 * Keep --
 *
 *	Gives a value another internal representation, if it can have it.
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
 * The readers that take one value, and what takes it in another way.
 */

static IpcReader *const readers[] = {
    IpcReadFlags, IpcReadMode, IpcReadTimeout, IpcReadSemValue, IpcReadCount,
    IpcReadSize, IpcReadPriority, IpcReadBoolean, IpcReadEncoding,
    IpcReadPrefix, IpcReadSignal, IpcReadWord
};

#define READERS (sizeof(readers) / sizeof(*readers))
#define KINDS (READERS + 3)

static const char *const texts[] = {
    "CREAT O_EXCL", "TRUNC", "0600", "0o777", "08", "1.5", "-0.0", "1e-300",
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
    } where;

    if (kind < READERS) {
	return readers[kind](call, "-option", value, &where);
    }
    return (kind == READERS) ? TakeBytes(call, value)
	    : (kind == READERS + 1) ? TakeName(call)
	    : TakeMessage(call, value, form);
}

/*
 * LLVMFuzzerInitialize --
 *
 *	libFuzzer calls this first. The last argument is the folder of inputs.
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
 *	A reader that refuses a value leaves an error with an errorCode.
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
