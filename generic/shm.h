/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * shm.h --
 *
 *	Shared memory.
 */

#ifndef IPC_SHM_H
#define IPC_SHM_H

#include "family.h"

extern const IpcFamily ipcShm;

#endif /* IPC_SHM_H */
