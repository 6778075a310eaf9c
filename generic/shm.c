/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * shm.c --
 *
 *	Shared memory: posix_ipc::shm open and its handles.
 *
 *	Another process may resize or truncate the segment at any moment, so a
 *	size is never trusted, and any access may fail with ERANGE.
 */

#include "shm.h"
#include "catalog.h"
#include "error.h"
#include "field.h"
#include "memory.h"
#include "method.h"
#include "open.h"
#include "pending.h"
#include "shmHandle.h"
#include "text.h"

#include <errno.h>

/*
 * OpenCommand, OpenShm, CloseShm --
 *
 *	posix_ipc::shm open name ?-flags list? ?-mode mode? ?-size bytes?
 *	    ?-minsize bytes? ?-reserve bool? ?-readonly bool? ?-as command?
 */

typedef struct OpenOptions {
    IpcOpenOptions common;
    int64_t size;		/* bytes */
    int64_t minSize;
    int reserve;
    int readonly;
} OpenOptions;

static const IpcOption openOptions[] = {
    IPC_OPEN_OPTIONS(IpcReadTruncFlags),
    { "-size",	IpcReadSize,	offsetof(OpenOptions, size) },
    { "-minsize", IpcReadSize,	offsetof(OpenOptions, minSize) },
    { "-reserve", IpcReadBoolean, offsetof(OpenOptions, reserve) },
    { "-readonly", IpcReadBoolean, offsetof(OpenOptions, readonly) },
    { NULL, NULL, 0 }
};

static int
OpenCommand(
    IpcCall *call)
{
    OpenOptions options = { .common = IPC_OPEN_DEFAULTS, .size = 0 };

    IpcSetName(call, call->objv[1]);
    if (IpcReadOptions(call, 2, openOptions, &options) != TCL_OK) {
	return TCL_ERROR;
    }
    if (options.readonly && (options.size != 0 || options.minSize != 0
	    || options.reserve || (options.common.flags & OS_TRUNC))) {
	return IpcFail(call, EACCES, Tcl_NewStringObj("-readonly forbids"
		" -size, -minsize, -reserve and the flag TRUNC", -1));
    }
    if (options.size != 0 && options.minSize != 0) {
	return IpcFail(call, EINVAL, Tcl_NewStringObj(
		"-size and -minsize cannot be combined", -1));
    }
    return IpcOpen(call, &options.common);
}

static int
OpenShm(
    IpcHandle *handle,
    const char *name,
    const IpcOpenOptions *common)
{
    const OpenOptions *options = (const OpenOptions *) common;
    IpcShmHandle *shm = (IpcShmHandle *) handle;

    shm->readonly = options->readonly;
    return OsShmOpen(name, &(OsShmRequest) {
	.flags = common->flags, .mode = (mode_t) common->mode,
	.size = options->size, .minSize = options->minSize,
	.reserve = options->reserve != 0, .readonly = options->readonly != 0
    }, &handle->object, &shm->shm);
}

static int
CloseShm(
    IpcHandle *handle)
{
    return OsShmClose(((IpcShmHandle *) handle)->shm);
}

/*
 * GetSize --
 *
 *	The attribute -size, which is read from the system each time.
 */

static int
GetSize(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    int64_t size;
    int err = OsShmGetSize(((IpcShmHandle *) record)->shm, &size);

    (void) offset;
    if (err == 0) {
	*valuePtr = IpcNewInteger(size);
    }
    return err;
}

/*
 * ReadLength --
 *
 *	Reads the length of a read at offset: the fourth word of the call, or
 *	the rest of the segment. A long one is compared with the segment
 *	before memory is allocated for it.
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
	if (IpcReadPlace(call, "length", call->objv[3], lengthPtr) != TCL_OK) {
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
    return (err == 0) ? TCL_OK
	    : IpcFailAccess(call, err, shm, offset, *lengthPtr);
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
    OsShm *shm = ((IpcShmHandle *) handle)->shm;
    int64_t offset = 0, length = 0;
    unsigned char *bytes;
    Tcl_Obj *result;
    int err;

    if ((call->objc > 2 && IpcReadPlace(call, "offset", call->objv[2], &offset)
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
	return IpcFailAccess(call, err, shm, offset, length);
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
    OsShm *shm = ((IpcShmHandle *) handle)->shm;
    const unsigned char *bytes;
    Tcl_Size length;
    int64_t offset;
    int err;

    if (IpcReadPlace(call, "offset", call->objv[2], &offset) != TCL_OK) {
	return TCL_ERROR;
    }
    bytes = IpcGetBytes(call, call->objv[3], &length);
    if (bytes == NULL) {
	return TCL_ERROR;
    }
    err = OsShmWrite(shm, offset, bytes, (size_t) length);
    return (err == 0) ? TCL_OK
	    : IpcFailAccess(call, err, shm, offset, length);
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
    err = OsShmResize(((IpcShmHandle *) handle)->shm, size);
    return (err == 0) ? TCL_OK
	    : (err == EACCES) ? IpcFailReadonly(call)
	    : IpcFail(call, err, NULL);
}

/*
 * The tables of this family.
 */

static const IpcSubcommand subcommands[] = {
    { "open",	OpenCommand,	"open",	1, -1,
	    "name ?-flags list? ?-mode mode? ?-size bytes?"
	    " ?-minsize bytes? ?-reserve bool? ?-readonly bool?"
	    " ?-as command?" },
    IPC_CATALOG_SUBCOMMANDS
};

static const IpcMethod methods[] = {
    { "read",	ReadMethod,	"read",	 0, 2, "?offset ?length??", 0 },
    { "write",	WriteMethod,	"write", 2, 2, "offset bytes", 0 },
    { "resize",	ResizeMethod,	"resize", 1, 1, "bytes", 0 },
    IPC_MEMORY_METHODS,
    IPC_COMMON_METHODS
};

static const IpcAttribute attributes[] = {
    IPC_COMMON_ATTRIBUTES,
    { "-fd",	IpcGetInt,	offsetof(IpcHandle, object.fd), NULL, false },
    { "-size",	GetSize,	0, NULL, false },
    { "-readonly", IpcGetInt,	offsetof(IpcShmHandle, readonly), NULL, false },
    { NULL, NULL, 0, NULL, false }
};

static const IpcInfoKey infoKeys[] = {
    { "size",	OS_INFO_SIZE,	IpcGetWide, offsetof(OsInfo, size) },
    { NULL, 0, NULL, 0 }
};

const IpcFamily ipcShm = {
    .os = &osShmFamily,
    .noun = "shared memory",
    .prefix = "shm",
    .handleSize = sizeof(IpcShmHandle),
    .subcommands = subcommands,
    .methods = methods,
    .attributes = attributes,
    .infoKeys = infoKeys,
    .open = OpenShm,
    .close = CloseShm,
    .unlink = OsShmUnlink,
    .explain = IpcExplainWait,
    .watch = IpcWatchMemory,
    .serve = IpcServeMemory
};
