/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osArray.c --
 *
 *	Arrays that grow.
 */

#include "osArray.h"

#include <stdlib.h>

/*
 * OsMakeRoom --
 *
 *	Makes room for count elements of size bytes in an array: realloc(3),
 *	for twice as many. *roomPtr says how many have room now; an array
 *	without room is NULL.
 *
 *	Returns the array, or NULL if memory is short: then nothing has
 *	changed.
 */

void *
OsMakeRoom(
    void *array,
    size_t count,
    size_t *roomPtr,
    size_t size)
{
    void *larger;

    if (count <= *roomPtr) {
	return array;
    }
    larger = realloc(array, 2 * count * size);
    if (larger != NULL) {
	*roomPtr = 2 * count;
    }
    return larger;
}
