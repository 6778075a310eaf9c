/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * futex.h --
 *
 *	The declarations of OpenBSD's header of this name that osFutexBsd.c
 *	uses, for tests on Linux: ../../futexes.c.
 */

#ifndef SYS_FUTEX_H
#define SYS_FUTEX_H

#include <stdint.h>
#include <time.h>

#define FUTEX_WAIT	1
#define FUTEX_WAKE	2

int	futex(volatile uint32_t *word, int operation, int value,
	    const struct timespec *timeout, volatile uint32_t *other);

#endif /* SYS_FUTEX_H */
