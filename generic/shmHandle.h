/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * shmHandle.h --
 *
 *	The handle of a segment, for the files that access its memory.
 */

#ifndef IPC_SHM_HANDLE_H
#define IPC_SHM_HANDLE_H

#include "handle.h"

typedef struct IpcShmHandle {
    IpcHandle handle;
    OsShm *shm;
    int readonly;
} IpcShmHandle;

#endif /* IPC_SHM_HANDLE_H */
