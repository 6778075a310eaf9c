/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ringPeek.h --
 *
 *	Peeking at the messages of a ring: ringPeek.c.
 */

#ifndef IPC_RING_PEEK_H
#define IPC_RING_PEEK_H

#include "call.h"

int	RingPeekCommand(IpcCall *call);

#endif /* IPC_RING_PEEK_H */
