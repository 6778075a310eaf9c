/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * text.c --
 *
 *	Converts Tcl's values to bytes and back: byte arrays, text in an
 *	encoding, and the names of objects in the system's encoding.
 *
 *	The traps are in Tcl 8.6: Tcl_GetByteArrayFromObj silently truncates
 *	characters above U+00FF, encodings replace characters that they lack
 *	unless told to stop, and lone surrogates are written as if they were
 *	characters.
 */

#include "text.h"
#include "args.h"
#include "error.h"
#include "family.h"

#include <errno.h>
#include <string.h>

/*
 * HasWideCharacter --
 *
 *	Returns whether a character of text is above U+00FF. In UTF-8 all such
 *	characters, and no others, begin with a byte from 0xC4 on. A compiler
 *	can vectorize the loop over a block.
 */

static bool
HasWideCharacter(
    const char *text,
    Tcl_Size length)		/* bytes */
{
    enum { BLOCK = 64 };
    const unsigned char *bytes = (const unsigned char *) text;
    unsigned char most = 0;

    for (; length >= BLOCK && most < 0xC4; length -= BLOCK, bytes += BLOCK) {
	for (int i = 0; i < BLOCK; i++) {
	    most = (bytes[i] > most) ? bytes[i] : most;
	}
    }
    for (Tcl_Size i = 0; i < length && most < 0xC4; i++) {
	most = bytes[i];
    }
    return most >= 0xC4;
}

/*
 * IsBytes --
 *
 *	Returns whether no character of value is above U+00FF. A byte array has
 *	none if it has no string representation, or one of the same length,
 *	which is then ASCII. Tcl 8.6 may have made any other byte array from a
 *	string by truncating its characters, so the string decides.
 */

static bool
IsBytes(
    Tcl_Obj *value)
{
    bool isArray = IpcHasType(value, IPC_BYTES);
    const char *text;
    Tcl_Size length, count;

    if (isArray && value->bytes == NULL) {
	return true;
    }
    text = Tcl_GetStringFromObj(value, &length);
    if (isArray) {
	Tcl_GetByteArrayFromObj(value, &count);
	if (count == length) {
	    return true;
	}
    }
    return !HasWideCharacter(text, length);
}

/*
 * IpcGetBytes --
 *
 *	Returns the bytes of value, which are valid until the value is used in
 *	another way. If it has a character that is not a byte, fails the call
 *	and returns NULL.
 */

const unsigned char *
IpcGetBytes(
    const IpcCall *call,
    Tcl_Obj *value,
    Tcl_Size *lengthPtr)
{
    if (!IsBytes(value)) {
	IpcFail(call, EILSEQ, Tcl_NewStringObj(
		"a character above U+00FF is not a byte; use -encoding utf-8"
		" (queues, rings, topics) or [encoding convertto utf-8]", -1));
	return NULL;
    }
    return Tcl_GetByteArrayFromObj(value, lengthPtr);
}

/*
 * IpcTryBytes --
 *
 *	Stores a new byte array of length uninitialized bytes, and their
 *	address. EOVERFLOW: a Tcl value cannot hold that many. ENOMEM: memory
 *	is short; Tcl itself would end the process.
 */

int
IpcTryBytes(
    int64_t length,
    Tcl_Obj **valuePtr,
    unsigned char **bytesPtr)
{
    const int64_t most = TCL_SIZE_MAX - 1024;
    const int64_t large = 1 << 26;

    if (length > most) {
	return EOVERFLOW;
    }
    if (length >= large) {
	char *trial = attemptckalloc((size_t) length + 1024);

	if (trial == NULL) {
	    return ENOMEM;
	}
	ckfree(trial);
    }
    *valuePtr = Tcl_NewByteArrayObj(NULL, (Tcl_Size) length);
    *bytesPtr = Tcl_GetByteArrayFromObj(*valuePtr, NULL);
    return 0;
}

/*
 * IpcNewBytes --
 *
 *	Returns the byte array of IpcTryBytes. If there is none, fails the call
 *	and returns NULL.
 */

Tcl_Obj *
IpcNewBytes(
    const IpcCall *call,
    int64_t length,
    unsigned char **bytesPtr)
{
    Tcl_Obj *value;
    int err = IpcTryBytes(length, &value, bytesPtr);

    if (err != 0) {
	IpcFail(call, err, (err != EOVERFLOW) ? NULL : Tcl_NewStringObj(
		"that is more than a Tcl value can hold", -1));
	return NULL;
    }
    return value;
}

/*
 * HasLoneSurrogate --
 *
 *	Returns whether text has half of a surrogate pair without the other. No
 *	encoding has such a character, but Tcl 8.6 writes it all the same. In
 *	UTF-8 the first halves begin with ED A0 to ED AF, the second ones with
 *	ED B0 to ED BF.
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
 *	Appends value in an encoding (NULL: the system's) to bytes, which the
 *	caller has initialized and frees. Returns false if the encoding lacks a
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
 *	IpcCanEncode for an argument of a call. If the encoding lacks a
 *	character, fails the call. The parameter what is the name of the
 *	argument in messages.
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
 *	Returns whether text is the same in all encodings that a system may
 *	have. Most names are, and converting a name costs more than everything
 *	else in the call.
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
 * IpcDecodeBytes, IpcDecode --
 *
 *	Return a new object for bytes in an encoding, and for text in the
 *	system's encoding.
 */

Tcl_Obj *
IpcDecodeBytes(
    Tcl_Encoding encoding,	/* NULL: the system's */
    const char *bytes,
    Tcl_Size length)		/* -1: up to the NUL */
{
    Tcl_DString decoded;
    Tcl_Obj *value;

    Tcl_ExternalToUtfDString(encoding, bytes, length, &decoded);
    value = Tcl_NewStringObj(Tcl_DStringValue(&decoded),
	    Tcl_DStringLength(&decoded));
    Tcl_DStringFree(&decoded);
    return value;
}

Tcl_Obj *
IpcDecode(
    const char *text)
{
    return IpcDecodeBytes(NULL, text, -1);
}

/*
 * IpcEncodeName --
 *
 *	Appends the name of the call's object, in the system's encoding, to
 *	name, which the caller has initialized and frees. A malformed name
 *	fails the call.
 */

int
IpcEncodeName(
    const IpcCall *call,
    Tcl_DString *name)
{
    const char *text = Tcl_GetString(call->name);
    const char *why;
    size_t most = 0;
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
    err = OsCheckName(call->family->os, Tcl_DStringValue(name), &why, &most);
    return (err == 0) ? TCL_OK : IpcFail(call, err, (err == ENAMETOOLONG)
	    ? Tcl_ObjPrintf("at most %lu bytes can follow the slash in the"
		    " name of a %s", (unsigned long) most, call->family->noun)
	    : Tcl_NewStringObj(why, -1));
}

/*
 * IpcSetName --
 *
 *	Sets the name of the call's object. SubcommandCmd in posixIpc.c drops
 *	the name.
 */

void
IpcSetName(
    IpcCall *call,
    Tcl_Obj *name)
{
    Tcl_IncrRefCount(name);
    if (call->name != NULL) {
	Tcl_DecrRefCount(call->name);
    }
    call->name = name;
}

/*
 * IpcTakeName --
 *
 *	Reads a word that names the call's object, as IpcEncodeName does. If the
 *	system accepts a name with no slash or several, the name gets the
 *	spelling that list returns, with one slash.
 */

int
IpcTakeName(
    IpcCall *call,
    Tcl_Obj *word,
    Tcl_DString *name)
{
    const char *text;

    IpcSetName(call, word);
    if (IpcEncodeName(call, name) != TCL_OK) {
	return TCL_ERROR;
    }
    text = Tcl_GetString(word);
    if (text[0] == '/' && text[1] != '/') {
	return TCL_OK;
    }
    text += strspn(text, "/");
    IpcSetName(call, Tcl_ObjPrintf("/%s", text));
    Tcl_DStringSetLength(name, 0);
    return IpcEncodeName(call, name);
}
