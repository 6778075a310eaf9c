/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * message.h --
 *
 *	Messages between scripts and the system: bytes, or text in the encoding
 *	of a handle.
 */

#ifndef IPC_MESSAGE_H
#define IPC_MESSAGE_H

#include "family.h"

/*
 * A message that a script has given. Its bytes belong to the value until
 * IpcFreeMessage, which must be called even if IpcReadMessage has failed.
 */

typedef struct IpcMessage {
    const unsigned char *bytes;
    size_t length;		/* bytes */
    bool isEncoded;
    Tcl_DString encoded;	/* if so */
} IpcMessage;

int	IpcReadMessage(const IpcCall *call, Tcl_Obj *value,
	    Tcl_Encoding encoding, IpcMessage *message);
void	IpcFreeMessage(IpcMessage *message);
Tcl_Obj *IpcNewMessageObj(Tcl_Encoding encoding, const void *bytes,
	    size_t length);

/*
 * The room for a message that is being received. It is on the stack or, if the
 * message is long, in a byte array, which becomes the result if the message is
 * binary.
 */

typedef struct IpcRoom {
    Tcl_Obj *large;		/* or NULL; with reference count 0 */
    unsigned char small[4096];	/* bytes */
} IpcRoom;

static inline void
IpcInitRoom(
    IpcRoom *room,
    void **bytesPtr,		/* where the room is, and its size */
    size_t *sizePtr)
{
    room->large = NULL;
    *bytesPtr = room->small;
    *sizePtr = sizeof(room->small);
}

int	IpcEnlargeRoom(IpcRoom *room, size_t length, void **bytesPtr,
	    size_t *sizePtr);
Tcl_Obj *IpcTakeMessage(IpcRoom *room, Tcl_Encoding encoding,
	    const void *bytes, size_t length);
void	IpcFreeRoom(IpcRoom *room);

/*
 * The attribute -encoding: a field of the handle, NULL for bytes.
 */

void	IpcSetEncoding(Tcl_Encoding *where, Tcl_Obj *name);

IpcGetter IpcGetEncoding;
IpcSetter IpcConfigureEncoding;

#endif /* IPC_MESSAGE_H */
