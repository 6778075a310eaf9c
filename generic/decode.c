/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * decode.c --
 *
 *	Decodes text in a field of fixed length, up to its first zero character.
 *	The field was written by another program and may contain anything.
 *	Invalid bytes become U+FFFD, the replacement character. Tcl 9 can do
 *	that itself. Tcl 8.6 cannot: it reads invalid UTF-8 as Latin-1.
 */

#include "decode.h"

#include <string.h>

static const char replacement[] = "\xEF\xBF\xBD";

/*
 * IpcHasZero --
 *
 *	Returns whether a text contains a zero character, which Tcl stores as
 *	C0 80.
 */

bool
IpcHasZero(
    Tcl_Obj *value)
{
    return strstr(Tcl_GetString(value), "\xC0\x80") != NULL;
}

/*
 * FindZero --
 *
 *	Returns how many bytes precede the first zero character, or length if
 *	there is none. A zero character is unit zero bytes at a multiple of
 *	unit. At the end of a field whose length is not a multiple of unit,
 *	fewer zeros suffice.
 */

static size_t
FindZero(
    const char *bytes,
    size_t length,
    size_t unit)
{
    static const char zeros[4];

    for (size_t i = 0; i < length; i += unit) {
	size_t left = length - i;

	if (memcmp(bytes + i, zeros, (left < unit) ? left : unit) == 0) {
	    return i;
	}
    }
    return length;
}

/*
 * MeasureUtf8 --
 *
 *	Returns the length of the UTF-8 character that begins at bytes, or 0 if
 *	no valid character begins there (RFC 3629, section 4). left is the
 *	number of bytes from there to the end. The table gives the range of the
 *	second byte for each range of the first.
 */

static size_t
MeasureUtf8(
    const unsigned char *bytes,
    size_t left)
{
    static const struct {
	unsigned char first, last, least, most;
	size_t length;
    } rows[] = {
	{ 0x00, 0x7F, 0x00, 0x00, 1 }, { 0xC2, 0xDF, 0x80, 0xBF, 2 },
	{ 0xE0, 0xE0, 0xA0, 0xBF, 3 }, { 0xE1, 0xEC, 0x80, 0xBF, 3 },
	{ 0xED, 0xED, 0x80, 0x9F, 3 }, { 0xEE, 0xEF, 0x80, 0xBF, 3 },
	{ 0xF0, 0xF0, 0x90, 0xBF, 4 }, { 0xF1, 0xF3, 0x80, 0xBF, 4 },
	{ 0xF4, 0xF4, 0x80, 0x8F, 4 }
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
	if (bytes[0] < rows[i].first || bytes[0] > rows[i].last
		|| rows[i].length > left) {
	    continue;
	}
	for (size_t n = 1; n < rows[i].length; n++) {
	    if (bytes[n] < ((n == 1) ? rows[i].least : 0x80)
		    || bytes[n] > ((n == 1) ? rows[i].most : 0xBF)) {
		return 0;
	    }
	}
	return rows[i].length;
    }
    return 0;
}

/*
 * RepairUtf8 --
 *
 *	Appends text to valid, with the replacement character for each byte that
 *	is not part of a character of UTF-8.
 */

static void
RepairUtf8(
    const char *text,
    size_t length,
    Tcl_DString *valid)
{
    while (length > 0) {
	size_t size = MeasureUtf8((const unsigned char *) text, length);

	if (size == 0) {
	    Tcl_DStringAppend(valid, replacement, -1);
	    size = 1;
	} else {
	    Tcl_DStringAppend(valid, text, (Tcl_Size) size);
	}
	text += size;
	length -= size;
    }
}

/*
 * Decode --
 *
 *	Appends bytes in an encoding to text, with the replacement character
 *	for each unit of bytes that is not part of a character.
 */

static void
Decode(
    Tcl_Encoding encoding,
    const char *bytes,
    size_t length,
    size_t unit,
    Tcl_DString *text)
{
    int flags = TCL_ENCODING_START | TCL_ENCODING_END
	    | TCL_ENCODING_STOPONERROR;
    Tcl_EncodingState state;

    while (length > 0) {
	Tcl_Size done = Tcl_DStringLength(text);
	Tcl_Size room = (Tcl_Size) (length * 3 + (size_t) TCL_UTF_MAX * 4);
	int read, wrote, outcome;

	Tcl_DStringSetLength(text, done + room);
	outcome = Tcl_ExternalToUtf(NULL, encoding, bytes, (Tcl_Size) length,
		flags, &state, Tcl_DStringValue(text) + done, room, &read,
		&wrote, NULL);
	Tcl_DStringSetLength(text, done + wrote);
	bytes += read;
	length -= (size_t) read;
	flags &= ~TCL_ENCODING_START;
	if (outcome != TCL_CONVERT_NOSPACE && length > 0) {
	    size_t skip = (unit < length) ? unit : length;

	    Tcl_DStringAppend(text, replacement, -1);
	    bytes += skip;
	    length -= skip;
	}
    }
}

/*
 * IpcNewText --
 *
 *	Returns the text in a field of length bytes. In the encoding, a zero
 *	character has unit bytes.
 */

Tcl_Obj *
IpcNewText(
    const char *bytes,
    size_t length,
    size_t unit,
    Tcl_Encoding encoding)
{
    Tcl_DString valid, text;
    Tcl_Obj *value;

    length = FindZero(bytes, length, unit);
    Tcl_DStringInit(&valid);
    Tcl_DStringInit(&text);
    if (strcmp(Tcl_GetEncodingName(encoding), "utf-8") == 0) {
	RepairUtf8(bytes, length, &valid);
	bytes = Tcl_DStringValue(&valid);
	length = (size_t) Tcl_DStringLength(&valid);
    }
    Decode(encoding, bytes, length, unit, &text);
    value = Tcl_NewStringObj(Tcl_DStringValue(&text),
	    Tcl_DStringLength(&text));
    Tcl_DStringFree(&text);
    Tcl_DStringFree(&valid);
    return value;
}
