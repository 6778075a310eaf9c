/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * lock.h --
 *
 *	Locks: lock.c, and the methods in lockPermits.c, lockNotify.c and
 *	lockWith.c.
 */

#ifndef IPC_LOCK_H
#define IPC_LOCK_H

#include "family.h"

extern const IpcFamily ipcLock;

#endif /* IPC_LOCK_H */
