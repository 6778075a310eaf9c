/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osTopicWatch.h --
 *
 *	Topics in an event loop, for osTopic.c alone: osTopicWatch.c.
 */

#ifndef OS_TOPIC_WATCH_H
#define OS_TOPIC_WATCH_H

#include "osTopicRead.h"

/*
 * OsTopicInitWaiter --
 *
 *	Initializes the waiter of a topic, once.
 */

void	OsTopicInitWaiter(OsTopic *topic);

#endif /* OS_TOPIC_WATCH_H */
