/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * umtx.h --
 *
 *	The declarations of FreeBSD's header of this name that osFutexUmtx.c
 *	uses, for tests on Linux: ../../futexes.c.
 */

#ifndef SYS_UMTX_H
#define SYS_UMTX_H

#include <stdint.h>
#include <time.h>

#define UMTX_OP_WAKE		3
#define UMTX_OP_WAIT_UINT	11

struct _umtx_time {
    struct timespec _timeout;
    uint32_t _flags;
    uint32_t _clockid;
};

int	_umtx_op(void *object, int operation, unsigned long value,
	    void *first, void *second);

#endif /* SYS_UMTX_H */
