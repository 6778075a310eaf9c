/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * await.h --
 *
 *	posix_ipc::await: a coroutine waits for a call to be completed.
 */

#ifndef IPC_AWAIT_H
#define IPC_AWAIT_H

#include "call.h"

Tcl_ObjCmdProc IpcAwaitCmd, IpcAwaitNRCmd;

#endif /* IPC_AWAIT_H */
