/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * memory.h --
 *
 *	Typed and atomic access to a segment: memory.c, and waiting for a word
 *	of it: memoryWait.c.
 */

#ifndef IPC_MEMORY_H
#define IPC_MEMORY_H

#include "handle.h"

Tcl_ObjCmdProc IpcLayoutCmd;

IpcMethodProc IpcGetMethod, IpcSetMethod, IpcIncrMethod, IpcSwapMethod;
IpcMethodProc IpcCompareSwapMethod, IpcWaitMethod, IpcWakeMethod;

#define IPC_MEMORY_METHODS \
    { "get",	IpcGetMethod,	"read",	2, 2, "offset type", 0 }, \
    { "set",	IpcSetMethod,	"write", 3, 5, \
	    "offset type value ?-wake count?", 0 }, \
    { "incr",	IpcIncrMethod,	"change", 2, 5, \
	    "offset type ?amount? ?-wake count?", 0 }, \
    { "swap",	IpcSwapMethod,	"change", 3, 5, \
	    "offset type value ?-wake count?", 0 }, \
    { "cas",	IpcCompareSwapMethod, "change", 4, 6, \
	    "offset type expected value ?-wake count?", 0 }, \
    { "wait",	IpcWaitMethod,	"wait for", 2, 6, \
	    "offset value ?-timeout seconds? ?-command prefix?", \
	    IPC_CAN_AWAIT }, \
    { "wake",	IpcWakeMethod,	"wake waiters of", 1, 2, \
	    "offset ?count?", 0 }, \
    { "cancel",	IpcCancelMethod, "cancel a call on", 1, 1, "token", 0 }

#define IPC_WORD 4		/* bytes of the integer that is waited for */

int	IpcFailAligned(const IpcCall *call, int64_t offset, size_t size);

/*
 * IpcCheckAligned --
 *
 *	Fails a call for an offset that is not a multiple of size, a power of
 *	two.
 */

static inline int
IpcCheckAligned(
    const IpcCall *call,
    int64_t offset,
    size_t size)
{
    return ((offset & ((int64_t) size - 1)) == 0) ? TCL_OK
	    : IpcFailAligned(call, offset, size);
}

Tcl_Obj *IpcExplainWait(IpcHandle *handle, const void *request, int err);
int	IpcWatchMemory(IpcHandle *handle);
void	IpcServeMemory(IpcHandle *handle, int events);

#endif /* IPC_MEMORY_H */
