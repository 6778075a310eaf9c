/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ring.h --
 *
 *	Rings: ring.c.
 */

#ifndef IPC_RING_H
#define IPC_RING_H

#include "family.h"

extern const IpcFamily ipcRing;

#endif /* IPC_RING_H */
