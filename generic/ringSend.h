/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ringSend.h --
 *
 *	Sending to rings: ringSend.c.
 */

#ifndef IPC_RING_SEND_H
#define IPC_RING_SEND_H

#include "ringHandle.h"

IpcMethodProc RingSendMethod, RingSendListMethod;

#endif /* IPC_RING_SEND_H */
