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

Tcl_Obj *IpcExplainTrouble(const OsTrouble *trouble, int err);
int	IpcFailShared(const IpcCall *call, IpcHandle *handle, int err);
int	IpcFailSharedOpen(const IpcCall *call, int err,
	    const IpcOpenOptions *options);
void	IpcPut(Tcl_Obj *list, const char *key, int64_t value);

#endif /* IPC_SHARED_H */
