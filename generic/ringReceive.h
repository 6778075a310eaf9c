/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ringReceive.h --
 *
 *	Receiving and taking from rings: ringReceive.c.
 */

#ifndef IPC_RING_RECEIVE_H
#define IPC_RING_RECEIVE_H

#include "ringHandle.h"

IpcMethodProc RingReceiveMethod, RingReceiveListMethod, RingTakeMethod,
	RingAckMethod, RingRequeueMethod, RingWithMethod;
Tcl_Obj *RingNewTokenObj(uint64_t id);

#endif /* IPC_RING_RECEIVE_H */
