/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * check.h --
 *
 *	Declarations for the test of unix/: check.c.
 */

#ifndef CHECK_H
#define CHECK_H

#include "checks/checks.h"

bool	IsEmulated(void);
bool	TellsFaults(void);
void *	MapShared(size_t size);
OsSem *	OpenSem(void);
OsMq *	OpenQueue(void);
OsWatch *OpenWatch(void);

void	CheckWide(void);
void	CheckFutex(void);
void	CheckWaiters(void);
void	CheckGuard(void);

#endif /* CHECK_H */
