/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osFutexOne.h --
 *
 *	Waiting for a word by looking at it, for the ways of waiting of systems
 *	other than Linux: osFutexOne.c.
 */

#ifndef OS_FUTEX_ONE_H
#define OS_FUTEX_ONE_H

#include "osFutex.h"

/*
 * OsFutexLook --
 *
 *	What OsFutexWait does, without the system's help.
 */

int	OsFutexLook(const OsFutexWord *word, uint32_t value, OsTime timeout);

#endif /* OS_FUTEX_ONE_H */
