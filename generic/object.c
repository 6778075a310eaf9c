/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * object.c --
 *
 *	The attributes of handles that describe the object itself: -created,
 *	-linked, -mode, -owner, -group. The system is asked each time, because
 *	any process may unlink the object or change its permissions.
 */

#include "object.h"
#include "args.h"
#include "decode.h"
#include "error.h"
#include "handle.h"
#include "text.h"

#include <errno.h>

/*
 * EncodeName --
 *
 *	Stores the name of a handle's object in the system's encoding. The name
 *	is known to be well-formed. The caller frees name.
 */

static const char *
EncodeName(
    const IpcHandle *handle,
    Tcl_DString *name)
{
    Tcl_DStringInit(name);
    IpcCanEncode((handle->objectName != NULL) ? handle->objectName
	    : handle->name, NULL, name);
    return Tcl_DStringValue(name);
}

/*
 * IpcGetCreated --
 *
 *	The attribute -created: whether this open made the object.
 */

int
IpcGetCreated(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    (void) offset;
    *valuePtr = Tcl_NewIntObj(((IpcHandle *) record)->object.created);
    return 0;
}

/*
 * IpcGetLinked --
 *
 *	The attribute -linked: whether the name still refers to the object.
 */

int
IpcGetLinked(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    const IpcHandle *handle = record;
    Tcl_DString name;
    int err = OsCheckLink(&handle->object, EncodeName(handle, &name));

    (void) offset;
    Tcl_DStringFree(&name);
    if (err != 0 && err != ENOENT && err != ESTALE) {
	return err;
    }
    *valuePtr = Tcl_NewIntObj(err == 0);
    return 0;
}

/*
 * GetOwnership --
 *
 *	Stores the permissions and the owner of a handle's object. Returns 0 or
 *	an errno value.
 */

static int
GetOwnership(
    const IpcHandle *handle,
    OsOwnership *ownership)
{
    Tcl_DString name;
    int err = OsStatObject(&handle->object, EncodeName(handle, &name),
	    ownership);

    Tcl_DStringFree(&name);
    return err;
}

/*
 * IpcGetMode, IpcGetOwner, IpcGetGroup --
 *
 *	The attributes -mode, an integer, -owner and -group, names.
 */

int
IpcGetMode(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    OsOwnership ownership;
    int err = GetOwnership(record, &ownership);

    (void) offset;
    if (err == 0) {
	*valuePtr = Tcl_NewIntObj((int) ownership.mode);
    }
    return err;
}

static int
GetOwnerName(
    const IpcHandle *handle,
    bool isGroup,
    Tcl_Obj **valuePtr)
{
    OsOwnership ownership;
    int err = GetOwnership(handle, &ownership);
    char name[256];

    if (err != 0) {
	return err;
    }
    if (isGroup) {
	OsGetGroupName(ownership.gid, name, sizeof(name));
    } else {
	OsGetUserName(ownership.uid, name, sizeof(name));
    }
    *valuePtr = IpcDecode(name);
    return 0;
}

int
IpcGetOwner(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    (void) offset;
    return GetOwnerName(record, false, valuePtr);
}

int
IpcGetGroup(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    (void) offset;
    return GetOwnerName(record, true, valuePtr);
}

/*
 * IpcSetMode, IpcSetGroup --
 *
 *	configure -mode and -group. The umask does not change the mode.
 */

int
IpcSetMode(
    IpcHandle *handle,
    const IpcCall *call,
    size_t offset,
    Tcl_Obj *value,
    bool commit)
{
    Tcl_DString name;
    int64_t mode;
    int err;

    (void) offset;
    if (IpcReadMode(call, "-mode", value, &mode) != TCL_OK) {
	return TCL_ERROR;
    }
    if (!commit) {
	return TCL_OK;
    }
    err = OsSetMode(&handle->object, EncodeName(handle, &name),
	    (mode_t) mode);
    Tcl_DStringFree(&name);
    return (err == 0) ? TCL_OK : IpcFail(call, err, NULL);
}

int
IpcSetGroup(
    IpcHandle *handle,
    const IpcCall *call,
    size_t offset,
    Tcl_Obj *value,
    bool commit)
{
    Tcl_DString name;
    gid_t gid = 0;
    int err;

    (void) offset;
    Tcl_DStringInit(&name);
    err = (IpcCanEncode(value, NULL, &name) && !IpcHasZero(value))
	    ? OsFindGroup(Tcl_DStringValue(&name), &gid) : EINVAL;
    Tcl_DStringFree(&name);
    if (err != 0) {
	return IpcFail(call, err, Tcl_ObjPrintf("no group \"%s\"",
		Tcl_GetString(value)));
    }
    if (!commit) {
	return TCL_OK;
    }
    err = OsSetGroup(&handle->object, EncodeName(handle, &name), gid);
    Tcl_DStringFree(&name);
    return (err == 0) ? TCL_OK : IpcFail(call, err, (err != EACCES) ? NULL
	    : Tcl_ObjPrintf("the owner of the %s, this process, is not a"
		    " member of group \"%s\"; only root may set that group",
		    call->family->noun, Tcl_GetString(value)));
}
