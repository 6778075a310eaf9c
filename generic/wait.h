/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * wait.h --
 *
 *	Calls that block. An attempt is a call that may wait for a time, which
 *	may be OS_NOW; it returns 0, ETIMEDOUT, EAGAIN, EINTR, or another errno
 *	value.
 */

#ifndef IPC_WAIT_H
#define IPC_WAIT_H

#include "call.h"

typedef int IpcAttempt(IpcHandle *handle, void *request, OsTime timeout);

int	IpcServeTcl(const IpcCall *call, bool *hadSignalPtr);
int	IpcWait(const IpcCall *call, IpcHandle *handle, OsTime timeout,
	    IpcAttempt *attempt, void *request);

#endif /* IPC_WAIT_H */
