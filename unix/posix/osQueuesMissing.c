/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osQueuesMissing.c --
 *
 *	The catalog of message queues where the system has no queues, or no way
 *	to list them.
 */

#include "osFamily.h"

const OsCatalog osQueueCatalog = { .list = NULL };
