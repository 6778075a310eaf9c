/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * types.c --
 *
 *	The C types that a script can name: integers and floating-point numbers
 *	of a fixed size, arrays, text and bytes in fields of a fixed length, and
 *	structs of all these, laid out as a C compiler lays them out.
 *
 *	A type is parsed once: the result is cached in the Tcl value, as its
 *	internal representation. Types have reference counts, because that
 *	representation can vanish in the middle of a call: the value to be
 *	stored may be the same Tcl_Obj as the type, and reading it as a list
 *	replaces the representation. Code that uses a type therefore holds a
 *	reference. Scalars are constants and need no reference.
 *
 *	Sizes come from scripts, so each sum and each product is checked for
 *	overflow. The depth is limited, because the code walks types
 *	recursively.
 */

#include "types.h"

#include "args.h"
#include "error.h"

#include <errno.h>
#include <string.h>

#define MOST_DEPTH 64
#define MOST_BYTES ((size_t) PTRDIFF_MAX)

/*
 * The alignment of a scalar in a struct. It is not always _Alignof: on 32-bit
 * x86 Linux, an int64_t in a struct is aligned to 4 bytes.
 */

#define ALIGNMENT(type) offsetof(struct { char before; type value; }, value)
#define SCALAR(kind_, name_, type, least_, most_) \
    [kind_] = { \
	.kind = (kind_), .size = sizeof(type), \
	.alignment = ALIGNMENT(type), .name = (name_), .least = (least_), \
	.most = (most_), .depth = 1, .memory = VALUE_MEMORY \
    }

/*
 * Roughly how much memory Tcl uses for each value, list element or dict entry.
 */

#define VALUE_MEMORY (sizeof(Tcl_Obj) + 64)

const IpcType ipcScalars[] = {
    SCALAR(TYPE_INT8,	"int8",		int8_t,		INT8_MIN,  INT8_MAX),
    SCALAR(TYPE_INT16,	"int16",	int16_t,	INT16_MIN, INT16_MAX),
    SCALAR(TYPE_INT32,	"int32",	int32_t,	INT32_MIN, INT32_MAX),
    SCALAR(TYPE_INT64,	"int64",	int64_t,	INT64_MIN, INT64_MAX),
    SCALAR(TYPE_UINT8,	"uint8",	uint8_t,	0,	   UINT8_MAX),
    SCALAR(TYPE_UINT16,	"uint16",	uint16_t,	0,	   UINT16_MAX),
    SCALAR(TYPE_UINT32,	"uint32",	uint32_t,	0,	   UINT32_MAX),
    SCALAR(TYPE_UINT64,	"uint64",	uint64_t,	0,	   UINT64_MAX),
    SCALAR(TYPE_FLOAT,	"float",	float,		0,	   0),
    SCALAR(TYPE_DOUBLE,	"double",	double,		0,	   0)
};

#define SCALARS (sizeof(ipcScalars) / sizeof(*ipcScalars))

/*
 * Parse --
 *
 *	Returns the type that a Tcl value names, with a reference for the
 *	caller. On failure, returns NULL and stores a new object with the reason
 *	in *whyPtr.
 */

static IpcType *Parse(Tcl_Obj *value, int depth, Tcl_Obj **whyPtr);

/*
 * NewType --
 *
 *	Returns a new type of size bytes with one reference.
 */

static IpcType *
NewType(
    IpcKind kind,
    size_t size,
    size_t alignment)
{
    IpcType *type = ckalloc(sizeof(*type));

    *type = (IpcType) {
	.refCount = 1, .kind = kind, .size = size, .alignment = alignment,
	.depth = 1, .memory = VALUE_MEMORY
    };
    return type;
}

/*
 * FreeFields --
 *
 *	Frees the fields of a struct, count of which are complete.
 */

static void
FreeFields(
    IpcField *fields,
    size_t count)
{
    for (size_t i = 0; i < count; i++) {
	Tcl_DecrRefCount(fields[i].name);
	IpcDropType(fields[i].type);
    }
    ckfree(fields);
}

/*
 * IpcFreeType --
 *
 *	Frees a type without references that is not a scalar.
 */

void
IpcFreeType(
    IpcType *type)
{
    if (type->kind == TYPE_ARRAY) {
	IpcDropType(type->element);
    } else if (type->kind == TYPE_STRUCT) {
	FreeFields(type->fields, type->count);
    } else if (type->kind == TYPE_CHARS) {
	Tcl_FreeEncoding(type->encoding);
    }
    ckfree(type);
}

/*
 * FreeTypeRep, DupTypeRep, ipcTypeRep --
 *
 *	The internal representation of a Tcl value that was used as a type.
 *	The value always keeps its string representation as well, so there is
 *	no updateString procedure.
 */

static void
FreeTypeRep(
    Tcl_Obj *value)
{
    IpcDropType(value->internalRep.twoPtrValue.ptr1);
    value->typePtr = NULL;
}

static void DupTypeRep(Tcl_Obj *from, Tcl_Obj *to);

const Tcl_ObjType ipcTypeRep = {
    .name = "posix_ipc type",
    .freeIntRepProc = FreeTypeRep,
    .dupIntRepProc = DupTypeRep
};

static void
DupTypeRep(
    Tcl_Obj *from,
    Tcl_Obj *to)
{
    IpcType *type = from->internalRep.twoPtrValue.ptr1;

    IpcHoldType(type);
    to->internalRep.twoPtrValue.ptr1 = type;
    to->typePtr = &ipcTypeRep;
}

/*
 * KeepType --
 *
 *	Caches a type in the value that names it.
 */

static void
KeepType(
    Tcl_Obj *value,
    IpcType *type)
{
    IpcHoldType(type);
    IpcKeepRep(value, &ipcTypeRep, type, NULL);
}

/*
 * AddMemory --
 *
 *	Returns sum + count * each, or SIZE_MAX on overflow.
 */

static size_t
AddMemory(
    size_t sum,
    size_t count,
    size_t each)
{
    return (each > (SIZE_MAX - sum) / count) ? SIZE_MAX : sum + count * each;
}

/*
 * NewArray --
 *
 *	Returns the type of an array of count elements, or NULL if the array is
 *	too large. Takes over the caller's reference to the element type.
 */

static IpcType *
NewArray(
    size_t count,
    IpcType *element,
    Tcl_Obj **whyPtr)
{
    IpcType *type;

    if (count > MOST_BYTES / element->size) {
	*whyPtr = Tcl_NewStringObj("the type is too large", -1);
	IpcDropType(element);
	return NULL;
    }
    type = NewType(TYPE_ARRAY, count * element->size, element->alignment);
    type->count = count;
    type->element = element;
    type->depth = element->depth + 1;
    type->longest = (count > element->longest) ? count : element->longest;
    type->memory = AddMemory(VALUE_MEMORY, count, element->memory);
    return type;
}

/*
 * ParseCount --
 *
 *	Reads a decimal number of elements or bytes, at least 1, and stores
 *	where it ends. A number that is too large becomes SIZE_MAX. Returns
 *	false if there is no number.
 */

static bool
ParseCount(
    const char *text,
    const char **endPtr,
    size_t *countPtr)
{
    size_t count = 0;

    for (*endPtr = text; **endPtr >= '0' && **endPtr <= '9'; ++*endPtr) {
	size_t digit = (size_t) (**endPtr - '0');

	count = (count > (SIZE_MAX - digit) / 10) ? SIZE_MAX
		: count * 10 + digit;
    }
    *countPtr = count;
    return count > 0;
}

/*
 * GetZeroWidth --
 *
 *	Returns how many bytes a zero character has in an encoding: 1, 2 or 4.
 */

static size_t
GetZeroWidth(
    Tcl_Encoding encoding)
{
    static const char zeros[4];
    char bytes[32];
    int wrote = 0;

    Tcl_UtfToExternal(NULL, encoding, "\xC0\x80", 2, TCL_ENCODING_START
	    | TCL_ENCODING_END, NULL, bytes, sizeof(bytes), NULL, &wrote,
	    NULL);
    return ((wrote == 2 || wrote == 4) && memcmp(bytes, zeros, (size_t) wrote)
	    == 0) ? (size_t) wrote : 1;
}

/*
 * ParseChars --
 *
 *	Returns the type of text in count bytes. stem is "chars" or
 *	"chars.ENCODING", without the count.
 */

static IpcType *
ParseChars(
    const char *stem,
    size_t count,
    Tcl_Obj **whyPtr)
{
    const char *name = (stem[5] == '\0') ? "utf-8" : stem + 6;
    Tcl_Encoding encoding = (*name == '\0') ? NULL
	    : Tcl_GetEncoding(NULL, name);
    IpcType *type;

    if (encoding == NULL) {
	*whyPtr = Tcl_ObjPrintf("unknown encoding \"%s\"", name);
	return NULL;
    }
    type = NewType(TYPE_CHARS, count, 1);
    type->encoding = encoding;
    type->unit = GetZeroWidth(encoding);
    return type;
}

/*
 * ParseField --
 *
 *	Returns the type that a word names. stem is the word without its
 *	brackets, and count is the number in the brackets, or 0 if there are
 *	none.
 */

static IpcType *
ParseField(
    const char *stem,
    size_t count,
    Tcl_Obj **whyPtr)
{
    IpcType *type = NULL;

    for (size_t i = 0; i < SCALARS; i++) {
	if (strcmp(stem, ipcScalars[i].name) == 0) {
	    type = (IpcType *) &ipcScalars[i];
	    return (count == 0) ? type : NewArray(count, type, whyPtr);
	}
    }
    if (count > MOST_BYTES) {
	*whyPtr = Tcl_NewStringObj("the type is too large", -1);
    } else if (count > 0 && strcmp(stem, "bytes") == 0) {
	type = NewType(TYPE_BYTES, count, 1);
    } else if (count > 0 && strncmp(stem, "chars", 5) == 0
	    && (stem[5] == '\0' || stem[5] == '.')) {
	type = ParseChars(stem, count, whyPtr);
    }
    if (type != NULL) {
	type->longest = count;
	type->memory = AddMemory(VALUE_MEMORY, 4, count);
    }
    return type;
}

/*
 * ParseWord --
 *
 *	Returns the type that one word names: a scalar, or anything with a
 *	count in brackets.
 */

static IpcType *
ParseWord(
    const char *word,
    Tcl_Obj **whyPtr)
{
    size_t length = strcspn(word, "[");
    const char *end = word + length;
    size_t count = 0;
    IpcType *type = NULL;

    if (*end == '\0' || (ParseCount(end + 1, &end, &count)
	    && strcmp(end, "]") == 0)) {
	Tcl_DString stem;

	Tcl_DStringInit(&stem);
	Tcl_DStringAppend(&stem, word, (Tcl_Size) length);
	type = ParseField(Tcl_DStringValue(&stem), count, whyPtr);
	Tcl_DStringFree(&stem);
    }
    if (type == NULL && *whyPtr == NULL) {
	*whyPtr = Tcl_ObjPrintf("unknown type \"%s\": must be int8 to int64,"
		" uint8 to uint64, float, double, one of these with [n], bytes[n],"
		" chars[n], a struct, array, or packed", word);
    }
    return type;
}

/*
 * ParseArray --
 *
 *	Returns the type {array n TYPE}.
 */

static IpcType *
ParseArray(
    Tcl_Obj *const words[],
    int depth,
    Tcl_Obj **whyPtr)
{
    const char *end;
    size_t count;
    IpcType *element;

    if (!ParseCount(Tcl_GetString(words[1]), &end, &count) || *end != '\0') {
	*whyPtr = Tcl_ObjPrintf("\"%s\" must be a number of array"
		" elements, 1 or more", Tcl_GetString(words[1]));
	return NULL;
    }
    element = Parse(words[2], depth + 1, whyPtr);
    return (element == NULL) ? NULL : NewArray(count, element, whyPtr);
}

/*
 * PlaceFields --
 *
 *	Gives each field of a struct its offset, and the struct its size and
 *	alignment. A packed struct has neither padding nor alignment, but the
 *	structs within it keep theirs. Returns false if the struct is too large.
 */

static bool
PlaceFields(
    IpcType *type,
    bool isPacked)
{
    size_t end = 0;

    type->alignment = 1;
    for (size_t i = 0; i < type->count; i++) {
	IpcField *field = &type->fields[i];
	size_t alignment = isPacked ? 1 : field->type->alignment;

	field->offset = (end + alignment - 1) / alignment * alignment;
	if (field->type->size > MOST_BYTES - field->offset) {
	    return false;
	}
	end = field->offset + field->type->size;
	if (alignment > type->alignment) {
	    type->alignment = alignment;
	}
    }
    type->size = (end + type->alignment - 1) / type->alignment
	    * type->alignment;
    return type->size <= MOST_BYTES;
}

/*
 * SumUp --
 *
 *	Adds up the memory that the values of a struct use in Tcl.
 */

static void
SumUp(
    IpcType *type)
{
    type->longest = type->count;
    for (size_t i = 0; i < type->count; i++) {
	const IpcType *part = type->fields[i].type;

	type->memory = AddMemory(type->memory, 1, part->memory);
	if (part->longest > type->longest) {
	    type->longest = part->longest;
	}
	if (part->depth >= type->depth) {
	    type->depth = part->depth + 1;
	}
    }
}

/*
 * ParseFields --
 *
 *	Reads the fields of a struct, {name type name type ...}, in count words.
 *	Returns NULL on failure.
 */

static IpcField *
ParseFields(
    Tcl_Obj *const words[],
    size_t count,
    int depth,
    Tcl_Obj **whyPtr)
{
    IpcField *fields = ckalloc(count / 2 * sizeof(*fields));
    size_t done = 0;
    Tcl_HashTable names;
    int isNew = 1;

    Tcl_InitHashTable(&names, TCL_STRING_KEYS);
    for (; done < count / 2; done++) {
	Tcl_Obj *name = words[2 * done];

	Tcl_CreateHashEntry(&names, Tcl_GetString(name), &isNew);
	if (!isNew) {
	    *whyPtr = Tcl_ObjPrintf("field \"%s\" appears twice",
		    Tcl_GetString(name));
	    break;
	}
	fields[done].type = Parse(words[2 * done + 1], depth + 1, whyPtr);
	if (fields[done].type == NULL) {
	    break;
	}
	fields[done].name = name;
	Tcl_IncrRefCount(name);
    }
    Tcl_DeleteHashTable(&names);
    if (done < count / 2) {
	FreeFields(fields, done);
	return NULL;
    }
    return fields;
}

/*
 * ParseStruct --
 *
 *	Returns the type of a struct.
 */

static IpcType *
ParseStruct(
    Tcl_Obj *const words[],
    size_t count,
    int depth,
    Tcl_Obj **whyPtr)
{
    IpcField *fields = ParseFields(words, count, depth, whyPtr);
    IpcType *type;

    if (fields == NULL) {
	return NULL;
    }
    type = NewType(TYPE_STRUCT, 0, 1);
    type->fields = fields;
    type->count = count / 2;
    SumUp(type);
    if (!PlaceFields(type, false)) {
	*whyPtr = Tcl_NewStringObj("the type is too large", -1);
	IpcDropType(type);
	return NULL;
    }
    return type;
}

/*
 * ParsePacked --
 *
 *	Returns the type {packed TYPE}: a copy of a struct, laid out without
 *	padding. The struct itself may be in use elsewhere.
 */

static IpcType *
ParsePacked(
    Tcl_Obj *value,
    int depth,
    Tcl_Obj **whyPtr)
{
    IpcType *from = Parse(value, depth + 1, whyPtr);
    IpcType *type;

    if (from == NULL) {
	return NULL;
    }
    if (from->kind != TYPE_STRUCT) {
	*whyPtr = Tcl_ObjPrintf("only a struct can be packed, not \"%s\"",
		Tcl_GetString(value));
	IpcDropType(from);
	return NULL;
    }
    type = ckalloc(sizeof(*type));
    *type = *from;
    type->refCount = 1;
    type->fields = ckalloc(type->count * sizeof(*type->fields));
    memcpy(type->fields, from->fields, type->count * sizeof(*type->fields));
    for (size_t i = 0; i < type->count; i++) {
	Tcl_IncrRefCount(type->fields[i].name);
	IpcHoldType(type->fields[i].type);
    }
    IpcDropType(from);
    PlaceFields(type, true);
    return type;
}

/*
 * ParseList --
 *
 *	Returns the type that a list of words names.
 */

static IpcType *
ParseList(
    Tcl_Obj *value,
    int depth,
    Tcl_Obj **whyPtr)
{
    Tcl_Obj **words;
    Tcl_Size count;
    const char *first;

    if (Tcl_ListObjGetElements(NULL, value, &count, &words) != TCL_OK) {
	*whyPtr = Tcl_ObjPrintf("malformed type \"%s\"", Tcl_GetString(value));
	return NULL;
    }
    if (count == 0) {
	*whyPtr = Tcl_NewStringObj("the type is empty", -1);
	return NULL;
    }
    first = Tcl_GetString(words[0]);
    if (count == 1) {
	return ParseWord(first, whyPtr);
    } else if (count == 3 && strcmp(first, "array") == 0) {
	return ParseArray(words, depth, whyPtr);
    } else if (count == 2 && strcmp(first, "packed") == 0) {
	return ParsePacked(words[1], depth, whyPtr);
    } else if (count % 2 == 0) {
	return ParseStruct(words, (size_t) count, depth, whyPtr);
    }
    *whyPtr = Tcl_ObjPrintf("malformed type \"%s\": a struct is a list of"
	    " names and types", Tcl_GetString(value));
    return NULL;
}

static IpcType *
Parse(
    Tcl_Obj *value,
    int depth,			/* of the types around it */
    Tcl_Obj **whyPtr)
{
    IpcType *type;

    if (value->typePtr == &ipcTypeRep) {
	type = value->internalRep.twoPtrValue.ptr1;
	IpcHoldType(type);
    } else if (depth >= MOST_DEPTH) {
	type = NULL;
    } else {
	const char *text = Tcl_GetString(value);

	type = (*text != '\0' && strpbrk(text, " \t\n\v\f\r{}\"\\") == NULL)
		? ParseWord(text, whyPtr) : ParseList(value, depth, whyPtr);
	if (type == NULL) {
	    return NULL;
	}
    }
    if (type == NULL || depth + type->depth > MOST_DEPTH) {
	*whyPtr = Tcl_NewStringObj("the type is nested too deeply", -1);
	if (type != NULL) {
	    IpcDropType(type);
	}
	return NULL;
    }
    return type;
}

/*
 * IpcParseType --
 *
 *	IpcGetType for a value that has not been used as a type yet.
 */

IpcType *
IpcParseType(
    const IpcCall *call,
    Tcl_Obj *value)
{
    Tcl_Obj *why = NULL;
    IpcType *type = Parse(value, 0, &why);

    if (type == NULL) {
	IpcFail(call, EINVAL, why);
    } else {
	KeepType(value, type);
    }
    return type;
}

/*
 * IpcNameType --
 *
 *	Returns a new object with a name of the type for messages: as a script
 *	writes it, except for structs.
 */

Tcl_Obj *
IpcNameType(
    const IpcType *type)
{
    const IpcType *named = (type->kind == TYPE_ARRAY) ? type->element : type;
    const char *encoding;
    Tcl_Obj *name;

    if (type->kind == TYPE_STRUCT
	    || (type->kind == TYPE_ARRAY && !IpcIsScalar(named))) {
	return Tcl_NewStringObj((type->kind == TYPE_STRUCT) ? "the struct"
		: "the array", -1);
    }
    if (type->kind == TYPE_CHARS) {
	encoding = Tcl_GetEncodingName(type->encoding);
	name = (strcmp(encoding, "utf-8") == 0) ? Tcl_NewStringObj("chars", -1)
		: Tcl_ObjPrintf("chars.%s", encoding);
    } else {
	name = Tcl_NewStringObj((type->kind == TYPE_BYTES) ? "bytes"
		: named->name, -1);
    }
    if (!IpcIsScalar(type)) {
	Tcl_AppendPrintfToObj(name, "[%ld]",
		(long) ((named == type) ? type->size
			: type->size / named->size));
    }
    return name;
}
