/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osTime.h --
 *
 *	Clocks and deadlines, for unix/ alone: osTime.c.
 */

#ifndef OS_TIME_H
#define OS_TIME_H

#include "os.h"

#include <time.h>

OsTime	OsReadClock(clockid_t clock);
struct timespec OsTimespec(OsTime time);
struct timespec OsDeadline(clockid_t clock, OsTime timeout);

#endif /* OS_TIME_H */
