/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osCredentials.h --
 *
 *	Finds out what a process may open: osCredentials.c.
 */

#ifndef OS_CREDENTIALS_H
#define OS_CREDENTIALS_H

#include "osFamily.h"

bool	OsMayOpen(int process, const OsInfo *object);

#endif /* OS_CREDENTIALS_H */
