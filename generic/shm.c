/*
 * shm.c --
 *
 *	Shared memory: posix_ipc::shm open and its handles.
 */

#include "posixIpc.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

typedef struct ShmHandle {
    IpcHandle handle;
    OsShm *shm;
    int readonly;
} ShmHandle;

/*
 * CheckShm, OpenShm, CloseShm --
 *
 *	What handle.c asks of a family.
 */

static int
CheckShm(
    const IpcCall *call,
    const IpcOpenOptions *options)
{
    if (options->readonly && (options->size != 0
	    || (options->flags & OS_TRUNC))) {
	return IpcFail(call, EACCES, Tcl_NewStringObj(
		"-readonly forbids -size and TRUNC", -1));
    }
    return TCL_OK;
}

static int
OpenShm(
    IpcHandle *handle,
    const char *name,
    const IpcOpenOptions *options)
{
    ShmHandle *shm = (ShmHandle *) handle;

    shm->readonly = options->readonly;
    return OsShmOpen(name, options->flags, (mode_t) options->mode,
	    options->size, options->readonly != 0, &shm->shm);
}

static int
CloseShm(
    IpcHandle *handle)
{
    return OsShmClose(((ShmHandle *) handle)->shm);
}

/*
 * GetDescriptor, GetSize, GetReadonly --
 *
 *	The attributes -fd, -size (asked of the system each time), -readonly.
 */

static int
GetDescriptor(
    IpcHandle *handle,
    Tcl_Obj **valuePtr)
{
    *valuePtr = Tcl_NewIntObj(OsShmDescriptor(((ShmHandle *) handle)->shm));
    return 0;
}

static int
GetSize(
    IpcHandle *handle,
    Tcl_Obj **valuePtr)
{
    int64_t size;
    int err = OsShmGetSize(((ShmHandle *) handle)->shm, &size);

    if (err == 0) {
	*valuePtr = Tcl_NewWideIntObj(size);
    }
    return err;
}

static int
GetReadonly(
    IpcHandle *handle,
    Tcl_Obj **valuePtr)
{
    *valuePtr = Tcl_NewBooleanObj(((ShmHandle *) handle)->readonly);
    return 0;
}

/*
 * ReadPlace --
 *
 *	Reads an offset or a length. One that no segment could have is RANGE,
 *	like one that is outside this one.
 */

static int
ReadPlace(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    int64_t *where)
{
    if (IpcGetInteger(call, value, where) != TCL_OK) {
	return TCL_ERROR;
    }
    return (*where >= 0) ? TCL_OK : IpcFail(call, ERANGE,
	    Tcl_ObjPrintf("%s \"%s\"", what, Tcl_GetString(value)));
}

/*
 * FailAccess --
 *
 *	Fails an access to length bytes at offset.
 */

static int
FailAccess(
    const IpcCall *call,
    int err,
    int64_t offset,
    int64_t length)
{
    char text[64];

    if (err != ERANGE) {
	return IpcFailLimit(call, err, NULL);
    }
    snprintf(text, sizeof(text), "%" PRId64 " bytes at offset %" PRId64,
	    length, offset);
    return IpcFail(call, err, Tcl_NewStringObj(text, -1));
}

/*
 * ReadLength --
 *
 *	The length of a read at offset: the fourth word of the call, or what
 *	is left of the segment. A long one is compared with the segment before
 *	memory is taken for it.
 */

static int
ReadLength(
    const IpcCall *call,
    OsShm *shm,
    int64_t offset,
    int64_t *lengthPtr)
{
    const int64_t longLength = 1 << 16;
    int64_t size;
    int err;

    if (call->objc > 3) {
	if (ReadPlace(call, "length", call->objv[3], lengthPtr) != TCL_OK) {
	    return TCL_ERROR;
	}
	if (*lengthPtr < longLength) {
	    return TCL_OK;
	}
    }
    err = OsShmGetSize(shm, &size);
    if (err == 0 && call->objc <= 3) {
	*lengthPtr = (offset < size) ? size - offset : 0;
    }
    if (err == 0 && (offset > size || *lengthPtr > size - offset)) {
	err = ERANGE;
    }
    return (err == 0) ? TCL_OK : FailAccess(call, err, offset, *lengthPtr);
}

/*
 * ReadMethod --
 *
 *	$shm read ?offset ?length??
 */

static int
ReadMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    OsShm *shm = ((ShmHandle *) handle)->shm;
    int64_t offset = 0, length = 0;
    unsigned char *bytes;
    Tcl_Obj *result;
    int err;

    if ((call->objc > 2 && ReadPlace(call, "offset", call->objv[2], &offset)
		    != TCL_OK)
	    || ReadLength(call, shm, offset, &length) != TCL_OK) {
	return TCL_ERROR;
    }
    result = IpcNewBytes(call, length, &bytes);
    if (result == NULL) {
	return TCL_ERROR;
    }
    err = OsShmRead(shm, offset, bytes, (size_t) length);
    if (err != 0) {
	Tcl_DecrRefCount(result);
	return FailAccess(call, err, offset, length);
    }
    Tcl_SetObjResult(call->interp, result);
    return TCL_OK;
}

/*
 * WriteMethod --
 *
 *	$shm write offset bytes
 */

static int
WriteMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    const unsigned char *bytes;
    Tcl_Size length;
    int64_t offset;
    int err;

    if (ReadPlace(call, "offset", call->objv[2], &offset) != TCL_OK) {
	return TCL_ERROR;
    }
    bytes = IpcGetBytes(call, call->objv[3], &length);
    if (bytes == NULL) {
	return TCL_ERROR;
    }
    err = OsShmWrite(((ShmHandle *) handle)->shm, offset, bytes,
	    (size_t) length);
    return (err == 0) ? TCL_OK : FailAccess(call, err, offset, length);
}

/*
 * ResizeMethod --
 *
 *	$shm resize bytes
 */

static int
ResizeMethod(
    IpcHandle *handle,
    const IpcCall *call)
{
    int64_t size;
    int err;

    if (IpcReadSize(call, "size", call->objv[2], &size) != TCL_OK) {
	return TCL_ERROR;
    }
    err = OsShmResize(((ShmHandle *) handle)->shm, size);
    return (err == 0) ? TCL_OK : IpcFailLimit(call, err, NULL);
}

/*
 * The tables of this family.
 */

static const IpcOption openOptions[] = {
    IPC_COMMON_OPTIONS,
    { "-size",	IpcReadSize,	offsetof(IpcOpenOptions, size) },
    { "-readonly", IpcReadBoolean, offsetof(IpcOpenOptions, readonly) },
    { NULL, NULL, 0 }
};

static const IpcMethod methods[] = {
    { "read",	ReadMethod,	"read",	 0, 2, "?offset ?length??", 0 },
    { "write",	WriteMethod,	"write", 2, 2, "offset bytes", 0 },
    { "resize",	ResizeMethod,	"resize", 1, 1, "bytes", 0 },
    IPC_COMMON_METHODS
};

static const IpcAttribute attributes[] = {
    { "-name",	IpcGetName,	NULL,	true },
    { "-fd",	GetDescriptor,	NULL,	false },
    { "-size",	GetSize,	NULL,	false },
    { "-readonly", GetReadonly,	NULL,	false },
    { NULL, NULL, NULL, false }
};

const IpcFamily ipcShm = {
    .id = OS_SHM,
    .noun = "shared memory",
    .prefix = "shm",
    .handleSize = sizeof(ShmHandle),
    .openUsage = "name ?-flags list? ?-mode mode? ?-size bytes?"
	    " ?-readonly bool? ?-as command?",
    .openOptions = openOptions,
    .methods = methods,
    .attributes = attributes,
    .check = CheckShm,
    .open = OpenShm,
    .close = CloseShm,
    .unlink = OsShmUnlink
};
