/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * sem.h --
 *
 *	Semaphores.
 */

#ifndef IPC_SEM_H
#define IPC_SEM_H

#include "family.h"

extern const IpcFamily ipcSem;

#endif /* IPC_SEM_H */
