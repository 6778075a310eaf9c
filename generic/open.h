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
 * Opens the object of a call for a handle. Returns TCL_OK, or fails the call
 * and returns TCL_ERROR.
 */

typedef int IpcOpenProc(IpcCall *call, IpcHandle *handle, void *data);

int	IpcMakeHandle(IpcCall *call, const IpcFamily *family,
	    Tcl_Obj *command, IpcOpenProc *open, void *data);
int	IpcOpen(IpcCall *call, IpcOpenOptions *options);

/*
 * The first rows of a family's table of open options. flagsReader is the reader
 * of -flags.
 */

#define IPC_OPEN_OPTIONS(flagsReader) \
    { "-flags",	flagsReader,	offsetof(IpcOpenOptions, flags) }, \
    { "-mode",	IpcReadMode,	offsetof(IpcOpenOptions, mode) }, \
    { "-as",	IpcReadWord,	offsetof(IpcOpenOptions, command) }

#endif /* IPC_OPEN_H */
