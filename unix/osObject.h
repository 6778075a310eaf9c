/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osObject.h --
 *
 *	Notes which object of the system was opened, for the families' files:
 *	osObject.c.
 */

#ifndef OS_OBJECT_H
#define OS_OBJECT_H

#include "osFamily.h"

/*
 * OsNoteObject --
 *
 *	Notes which object was opened, from the result of its stat(2). That is
 *	all zeros if the system does not report it.
 */

static inline void
OsNoteObject(
    OsObject *object,
    const OsFamily *family,
    int fd,			/* of the object, or -1 */
    bool created,
    const struct stat *status)
{
    *object = (OsObject) {
	.family = family, .fd = fd, .created = created,
	.device = status->st_dev, .inode = status->st_ino
    };
}

#endif /* OS_OBJECT_H */
