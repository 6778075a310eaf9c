/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osQueuesMissing.c --
 *
 *	The catalog of message queues for systems that have no queues, or
 *	provide no way to list them.
 */

#include "osFamily.h"

const OsCatalog osQueueCatalog = { .list = NULL };
