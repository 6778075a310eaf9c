/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * catalog.h --
 *
 *	What exists in the system, and what is open in this interpreter.
 */

#ifndef IPC_CATALOG_H
#define IPC_CATALOG_H

#include "method.h"

int	IpcList(IpcCall *call);
int	IpcInfo(IpcCall *call);
int	IpcHolders(IpcCall *call);
int	IpcWaiters(IpcCall *call);
OsWaiterProc IpcAddWaiter;	/* data: a Tcl_Obj, a list */
Tcl_ObjCmdProc IpcHandlesCmd;

/*
 * The last rows of the table of subcommands, for a family whose objects have
 * names.
 */

#define IPC_CATALOG_SUBCOMMANDS \
    { "unlink",	IpcUnlink,	"unlink",	1, 2, "?-nocomplain? name" }, \
    { "list",	IpcList,	"list",		0, 1, "?pattern?" }, \
    { "info",	IpcInfo,	"look at",	1, 1, "name" }, \
    { "holders", IpcHolders,	"find the holders of", 0, 4, \
	    "?name? ?-pids list? ?completeVar?" }, \
    { "waiters", IpcWaiters,	"find the waiters of", 1, 1, "name" }, \
    { NULL, NULL, NULL, 0, 0, NULL }

#endif /* IPC_CATALOG_H */
