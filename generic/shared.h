/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * shared.h --
 *
 *	What the families of shared segments (locks, rings, topics) have in
 *	common.
 */

#ifndef IPC_SHARED_H
#define IPC_SHARED_H

#include "catalog.h"

int	IpcFailShared(const IpcCall *call, int err);
int	IpcFailSharedOpen(const IpcCall *call, int err,
	    const IpcOpenOptions *options);
void	IpcPut(Tcl_Obj *list, const char *key, int64_t value);
int	IpcSharedInfo(IpcCall *call);
int	IpcSharedWaiters(IpcCall *call);

/*
 * The keys of info come from inspect alone.
 */

extern const IpcInfoKey ipcSharedInfoKeys[];

/*
 * The last rows of the table of subcommands.
 */

#define IPC_SHARED_SUBCOMMANDS \
    { "unlink",	IpcUnlink,	"unlink", 1, 2, "?-nocomplain? name" }, \
    { "list",	IpcList,	"list", 0, 1, "?pattern?" }, \
    { "info",	IpcSharedInfo,	"look at", 1, 1, "name" }, \
    { "holders", IpcHolders,	"find the holders of", 0, 4, \
	    "?name? ?-pids list? ?completeVar?" }, \
    { "waiters", IpcSharedWaiters, "find the waiters of", 1, 1, "name" }, \
    { NULL, NULL, NULL, 0, 0, NULL }

#endif /* IPC_SHARED_H */
