/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * types.h --
 *
 *	The C types that a script can name, and how C lays them out: types.c.
 */

#ifndef IPC_TYPES_H
#define IPC_TYPES_H

#include "call.h"

/*
 * The scalars come first, and among these the integers.
 */

typedef enum IpcKind {
    TYPE_INT8, TYPE_INT16, TYPE_INT32, TYPE_INT64,
    TYPE_UINT8, TYPE_UINT16, TYPE_UINT32, TYPE_UINT64,
    TYPE_FLOAT, TYPE_DOUBLE,
    TYPE_BYTES, TYPE_CHARS, TYPE_ARRAY, TYPE_STRUCT
} IpcKind;

typedef struct IpcType IpcType;

typedef struct IpcField {
    Tcl_Obj *name;
    IpcType *type;
    size_t offset;		/* bytes from the start of the struct */
} IpcField;

struct IpcType {
    int refCount;		/* not of a scalar, of which there is one */
    IpcKind kind;
    size_t size;		/* bytes */
    size_t alignment;		/* bytes, as a member of a struct */
    const char *name;		/* of a scalar */
    int64_t least;		/* of the values that an integer can have */
    uint64_t most;
    int depth;			/* of types within it, its own included */
    size_t longest;		/* list, byte array or text in its values */
    size_t memory;		/* bytes that a Tcl value of it takes, roughly;
				 * SIZE_MAX: too many */
    size_t count;		/* elements of an array, fields of a struct */
    IpcType *element;		/* of an array */
    IpcField *fields;		/* of a struct, by their offsets */
    Tcl_Encoding encoding;	/* of chars */
    size_t unit;		/* bytes of a zero character in it */
};

extern const IpcType ipcScalars[];	/* by their kinds */
extern const Tcl_ObjType ipcTypeRep;	/* of Tcl values used as types */

static inline bool
IpcIsInteger(
    const IpcType *type)
{
    return type->kind <= TYPE_UINT64;
}

static inline bool
IpcIsScalar(
    const IpcType *type)
{
    return type->kind <= TYPE_DOUBLE;
}

IpcType *IpcParseType(const IpcCall *call, Tcl_Obj *value);
void	IpcFreeType(IpcType *type);
Tcl_Obj *IpcNameType(const IpcType *type);

/*
 * IpcHoldType, IpcDropType --
 *
 *	Begin and end a use of a type. The end of the last use frees it.
 */

static inline void
IpcHoldType(
    IpcType *type)
{
    if (!IpcIsScalar(type)) {
	type->refCount++;
    }
}

static inline void
IpcDropType(
    IpcType *type)
{
    if (!IpcIsScalar(type) && --type->refCount == 0) {
	IpcFreeType(type);
    }
}

/*
 * IpcGetType --
 *
 *	Returns the type that a value names, held until IpcDropType. On failure,
 *	fails the call and returns NULL.
 */

static inline IpcType *
IpcGetType(
    const IpcCall *call,
    Tcl_Obj *value)
{
    IpcType *type;

    if (value->typePtr != &ipcTypeRep) {
	return IpcParseType(call, value);
    }
    type = value->internalRep.twoPtrValue.ptr1;
    IpcHoldType(type);
    return type;
}

#endif /* IPC_TYPES_H */
