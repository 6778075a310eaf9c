/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * mq.h --
 *
 *	Message queues, for mq.c and posixIpc.c.
 */

#ifndef IPC_MQ_H
#define IPC_MQ_H

#include "family.h"

extern const IpcFamily ipcMq;

#endif /* IPC_MQ_H */
