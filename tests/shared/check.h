/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * check.h --
 *
 *	Declarations for the test of unix/shared/: check.c.
 */

#ifndef CHECK_H
#define CHECK_H

#include "checks/checks.h"
#include "shared/segment.h"
#include "osWatch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

bool	IsTold(OsWatch *watch, const void *data, int milliseconds);

void	CheckSegments(void);
void	CheckLocks(void);
void	CheckRings(void);
void	CheckTopics(void);

#endif /* CHECK_H */
