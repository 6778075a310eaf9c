/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osArray.h --
 *
 *	Arrays that grow, for unix/ alone: osArray.c.
 */

#ifndef OS_ARRAY_H
#define OS_ARRAY_H

#include <stddef.h>

void *	OsMakeRoom(void *array, size_t count, size_t *roomPtr, size_t size);

#endif /* OS_ARRAY_H */
