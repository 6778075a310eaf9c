/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * image.c --
 *
 *	Converts the bytes that a C program has in memory to Tcl values, and
 *	back.
 *
 *	A script may set only a part of a struct. Other processes may change the
 *	rest, including padding, at any time. So a value becomes an image and a
 *	list of the pieces that the script sets. Writing the whole image back
 *	would undo what other processes have written since it was read.
 *
 *	Everything is checked before anything is written. Whether there is
 *	memory for a value is checked before the value is made, because Tcl
 *	ends the process if memory runs out.
 */

#include "image.h"

#include "error.h"
#include "decode.h"
#include "field.h"
#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * IpcNewScalar --
 *
 *	Returns a new Tcl value for the bits of a scalar. An integer of more
 *	than 63 bits becomes a string, which Tcl itself converts to a number
 *	when needed.
 */

Tcl_Obj *
IpcNewScalar(
    const IpcType *type,
    uint64_t bits)
{
    union { uint32_t bits; float number; } single;
    union { uint64_t bits; double number; } twice;
    char text[24];

    switch (type->kind) {
    case TYPE_INT8:
	return IpcNewInteger((int8_t) bits);
    case TYPE_INT16:
	return IpcNewInteger((int16_t) bits);
    case TYPE_INT32:
	return IpcNewInteger((int32_t) bits);
    case TYPE_INT64:
	return IpcNewInteger((int64_t) bits);
    case TYPE_FLOAT:
	single.bits = (uint32_t) bits;
	return Tcl_NewDoubleObj((double) single.number);
    case TYPE_DOUBLE:
	twice.bits = bits;
	return Tcl_NewDoubleObj(twice.number);
    default:
	if (bits <= INT64_MAX) {
	    return IpcNewInteger((int64_t) bits);
	}
	snprintf(text, sizeof(text), "%" PRIu64, bits);
	return Tcl_NewStringObj(text, -1);
    }
}

/*
 * NewArrayObj, NewStructObj --
 *
 *	NewArrayObj returns a list of the elements of an array. NewStructObj
 *	returns a dict of the fields of a struct.
 */

static Tcl_Obj *
NewArrayObj(
    const IpcType *type,
    const unsigned char *bytes)
{
    const IpcType *element = type->element;
    Tcl_Obj **values = (Tcl_Obj **) ckalloc(type->count * sizeof(*values));
    Tcl_Obj *list;

    for (size_t i = 0; i < type->count; i++) {
	const unsigned char *place = bytes + i * element->size;
	double number;

	if (element->kind == TYPE_DOUBLE) {
	    memcpy(&number, place, sizeof(number));
	    values[i] = Tcl_NewDoubleObj(number);
	} else {
	    values[i] = IpcNewValue(element, place);
	}
    }
    list = Tcl_NewListObj((Tcl_Size) type->count, values);
    ckfree(values);
    return list;
}

static Tcl_Obj *
NewStructObj(
    const IpcType *type,
    const unsigned char *bytes)
{
    Tcl_Obj *dict = Tcl_NewDictObj();

    for (size_t i = 0; i < type->count; i++) {
	const IpcField *field = &type->fields[i];

	Tcl_DictObjPut(NULL, dict, field->name,
		IpcNewValue(field->type, bytes + field->offset));
    }
    return dict;
}

/*
 * IpcNewValue --
 *
 *	Returns a new Tcl value for a type at bytes, which need not be
 *	aligned. The caller has checked that there is memory for it.
 */

Tcl_Obj *
IpcNewValue(
    const IpcType *type,
    const unsigned char *bytes)
{
    switch (type->kind) {
    case TYPE_BYTES:
	return Tcl_NewByteArrayObj(bytes, (Tcl_Size) type->size);
    case TYPE_CHARS:
	return IpcNewText((const char *) bytes, type->size, type->unit,
		type->encoding);
    case TYPE_ARRAY:
	return NewArrayObj(type, bytes);
    case TYPE_STRUCT:
	return NewStructObj(type, bytes);
    default:
	return IpcNewScalar(type, OsGetBits(bytes, type->size));
    }
}

/*
 * IpcCheckMemory --
 *
 *	Checks that there is memory for a value of a type.
 *
 *	EOVERFLOW: it is larger than a Tcl value can be. ENOMEM: memory is
 *	short.
 */

int
IpcCheckMemory(
    const IpcCall *call,
    const IpcType *type)
{
    const size_t most = (TCL_SIZE_MAX - 1024) / sizeof(Tcl_Obj *);
    const size_t large = 1 << 26;
    void *trial;

    if (type->memory < large) {
	return TCL_OK;
    }
    if (type->longest > most) {
	return IpcFail(call, EOVERFLOW, Tcl_NewStringObj(
		"that is more than a Tcl value can hold", -1));
    }
    trial = malloc(type->memory);
    if (trial == NULL) {
	return IpcFail(call, ENOMEM, NULL);
    }
    free(trial);
    return TCL_OK;
}

/*
 * A value on its way into an image.
 */

typedef struct Writer {
    const IpcCall *call;
    int64_t offset;		/* of the image in its segment */
    IpcImage *image;
} Writer;

static int Write(Writer *writer, const IpcType *type, Tcl_Obj *value,
	    size_t at);

/*
 * FailFit --
 *
 *	Fails a call for a value that does not fit into a type at offset.
 *	before says what would fit; given is the value with its verb, as in "5
 *	bytes do". Both are freed.
 */

static int
FailFit(
    const IpcCall *call,
    const IpcType *type,
    int64_t offset,
    Tcl_Obj *before,
    Tcl_Obj *given)
{
    Tcl_Obj *name = IpcNameType(type);
    char number[24];

    snprintf(number, sizeof(number), "%" PRId64, offset);
    Tcl_AppendPrintfToObj(before, "%s not fit into %s at offset %s",
	    Tcl_GetString(given), Tcl_GetString(name), number);
    Tcl_DecrRefCount(name);
    Tcl_DecrRefCount(given);
    return IpcFail(call, EINVAL, before);
}

/*
 * IpcFailRange --
 *
 *	Fails a call for a number that is out of range for a scalar at offset.
 */

int
IpcFailRange(
    const IpcCall *call,
    const IpcType *type,
    int64_t offset,
    const char *number)
{
    char range[64];

    snprintf(range, sizeof(range), "%" PRId64 " and %" PRIu64, type->least,
	    type->most);
    return FailFit(call, type, offset, IpcIsInteger(type)
	    ? Tcl_ObjPrintf("the value must be between %s: ", range)
	    : Tcl_NewObj(), Tcl_ObjPrintf("%s does", number));
}

/*
 * FailLength --
 *
 *	Fails a call for text or bytes that are too long. Tcl_ObjPrintf of 8.6
 *	takes no integer larger than a long.
 */

static int
FailLength(
    const Writer *writer,
    const IpcType *type,
    size_t at,
    Tcl_Size length)
{
    return FailFit(writer->call, type, writer->offset + (int64_t) at,
	    Tcl_NewObj(), Tcl_ObjPrintf("%ld bytes do", (long) length));
}

/*
 * FailNumber --
 *
 *	Adds to Tcl's error for a value that is no number where it was to be
 *	stored.
 */

static int
FailNumber(
    const IpcCall *call,
    const IpcType *type,
    int64_t offset)
{
    Tcl_Obj *name = IpcNameType(type);
    char number[24];

    snprintf(number, sizeof(number), "%" PRId64, offset);
    Tcl_AppendResult(call->interp, ": couldn't ", call->verb, " ",
	    Tcl_GetString(name), " at offset ", number, " of ",
	    call->family->noun, " \"", Tcl_GetString(call->name), "\"",
	    (char *) NULL);
    Tcl_DecrRefCount(name);
    return TCL_ERROR;
}

/*
 * ReadInteger --
 *
 *	Reads a Tcl value as an integer of a type.
 */

static int
ReadInteger(
    const IpcCall *call,
    const IpcType *type,
    Tcl_Obj *value,
    int64_t offset,
    uint64_t *bitsPtr)
{
    OsNumber number;

    if (IpcReadNumber(call, value, &number) != TCL_OK) {
	return FailNumber(call, type, offset);
    }
    if (number.isHuge || number.magnitude > (number.isNegative
	    ? -(uint64_t) type->least : type->most)) {
	return IpcFailRange(call, type, offset, Tcl_GetString(value));
    }
    *bitsPtr = number.isNegative ? -number.magnitude : number.magnitude;
    return TCL_OK;
}

/*
 * ReadFloat, ReadDouble --
 *
 *	Read a Tcl value as a floating-point number. A number that would round
 *	to infinity as a float does not fit: one that exceeds the largest float
 *	by half a unit or more. This file avoids isfinite(3), which needs libm
 *	on FreeBSD.
 */

static int
ReadFloat(
    const IpcCall *call,
    const IpcType *type,
    Tcl_Obj *value,
    int64_t offset,
    uint64_t *bitsPtr)
{
    const double tooLarge = 0x1.ffffffp127;
    union { float number; uint32_t bits; } single;
    double number, size;

    if (IpcReadDouble(call, value, &number) != TCL_OK) {
	return FailNumber(call, type, offset);
    }
    size = fabs(number);
    if (tooLarge <= size && size < INFINITY) {
	return IpcFailRange(call, type, offset, Tcl_GetString(value));
    }
    single.number = (float) number;
    *bitsPtr = single.bits;
    return TCL_OK;
}

static int
ReadDouble(
    const IpcCall *call,
    const IpcType *type,
    Tcl_Obj *value,
    int64_t offset,
    uint64_t *bitsPtr)
{
    union { double number; uint64_t bits; } twice;

    if (IpcHasType(value, IPC_DOUBLE)) {
	twice.number = value->internalRep.doubleValue;
    } else if (IpcReadDouble(call, value, &twice.number) != TCL_OK) {
	return FailNumber(call, type, offset);
    }
    *bitsPtr = twice.bits;
    return TCL_OK;
}

/*
 * IpcParseScalar --
 *
 *	IpcReadScalar for anything but an integer that fits.
 *
 *	EINVAL: it is out of range.
 */

int
IpcParseScalar(
    const IpcCall *call,
    const IpcType *type,
    Tcl_Obj *value,
    int64_t offset,
    uint64_t *bitsPtr)
{
    return (type->kind == TYPE_DOUBLE)
		    ? ReadDouble(call, type, value, offset, bitsPtr)
	    : (type->kind == TYPE_FLOAT)
		    ? ReadFloat(call, type, value, offset, bitsPtr)
		    : ReadInteger(call, type, value, offset, bitsPtr);
}

/*
 * AddPiece --
 *
 *	Notes that length bytes of the image are set. Pieces are added in
 *	order; adjacent ones are merged.
 *
 *	ENOMEM: memory is short.
 */

static int
AddPiece(
    Writer *writer,
    size_t at,
    size_t length)
{
    IpcImage *image = writer->image;
    OsPiece *last = image->pieces + image->count - 1;
    OsPiece *more;

    if (image->count > 0 && last->offset + last->length == at) {
	last->length += length;
	return TCL_OK;
    }
    if (image->count == image->room) {
	more = (image->room > SIZE_MAX / 4 / sizeof(*more)) ? NULL
		: malloc(2 * image->room * sizeof(*more));
	if (more == NULL) {
	    return IpcFail(writer->call, ENOMEM, NULL);
	}
	memcpy(more, image->pieces, image->count * sizeof(*more));
	if (image->pieces != image->few) {
	    free(image->pieces);
	}
	image->pieces = more;
	image->room *= 2;
    }
    image->pieces[image->count++] = (OsPiece) { at, length };
    return TCL_OK;
}

/*
 * WriteBytes --
 *
 *	bytes[n]: a shorter value is padded with zeros.
 */

static int
WriteBytes(
    Writer *writer,
    const IpcType *type,
    Tcl_Obj *value,
    size_t at)
{
    Tcl_Size length;
    const unsigned char *bytes = IpcGetBytes(writer->call, value, &length);

    if (bytes == NULL) {
	return TCL_ERROR;
    }
    if ((size_t) length > type->size) {
	return FailLength(writer, type, at, length);
    }
    memcpy(writer->image->bytes + at, bytes, (size_t) length);
    memset(writer->image->bytes + at + length, 0,
	    type->size - (size_t) length);
    return AddPiece(writer, at, type->size);
}

/*
 * WriteText --
 *
 *	chars[n]: text in an encoding, padded with zeros.
 */

static int
WriteText(
    Writer *writer,
    const IpcType *type,
    Tcl_Obj *value,
    size_t at)
{
    unsigned char *place = writer->image->bytes + at;
    Tcl_DString bytes;
    Tcl_Size length;
    int code;

    if (IpcHasZero(value)) {
	return IpcFail(writer->call, EILSEQ, Tcl_NewStringObj(
		"the text has a zero character, which would end it", -1));
    }
    Tcl_DStringInit(&bytes);
    code = IpcEncode(writer->call, "text", value, type->encoding, &bytes);
    length = Tcl_DStringLength(&bytes);
    if (code == TCL_OK && (size_t) length > type->size) {
	code = FailLength(writer, type, at, length);
    }
    if (code == TCL_OK) {
	memcpy(place, Tcl_DStringValue(&bytes), (size_t) length);
	memset(place + length, 0, type->size - (size_t) length);
	code = AddPiece(writer, at, type->size);
    }
    Tcl_DStringFree(&bytes);
    return code;
}

/*
 * WriteScalars --
 *
 *	Writes count consecutive scalars of one type.
 */

static int
WriteScalars(
    Writer *writer,
    const IpcType *type,
    Tcl_Obj *const values[],
    size_t count,
    size_t at)
{
    for (size_t i = 0; i < count; i++) {
	size_t place = at + i * type->size;
	int64_t offset = writer->offset + (int64_t) place;
	uint64_t bits = 0;

	if ((type->kind == TYPE_DOUBLE)
		? ReadDouble(writer->call, type, values[i], offset, &bits)
			!= TCL_OK
		: IpcReadScalar(writer->call, type, values[i], offset, &bits)
			!= TCL_OK) {
	    return TCL_ERROR;
	}
	OsPutBits(writer->image->bytes + place, type->size, bits);
    }
    return AddPiece(writer, at, count * type->size);
}

/*
 * WriteArray --
 *
 *	A list of as many values as the array has elements.
 */

static int
WriteArray(
    Writer *writer,
    const IpcType *type,
    Tcl_Obj *value,
    size_t at)
{
    const IpcType *element = type->element;
    Tcl_Obj **values;
    Tcl_Size count;
    int code = TCL_OK;

    if (Tcl_ListObjGetElements(writer->call->interp, value, &count, &values)
	    != TCL_OK) {
	return TCL_ERROR;
    }
    if ((size_t) count != type->count) {
	return FailFit(writer->call, type, writer->offset + (int64_t) at,
		Tcl_NewObj(), Tcl_ObjPrintf("a list of %ld does", (long) count));
    }
    if (IpcIsScalar(element)) {
	return WriteScalars(writer, element, values, type->count, at);
    }
    for (size_t i = 0; code == TCL_OK && i < type->count; i++) {
	code = Write(writer, element, values[i], at + i * element->size);
    }
    return code;
}

/*
 * FailField --
 *
 *	Fails a call for a dict with a key that is not a field of the struct.
 */

static int
FailField(
    const Writer *writer,
    const IpcType *type,
    Tcl_Obj *dict)
{
    Tcl_Obj *names = Tcl_NewDictObj();
    Tcl_Obj *key, *value, *known = names;
    Tcl_DictSearch search;
    int done;

    for (size_t i = 0; i < type->count; i++) {
	Tcl_DictObjPut(NULL, names, type->fields[i].name,
		type->fields[i].name);
    }
    Tcl_DictObjFirst(NULL, dict, &search, &key, &value, &done);
    while (!done) {
	Tcl_DictObjGet(NULL, names, key, &known);
	if (known == NULL) {
	    break;
	}
	Tcl_DictObjNext(&search, &key, &value, &done);
    }
    Tcl_DictObjDone(&search);
    Tcl_DecrRefCount(names);
    return IpcFail(writer->call, EINVAL, Tcl_ObjPrintf(
	    "the struct has no field \"%s\"", Tcl_GetString(key)));
}

/*
 * WriteStruct --
 *
 *	A dict of some of the fields of a struct.
 */

static int
WriteStruct(
    Writer *writer,
    const IpcType *type,
    Tcl_Obj *dict,
    size_t at)
{
    Tcl_Size size, found = 0;
    int code = Tcl_DictObjSize(writer->call->interp, dict, &size);

    for (size_t i = 0; code == TCL_OK && i < type->count; i++) {
	const IpcField *field = &type->fields[i];
	Tcl_Obj *value;

	Tcl_DictObjGet(NULL, dict, field->name, &value);
	if (value != NULL) {
	    found++;
	    code = Write(writer, field->type, value, at + field->offset);
	}
    }
    return (code == TCL_OK && found < size) ? FailField(writer, type, dict)
	    : code;
}

/*
 * Write --
 *
 *	Writes a Tcl value of a type to a place in the image.
 */

static int
Write(
    Writer *writer,
    const IpcType *type,
    Tcl_Obj *value,
    size_t at)
{
    switch (type->kind) {
    case TYPE_BYTES:
	return WriteBytes(writer, type, value, at);
    case TYPE_CHARS:
	return WriteText(writer, type, value, at);
    case TYPE_ARRAY:
	return WriteArray(writer, type, value, at);
    case TYPE_STRUCT:
	return WriteStruct(writer, type, value, at);
    default:
	return WriteScalars(writer, type, &value, 1, at);
    }
}

/*
 * IpcMakeImage --
 *
 *	Makes the image of a Tcl value of a type, for offset in the segment. It
 *	is freed by the caller, unless the call has failed.
 *
 *	EINVAL: part of the value is out of range. EILSEQ: the encoding lacks
 *	a character. ENOMEM: memory is short.
 */

int
IpcMakeImage(
    const IpcCall *call,
    const IpcType *type,
    Tcl_Obj *value,
    int64_t offset,
    IpcImage *image)
{
    Writer writer = { call, offset, image };

    image->bytes = (type->size <= IMAGE_BYTES) ? image->space
	    : malloc(type->size);
    image->pieces = image->few;
    image->room = IMAGE_PIECES;
    image->count = 0;
    if (image->bytes == NULL) {
	return IpcFail(call, ENOMEM, NULL);
    }
    if (Write(&writer, type, value, 0) != TCL_OK) {
	IpcFreeImage(image);
	return TCL_ERROR;
    }
    return TCL_OK;
}

/*
 * IpcFreeImage --
 *
 *	Frees the memory of an image.
 */

void
IpcFreeImage(
    IpcImage *image)
{
    if (image->bytes != image->space) {
	free(image->bytes);
    }
    if (image->pieces != image->few) {
	free(image->pieces);
    }
}
