/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * text.h --
 *
 *	Bytes, text in an encoding, and names. A function that takes a call
 *	fails the call on error, and then returns TCL_ERROR or NULL.
 */

#ifndef IPC_TEXT_H
#define IPC_TEXT_H

#include "call.h"

const unsigned char *IpcGetBytes(const IpcCall *call, Tcl_Obj *value,
	    Tcl_Size *lengthPtr);
int	IpcTryBytes(int64_t length, Tcl_Obj **valuePtr,
	    unsigned char **bytesPtr);
Tcl_Obj *IpcNewBytes(const IpcCall *call, int64_t length,
	    unsigned char **bytesPtr);
bool	IpcCanEncode(Tcl_Obj *value, Tcl_Encoding encoding,
	    Tcl_DString *bytes);
int	IpcEncode(const IpcCall *call, const char *what, Tcl_Obj *value,
	    Tcl_Encoding encoding, Tcl_DString *bytes);
Tcl_Obj *IpcDecodeBytes(Tcl_Encoding encoding, const char *bytes,
	    Tcl_Size length);
Tcl_Obj *IpcDecode(const char *text);
bool	IpcIsPlain(const char *text);
int	IpcEncodeName(const IpcCall *call, Tcl_DString *name);
void	IpcSetName(IpcCall *call, Tcl_Obj *name);
int	IpcTakeName(IpcCall *call, Tcl_Obj *word, Tcl_DString *name);

#endif /* IPC_TEXT_H */
