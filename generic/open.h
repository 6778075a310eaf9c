/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * open.h --
 *
 *	Creates handles.
 */

#ifndef IPC_OPEN_H
#define IPC_OPEN_H

#include "args.h"
#include "handle.h"

/*
 * Opens the object of a call for a handle: TCL_OK, or TCL_ERROR with the call
 * failed.
 */

typedef int IpcOpenProc(IpcCall *call, IpcHandle *handle, void *data);

int	IpcMakeHandle(IpcCall *call, const IpcFamily *family,
	    Tcl_Obj *command, IpcOpenProc *open, void *data);
int	IpcOpen(IpcCall *call, IpcOpenOptions *options);

/*
 * The first rows of the table of a family's open options. flags is the reader
 * of -flags.
 */

#define IPC_OPEN_OPTIONS(flagsReader) \
    { "-flags",	flagsReader,	offsetof(IpcOpenOptions, flags) }, \
    { "-mode",	IpcReadMode,	offsetof(IpcOpenOptions, mode) }, \
    { "-as",	IpcReadWord,	offsetof(IpcOpenOptions, command) }

#endif /* IPC_OPEN_H */
