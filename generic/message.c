/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * message.c --
 *
 *	Messages between scripts and the system: bytes, or text in the encoding
 *	of a handle.
 */

#include "message.h"
#include "args.h"
#include "text.h"

#include <string.h>

/*
 * IpcReadMessage, IpcFreeMessage --
 *
 *	Bracket the use of a value as a message. The call fails if the
 *	encoding lacks a character or, with encoding NULL, if one is above
 *	U+00FF.
 */

int
IpcReadMessage(
    const IpcCall *call,
    Tcl_Obj *value,
    Tcl_Encoding encoding,
    IpcMessage *message)
{
    Tcl_Size length;

    message->isEncoded = (encoding != NULL);
    if (!message->isEncoded) {
	message->bytes = IpcGetBytes(call, value, &length);
	message->length = (size_t) length;
	return (message->bytes != NULL) ? TCL_OK : TCL_ERROR;
    }
    Tcl_DStringInit(&message->encoded);
    if (IpcEncode(call, "message", value, encoding, &message->encoded)
	    != TCL_OK) {
	return TCL_ERROR;
    }
    message->bytes = (const unsigned char *)
	    Tcl_DStringValue(&message->encoded);
    message->length = (size_t) Tcl_DStringLength(&message->encoded);
    return TCL_OK;
}

void
IpcFreeMessage(
    IpcMessage *message)
{
    if (message->isEncoded) {
	Tcl_DStringFree(&message->encoded);
    }
}

/*
 * IpcNewMessageObj --
 *
 *	Returns the Tcl value of a message.
 */

Tcl_Obj *
IpcNewMessageObj(
    Tcl_Encoding encoding,
    const void *bytes,
    size_t length)
{
    return (encoding == NULL) ? Tcl_NewByteArrayObj(bytes, (Tcl_Size) length)
	    : IpcDecodeBytes(encoding, bytes, (Tcl_Size) length);
}

/*
 * IpcEnlargeRoom, IpcTakeMessage, IpcFreeRoom --
 *
 *	IpcEnlargeRoom makes room for length bytes, and stores its address and
 *	its size; it returns 0 or the errno value of IpcTryBytes. IpcTakeMessage
 *	returns the Tcl value of the message in the room. IpcFreeRoom ends the
 *	use of the room.
 */

int
IpcEnlargeRoom(
    IpcRoom *room,
    size_t length,
    void **bytesPtr,
    size_t *sizePtr)
{
    unsigned char *bytes;
    int err;

    IpcFreeRoom(room);
    err = IpcTryBytes((int64_t) length, &room->large, &bytes);
    if (err == 0) {
	*bytesPtr = bytes;
	*sizePtr = length;
    }
    return err;
}

Tcl_Obj *
IpcTakeMessage(
    IpcRoom *room,
    Tcl_Encoding encoding,
    const void *bytes,
    size_t length)
{
    Tcl_Obj *value = room->large;

    if (value == NULL || encoding != NULL) {
	return IpcNewMessageObj(encoding, bytes, length);
    }
    room->large = NULL;
    Tcl_SetByteArrayLength(value, (Tcl_Size) length);
    return value;
}

void
IpcFreeRoom(
    IpcRoom *room)
{
    if (room->large != NULL) {
	Tcl_DecrRefCount(room->large);
	room->large = NULL;
    }
}

/*
 * IpcSetEncoding, IpcConfigureEncoding, IpcGetEncoding --
 *
 *	IpcSetEncoding stores an encoding that is known to exist; NULL and
 *	"binary" mean none. The other two are the setter and the getter of
 *	-encoding.
 */

void
IpcSetEncoding(
    Tcl_Encoding *where,
    Tcl_Obj *name)
{
    if (*where != NULL) {
	Tcl_FreeEncoding(*where);
    }
    *where = (name == NULL || strcmp(Tcl_GetString(name), "binary") == 0)
	    ? NULL : Tcl_GetEncoding(NULL, Tcl_GetString(name));
}

int
IpcConfigureEncoding(
    IpcHandle *handle,
    const IpcCall *call,
    size_t offset,
    Tcl_Obj *value,
    bool commit)
{
    Tcl_Obj *name;

    if (IpcReadEncoding(call, "-encoding", value, &name) != TCL_OK) {
	return TCL_ERROR;
    }
    if (commit) {
	IpcSetEncoding((Tcl_Encoding *) ((char *) handle + offset), name);
    }
    return TCL_OK;
}

int
IpcGetEncoding(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    Tcl_Encoding encoding = *(Tcl_Encoding *) ((char *) record + offset);

    *valuePtr = Tcl_NewStringObj((encoding == NULL) ? "binary"
	    : Tcl_GetEncodingName(encoding), -1);
    return 0;
}
