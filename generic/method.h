/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * method.h --
 *
 *	The command of a handle, and the methods and attributes that all
 *	families share. A family's table of methods ends with these rows;
 *	its table of attributes begins with them.
 */

#ifndef IPC_METHOD_H
#define IPC_METHOD_H

#include "handle.h"
#include "object.h"


void	IpcAddCommand(const IpcCall *call, IpcHandle *handle,
	    const char *command);
int	IpcInvoke(IpcHandle *handle, Tcl_Interp *interp, Tcl_Size objc,
	    Tcl_Obj *const objv[], IpcReceiver *receiver);
IpcHandle *IpcFindHandle(Tcl_Interp *interp, Tcl_Obj *command);
int	IpcCloseHandle(IpcHandle *handle);
int	IpcUnlink(IpcCall *call);

IpcMethodProc IpcCloseMethod, IpcUnlinkMethod, IpcDestroyMethod;
IpcMethodProc IpcCgetMethod, IpcConfigureMethod;
IpcGetter IpcGetName;

#define IPC_COMMON_METHODS \
    { "close",	IpcCloseMethod,	"close",   0, 0, NULL, 0 }, \
    { "unlink",	IpcUnlinkMethod, "unlink",  0, 1, "?-nocomplain?", \
	    IPC_WHEN_CLOSED }, \
    { "destroy", IpcDestroyMethod, "destroy", 0, 0, NULL, IPC_WHEN_CLOSED }, \
    { "cget",	IpcCgetMethod,	"query",   1, 1, "-option", \
	    IPC_WHEN_CLOSED }, \
    { "configure", IpcConfigureMethod, "configure", 0, -1, \
	    "?-option ?value -option value ...??", 0 }, \
    { NULL, NULL, NULL, 0, 0, NULL, 0 }

#define IPC_COMMON_ATTRIBUTES \
    { "-name",	IpcGetName,	0, NULL, true }, \
    { "-created", IpcGetCreated, 0, NULL, true }, \
    { "-linked", IpcGetLinked,	0, NULL, false }, \
    { "-mode",	IpcGetMode,	0, IpcSetMode, false }, \
    { "-owner",	IpcGetOwner,	0, NULL, false }, \
    { "-group",	IpcGetGroup,	0, IpcSetGroup, false }

#endif /* IPC_METHOD_H */
