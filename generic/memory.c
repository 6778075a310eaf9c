/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * memory.c --
 *
 *	Typed and atomic access to a segment: the methods get, set, incr, swap,
 *	cas and wake, and posix_ipc::layout, which returns the offsets of the
 *	fields of a type. memoryWait.c has the method wait.
 *
 *	A scalar goes through one function of unix/osMemory.c, in one step if it
 *	is aligned; everything else goes through an image (image.c). While a
 *	type that is not a scalar is in use, a reference to it is held, because
 *	reading a value can discard the type that Tcl caches.
 */

#include "memory.h"

#include "args.h"
#include "error.h"
#include "field.h"
#include "image.h"
#include "shmHandle.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * An access: its place, its type, and how many waiters it wakes afterward.
 */

typedef struct Access {
    OsShm *shm;
    int64_t offset;
    IpcType *type;		/* held; nothing ends that of a scalar */
    int wake;			/* INT_MAX: all; 0: none */
} Access;

/*
 * ReadWake --
 *
 *	Reads a number of waiters, at least 1, or "all".
 */

static int
ReadWake(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    void *where)
{
    int64_t count;

    if (IpcReadCountOrAll(call, what, value, INT64_MAX, &count) != TCL_OK) {
	return TCL_ERROR;
    }
    *(int *) where = (count < INT_MAX) ? (int) count : INT_MAX;
    return TCL_OK;
}

static const IpcOption storeOptions[] = {
    { "-wake",	ReadWake,	offsetof(Access, wake) },
    { NULL, NULL, 0 }
};

/*
 * IpcFailAligned --
 *
 *	Fails a call for an offset that is not a multiple of size.
 */

int
IpcFailAligned(
    const IpcCall *call,
    int64_t offset,
    size_t size)
{
    char text[80];

    snprintf(text, sizeof(text), "offset %" PRId64 " is not a multiple of %d",
	    offset, (int) size);
    return IpcFail(call, EINVAL, Tcl_NewStringObj(text, -1));
}

/*
 * BeginAccess --
 *
 *	Reads the offset and the type of a call. The type is held unless this
 *	fails.
 */

static inline int
BeginAccess(
    IpcHandle *handle,
    const IpcCall *call,
    Access *access)
{
    access->shm = ((IpcShmHandle *) handle)->shm;
    access->wake = 0;
    if (IpcReadPlace(call, "offset", call->objv[2], &access->offset)
	    != TCL_OK) {
	return TCL_ERROR;
    }
    access->type = IpcGetType(call, call->objv[3]);
    return (access->type == NULL) ? TCL_ERROR : TCL_OK;
}

/*
 * ReadStoreOptions --
 *
 *	Reads the options of a call that stores, from the word at optional on.
 *	If waiters are to be woken, their word must be aligned and inside the
 *	segment, or nothing is stored. If the value is at least as large as the
 *	word, storing it checks that the word is inside. On failure, the type is
 *	no longer held.
 */

static int
ReadStoreOptions(
    const IpcCall *call,
    Tcl_Size optional,
    Access *access)
{
    uint64_t word;
    int err, code = TCL_ERROR;

    if (IpcReadOptions(call, optional, storeOptions, access) == TCL_OK
	    && IpcCheckAligned(call, access->offset, IPC_WORD) == TCL_OK) {
	err = (access->type->size >= IPC_WORD) ? 0
		: OsShmLoad(access->shm, access->offset, IPC_WORD, &word);
	code = (err == 0) ? TCL_OK : IpcFailAccess(call, err, access->shm,
		access->offset, IPC_WORD);
    }
    if (code != TCL_OK) {
	IpcDropType(access->type);
    }
    return code;
}

/*
 * BeginStore --
 *
 *	BeginAccess for a call that may change the segment, with options from
 *	the word at optional on.
 */

static inline int
BeginStore(
    IpcHandle *handle,
    const IpcCall *call,
    Tcl_Size optional,
    Access *access)
{
    if (((IpcShmHandle *) handle)->readonly) {
	IpcFailReadonly(call);
	return TCL_ERROR;
    }
    return (BeginAccess(handle, call, access) != TCL_OK) ? TCL_ERROR
	    : (call->objc == optional) ? TCL_OK
	    : ReadStoreOptions(call, optional, access);
}

/*
 * Wake, EndAccess --
 *
 *	End an access: wake waiters if err is 0, otherwise fail the call.
 *	Return what the call returns.
 */

static int
Wake(
    const IpcCall *call,
    const Access *access)
{
    int woken;
    int err = OsShmWake(access->shm, access->offset, access->wake, &woken);

    return (err == 0) ? TCL_OK : IpcFailAccess(call, err, access->shm,
	    access->offset, IPC_WORD);
}

static inline int
EndAccess(
    const IpcCall *call,
    const Access *access,
    int err)
{
    return (err != 0) ? IpcFailAccess(call, err, access->shm, access->offset,
		    (int64_t) access->type->size)
	    : (access->wake != 0) ? Wake(call, access) : TCL_OK;
}

/*
 * CheckReach --
 *
 *	Checks that an access can be inside a segment before its addresses are
 *	computed, and that a large type is inside before memory of its size is
 *	allocated. Returns 0, ERANGE, or the errno value if the size cannot be
 *	read.
 */

static int
CheckReach(
    const Access *access)
{
    const uint64_t large = 1 << 16, length = access->type->size;
    const uint64_t end = (uint64_t) access->offset + length;
    int64_t size;
    int err = 0;

    if (end > INT64_MAX) {
	return ERANGE;
    }
    if (length >= large) {
	err = OsShmGetSize(access->shm, &size);
	if (err == 0 && end > (uint64_t) size) {
	    err = ERANGE;
	}
    }
    return err;
}

/*
 * GetImage --
 *
 *	Gets a value that is not a scalar, through a copy.
 */

static int
GetImage(
    const IpcCall *call,
    const Access *access)
{
    const size_t small = 512;
    const IpcType *type = access->type;
    unsigned char space[512], *bytes = space;
    int err = CheckReach(access);

    if (err == 0 && IpcCheckMemory(call, type) != TCL_OK) {
	return TCL_ERROR;
    }
    if (err == 0 && type->size > small) {
	bytes = malloc(type->size);
	err = (bytes == NULL) ? ENOMEM : 0;
    }
    if (err == 0) {
	err = OsShmRead(access->shm, access->offset, bytes, type->size);
    }
    if (err == 0) {
	Tcl_SetObjResult(call->interp, IpcNewValue(type, bytes));
    }
    if (bytes != space) {
	free(bytes);
    }
    return EndAccess(call, access, err);
}

/*
 * IpcGetMethod --
 *
 *	$shm get offset type
 */

int
IpcGetMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    Access access;
    uint64_t bits;
    int err, code;

    if (BeginAccess(handle, call, &access) != TCL_OK) {
	return TCL_ERROR;
    }
    if (!IpcIsScalar(access.type)) {
	code = GetImage(call, &access);
	IpcDropType(access.type);
	return code;
    }
    err = OsShmLoad(access.shm, access.offset, access.type->size, &bits);
    if (err == 0) {
	Tcl_SetObjResult(call->interp, IpcNewScalar(access.type, bits));
    }
    return EndAccess(call, &access, err);
}

/*
 * SetImage --
 *
 *	Sets a value that is not a scalar, piece by piece.
 */

static int
SetImage(
    const IpcCall *call,
    const Access *access,
    Tcl_Obj *value)
{
    IpcImage image;
    int err = CheckReach(access);

    if (err == 0) {
	if (IpcMakeImage(call, access->type, value, access->offset, &image)
		!= TCL_OK) {
	    return TCL_ERROR;
	}
	err = OsShmWritePieces(access->shm, access->offset,
		access->type->size, image.bytes, image.pieces, image.count);
	IpcFreeImage(&image);
    }
    return EndAccess(call, access, err);
}

/*
 * IpcSetMethod --
 *
 *	$shm set offset type value ?-wake count?
 */

int
IpcSetMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    Tcl_Obj *value = call->objv[4];
    Access access;
    uint64_t bits;
    int code;

    if (BeginStore(handle, call, 5, &access) != TCL_OK) {
	return TCL_ERROR;
    }
    if (!IpcIsScalar(access.type)) {
	code = SetImage(call, &access, value);
	IpcDropType(access.type);
	return code;
    }
    if (IpcReadScalar(call, access.type, value, access.offset, &bits)
	    != TCL_OK) {
	return TCL_ERROR;
    }
    return EndAccess(call, &access, OsShmStore(access.shm, access.offset,
	    access.type->size, bits));
}

/*
 * FailKind, BeginAtomic --
 *
 *	BeginAtomic is BeginStore for an atomic access: the place must be
 *	aligned, and the kind of the type must not be beyond last. For any other
 *	kind, FailKind fails the call.
 */

static int
FailKind(
    const IpcCall *call,
    IpcKind last,
    const Access *access)
{
    IpcDropType(access->type);
    return IpcFail(call, EINVAL, Tcl_ObjPrintf("type \"%s\" is not %s",
	    Tcl_GetString(call->objv[3]), (last == TYPE_DOUBLE)
		    ? "an integer, float or double" : "an integer"));
}

static inline int
BeginAtomic(
    IpcHandle *handle,
    const IpcCall *call,
    Tcl_Size optional,
    IpcKind last,		/* TYPE_DOUBLE or TYPE_UINT64 */
    Access *access)
{
    return (BeginStore(handle, call, optional, access) != TCL_OK) ? TCL_ERROR
	    : (access->type->kind > last) ? FailKind(call, last, access)
	    : IpcCheckAligned(call, access->offset, access->type->size);
}

/*
 * FailSum --
 *
 *	Fails a call whose sum is out of the range of its type.
 */

static int
FailSum(
    const IpcCall *call,
    const Access *access,
    uint64_t found,
    const char *amount)
{
    Tcl_Obj *old = IpcNewScalar(access->type, found);
    Tcl_Obj *sum = Tcl_ObjPrintf("%s + %s", Tcl_GetString(old), amount);

    IpcFailRange(call, access->type, access->offset, Tcl_GetString(sum));
    Tcl_DecrRefCount(sum);
    Tcl_DecrRefCount(old);
    return TCL_ERROR;
}

/*
 * IpcIncrMethod --
 *
 *	$shm incr offset type ?amount? ?-wake count?
 */

int
IpcIncrMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    Tcl_Obj *amount = (call->objc % 2 != 0) ? call->objv[4] : NULL;
    OsNumber number = { .magnitude = 1 };
    Access access;
    uint64_t bits;
    int err;

    if (BeginAtomic(handle, call, (amount != NULL) ? 5 : 4, TYPE_UINT64,
	    &access)
	    != TCL_OK
	    || (amount != NULL
		    && IpcReadNumber(call, amount, &number) != TCL_OK)) {
	return TCL_ERROR;
    }
    err = OsShmAdd(access.shm, access.offset, access.type->size,
	    access.type->kind <= TYPE_INT64, &number, &bits);
    if (err == EOVERFLOW) {
	return FailSum(call, &access, bits, (amount != NULL)
		? Tcl_GetString(amount) : "1");
    }
    if (err == 0) {
	Tcl_SetObjResult(call->interp, IpcNewScalar(access.type, bits));
    }
    return EndAccess(call, &access, err);
}

/*
 * IpcSwapMethod --
 *
 *	$shm swap offset type value ?-wake count?
 */

int
IpcSwapMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    uint64_t bits, found;
    Access access;
    int err;

    if (BeginAtomic(handle, call, 5, TYPE_DOUBLE, &access) != TCL_OK
	    || IpcReadScalar(call, access.type, call->objv[4], access.offset,
		    &bits) != TCL_OK) {
	return TCL_ERROR;
    }
    err = OsShmSwap(access.shm, access.offset, access.type->size, bits,
	    &found);
    if (err == 0) {
	Tcl_SetObjResult(call->interp, IpcNewScalar(access.type, found));
    }
    return EndAccess(call, &access, err);
}

/*
 * IpcCompareSwapMethod --
 *
 *	$shm cas offset type expected value ?-wake count?
 */

int
IpcCompareSwapMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    uint64_t expected, bits;
    bool isStored;
    Access access;
    int err;

    if (BeginAtomic(handle, call, 6, TYPE_DOUBLE, &access) != TCL_OK
	    || IpcReadScalar(call, access.type, call->objv[4], access.offset,
		    &expected) != TCL_OK
	    || IpcReadScalar(call, access.type, call->objv[5], access.offset,
		    &bits) != TCL_OK) {
	return TCL_ERROR;
    }
    err = OsShmCompareSwap(access.shm, access.offset, access.type->size,
	    expected, bits, &isStored);
    if (err == 0) {
	Tcl_SetObjResult(call->interp, Tcl_NewIntObj(isStored));
    }
    if (!isStored) {
	access.wake = 0;
    }
    return EndAccess(call, &access, err);
}

/*
 * IpcWakeMethod --
 *
 *	$shm wake offset ?count?
 */

int
IpcWakeMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    OsShm *shm = ((IpcShmHandle *) handle)->shm;
    int64_t offset;
    int count = 1, woken, err;

    if (IpcReadPlace(call, "offset", call->objv[2], &offset) != TCL_OK
	    || (call->objc == 4 && ReadWake(call, "count", call->objv[3],
		    &count) != TCL_OK)
	    || IpcCheckAligned(call, offset, IPC_WORD) != TCL_OK) {
	return TCL_ERROR;
    }
    err = OsShmWake(shm, offset, count, &woken);
    if (err != 0) {
	return IpcFailAccess(call, err, shm, offset, IPC_WORD);
    }
    Tcl_SetObjResult(call->interp, Tcl_NewIntObj(woken));
    return TCL_OK;
}

/*
 * PutInteger --
 *
 *	Adds an integer to an unshared dict.
 */

static void
PutInteger(
    Tcl_Obj *dict,
    Tcl_Obj *key,
    size_t value)
{
    Tcl_DictObjPut(NULL, dict, key, IpcNewInteger((int64_t) value));
}

/*
 * IpcLayoutCmd --
 *
 *	posix_ipc::layout type: a dict of size and align, in bytes, and for a
 *	struct offsets, a dict from each field to its offset in bytes.
 */

int
IpcLayoutCmd(
    ClientData clientData,
    Tcl_Interp *interp,
    int objc,
    Tcl_Obj *const objv[])
{
    static const IpcFamily family = { .noun = "type" };
    IpcCall call = { .interp = interp, .verb = "lay out", .family = &family };
    IpcType *type;
    Tcl_Obj *layout;

    (void) clientData;
    if (objc != 2) {
	Tcl_WrongNumArgs(interp, 1, objv, "type");
	return TCL_ERROR;
    }
    call.name = objv[1];
    type = IpcGetType(&call, objv[1]);
    if (type == NULL) {
	return TCL_ERROR;
    }
    layout = Tcl_NewDictObj();
    PutInteger(layout, Tcl_NewStringObj("size", -1), type->size);
    PutInteger(layout, Tcl_NewStringObj("align", -1), type->alignment);
    if (type->kind == TYPE_STRUCT) {
	Tcl_Obj *offsets = Tcl_NewDictObj();

	for (size_t i = 0; i < type->count; i++) {
	    PutInteger(offsets, type->fields[i].name, type->fields[i].offset);
	}
	Tcl_DictObjPut(NULL, layout, Tcl_NewStringObj("offsets", -1), offsets);
    }
    IpcDropType(type);
    Tcl_SetObjResult(interp, layout);
    return TCL_OK;
}
