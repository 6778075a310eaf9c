/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * error.h --
 *
 *	Functions that fail a call. Each IpcFail... sets the result and the
 *	errorCode of the interpreter and returns TCL_ERROR. reason is a new
 *	object, usually from Tcl_ObjPrintf, or NULL.
 */

#ifndef IPC_ERROR_H
#define IPC_ERROR_H

#include "call.h"

int	IpcFail(const IpcCall *call, int err, Tcl_Obj *reason);
int	IpcFailLimit(const IpcCall *call, int err, const OsMqLimits *limits);
int	IpcFailReadonly(const IpcCall *call);
Tcl_Obj *IpcDescribeAccess(int64_t offset, int64_t length, int64_t size);
Tcl_Obj *IpcDescribeShmAccess(const OsShm *shm, int64_t offset,
	    int64_t length);
int	IpcFailAccess(const IpcCall *call, int err, const OsShm *shm,
	    int64_t offset, int64_t length);
int	IpcFailUsage(const IpcCall *call);
int	IpcFailNoWatch(const IpcCall *call);

void	IpcTraceScript(Tcl_Interp *interp, int result, const char *script);

#endif /* IPC_ERROR_H */
