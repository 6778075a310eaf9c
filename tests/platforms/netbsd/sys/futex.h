/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * futex.h --
 *
 *	The part of NetBSD's __futex(2) that osFutexBsd.c uses, for tests on
 *	Linux, whose system call has the same arguments and numbers.
 */

#ifndef SYS_FUTEX_H
#define SYS_FUTEX_H

#include <sys/syscall.h>
#include <time.h>

#define FUTEX_WAIT	0
#define FUTEX_WAKE	1

#define SYS___futex	SYS_futex

#endif /* SYS_FUTEX_H */
