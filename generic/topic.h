/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * topic.h --
 *
 *	Topics: topic.c.
 */

#ifndef IPC_TOPIC_H
#define IPC_TOPIC_H

#include "family.h"

extern const IpcFamily ipcTopic;

#endif /* IPC_TOPIC_H */
