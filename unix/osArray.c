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
 *	Makes room for count elements of size bytes in an array. If the array is
 *	too small, it is enlarged by realloc(3) to twice that number. *roomPtr
 *	is the number of elements that have room; an array without room is NULL.
 *
 *	Returns the array. If memory is short, returns NULL, and nothing has
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
