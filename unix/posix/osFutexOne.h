/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osFutexOne.h --
 *
 *	Waiting for a word by looking at it repeatedly, for systems other than
 *	Linux: osFutexOne.c.
 */

#ifndef OS_FUTEX_ONE_H
#define OS_FUTEX_ONE_H

#include "osFutex.h"

/*
 * OsFutexLook --
 *
 *	Does what OsFutexWait does, without a system call that waits for a word.
 */

int	OsFutexLook(const OsFutexWord *word, uint32_t value, OsTime timeout);

#endif /* OS_FUTEX_ONE_H */
