/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osNamesGlibc.c --
 *
 *	glibc gives the files of semaphores a prefix, so a semaphore and a
 *	segment can have the same name. osNamesMusl.c is the corresponding file
 *	for musl.
 */

#include "osFolder.h"

#include <errno.h>

/*
 * OsCheckFile --
 *
 *	See osFolder.h. A file shorter than the smallest object of its family
 *	cannot be opened as one.
 */

int
OsCheckFile(
    const OsFamily *family,
    int folder,
    const char *file,
    const struct stat *status)
{
    (void) folder;
    (void) file;
    return (status->st_size < (off_t) family->leastSize) ? ENOENT : 0;
}

int
OsCheckFamily(
    const OsFamily *family,
    const char *name)
{
    (void) family;
    (void) name;
    return 0;
}
