/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * decode.h --
 *
 *	Text in a field of a fixed length: decode.c.
 */

#ifndef IPC_DECODE_H
#define IPC_DECODE_H

#include "call.h"

bool	IpcHasZero(Tcl_Obj *value);
Tcl_Obj *IpcNewText(const char *bytes, size_t length, size_t unit,
	    Tcl_Encoding encoding);

#endif /* IPC_DECODE_H */
