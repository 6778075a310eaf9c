/*
 * bytes.c --
 *
 *	From Tcl's values to bytes and back: byte arrays, text in an encoding,
 *	the names of objects as the system takes them.
 */

#include "posixIpc.h"

#include <errno.h>
#include <string.h>

/*
 * HasWideCharacter --
 *
 *	Returns whether a character of text is above U+00FF. In UTF-8 all such
 *	characters, and no others, begin with a byte from 0xC4 on. Text is ASCII
 *	most often, so eight bytes are looked at together.
 */

static bool
HasWideCharacter(
    const char *text,
    Tcl_Size length)		/* bytes */
{
    const uint64_t highBits = UINT64_C(0x8080808080808080);
    Tcl_Size i = 0;

    while (i < length) {
	uint64_t eight = highBits;

	if (length - i >= 8) {
	    memcpy(&eight, text + i, 8);
	}
	if ((eight & highBits) == 0) {
	    i += 8;
	} else if ((unsigned char) text[i++] >= 0xC4) {
	    return true;
	}
    }
    return false;
}

/*
 * IsBytes --
 *
 *	Returns whether no character of value is above U+00FF. A byte array
 *	without a string can't have one; else the string decides, as
 *	Tcl_GetByteArrayFromObj would cut it.
 */

static bool
IsBytes(
    Tcl_Obj *value)
{
    if (value->bytes != NULL || !IpcHasType(value, IPC_BYTES)) {
	Tcl_Size length;
	const char *text = Tcl_GetStringFromObj(value, &length);

	return !HasWideCharacter(text, length);
    }
    return true;
}

/*
 * IpcGetBytes --
 *
 *	Returns the bytes of value, which last as long as value is not used
 *	otherwise; NULL, with the call failed, where it is not bytes.
 */

const unsigned char *
IpcGetBytes(
    const IpcCall *call,
    Tcl_Obj *value,
    Tcl_Size *lengthPtr)
{
    if (!IsBytes(value)) {
	IpcFail(call, EILSEQ, Tcl_NewStringObj(
		"it takes bytes, and a character is above U+00FF", -1));
	return NULL;
    }
    return Tcl_GetByteArrayFromObj(value, lengthPtr);
}

/*
 * IpcNewBytes --
 *
 *	Returns a new byte array of length bytes that are not set yet, with
 *	their place in *bytesPtr; NULL, with the call failed, where a Tcl
 *	value can't hold so much, or memory is short. Tcl itself would
 *	end the process at that.
 */

Tcl_Obj *
IpcNewBytes(
    const IpcCall *call,
    int64_t length,
    unsigned char **bytesPtr)
{
    const int64_t most = TCL_SIZE_MAX - 1024;
    const int64_t large = 1 << 26;
    Tcl_Obj *value;

    if (length > most) {
	IpcFail(call, EOVERFLOW, Tcl_NewStringObj(
		"that is more than a Tcl value holds", -1));
	return NULL;
    }
    if (length >= large) {
	char *trial = attemptckalloc((size_t) length + 1024);

	if (trial == NULL) {
	    IpcFail(call, ENOMEM, NULL);
	    return NULL;
	}
	ckfree(trial);
    }
    value = Tcl_NewByteArrayObj(NULL, (Tcl_Size) length);
    *bytesPtr = Tcl_GetByteArrayFromObj(value, NULL);
    return value;
}

/*
 * HasLoneSurrogate --
 *
 *	Returns whether text has half of a surrogate pair without the other:
 *	no encoding has such a character, but Tcl 8.6 writes it. In UTF-8 the
 *	first halves begin with ED A0 to ED AF, the second ones with ED B0 to
 *	ED BF.
 */

static bool
HasLoneSurrogate(
    const char *text,
    Tcl_Size length)
{
    const unsigned char *bytes = (const unsigned char *) text;
    bool isOpen = false;

    for (Tcl_Size i = 0; i < length; i++) {
	bool isSurrogate = bytes[i] == 0xED && i + 2 < length
		&& bytes[i + 1] >= 0xA0;
	bool isSecond = isSurrogate && bytes[i + 1] >= 0xB0;

	if (isOpen != isSecond) {
	    return true;
	}
	isOpen = isSurrogate && !isSecond;
	i += isSurrogate ? 2 : 0;
    }
    return isOpen;
}

/*
 * IpcCanEncode --
 *
 *	Writes value into bytes, which the caller has initialized and frees,
 *	in an encoding; NULL is the system's. Returns false where that lacks a
 *	character.
 */

bool
IpcCanEncode(
    Tcl_Obj *value,
    Tcl_Encoding encoding,
    Tcl_DString *bytes)
{
    Tcl_Size length;
    const char *text = Tcl_GetStringFromObj(value, &length);
    int flags = TCL_ENCODING_START | TCL_ENCODING_END
	    | TCL_ENCODING_STOPONERROR;
    bool isLone = HasLoneSurrogate(text, length);
    Tcl_EncodingState state;
    int outcome;

    do {
	Tcl_Size written = Tcl_DStringLength(bytes);
	int read, wrote;

	Tcl_DStringSetLength(bytes, written + length + TCL_UTF_MAX * 4);
	outcome = Tcl_UtfToExternal(NULL, encoding, text, length, flags,
		&state, Tcl_DStringValue(bytes) + written,
		length + TCL_UTF_MAX * 4, &read, &wrote, NULL);
	Tcl_DStringSetLength(bytes, written + wrote);
	text += read;
	length -= read;
	flags &= ~TCL_ENCODING_START;
    } while (outcome == TCL_CONVERT_NOSPACE);
    return outcome == TCL_OK && !isLone;
}

/*
 * IpcEncode --
 *
 *	IpcCanEncode for an argument of a call, which what names in messages:
 *	a character that the encoding lacks fails the call.
 */

int
IpcEncode(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    Tcl_Encoding encoding,
    Tcl_DString *bytes)
{
    return IpcCanEncode(value, encoding, bytes) ? TCL_OK
	    : IpcFail(call, EILSEQ, Tcl_ObjPrintf(
		    "encoding \"%s\" lacks a character of the %s",
		    Tcl_GetEncodingName(encoding), what));
}

/*
 * IpcIsPlain --
 *
 *	Returns whether text is the same in all encodings that a system has:
 *	most names are, and to convert one costs more than all else.
 */

bool
IpcIsPlain(
    const char *text)
{
    while (*text >= ' ' && *text <= '~') {
	text++;
    }
    return *text == '\0';
}

/*
 * IpcEncodeName --
 *
 *	Writes the name of the call's object into name, which the caller has
 *	initialized and frees, as the system takes it. A malformed one fails
 *	the call.
 */

int
IpcEncodeName(
    const IpcCall *call,
    Tcl_DString *name)
{
    const char *text = Tcl_GetString(call->name);
    const char *why;
    int err;

    if (IpcIsPlain(text)) {
	Tcl_DStringAppend(name, text, -1);
    } else if (IpcEncode(call, "name", call->name, NULL, name) != TCL_OK) {
	return TCL_ERROR;
    }
    if (strlen(Tcl_DStringValue(name)) != (size_t) Tcl_DStringLength(name)) {
	return IpcFail(call, EINVAL,
		Tcl_NewStringObj("the name has a NUL character", -1));
    }
    err = OsCheckName(call->family->id, Tcl_DStringValue(name), &why);
    if (err != 0) {
	return IpcFail(call, err, Tcl_NewStringObj(why, -1));
    }
    return TCL_OK;
}
