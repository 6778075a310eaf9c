/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osOpen.h --
 *
 *	Opening what may or may not exist, for unix/ alone.
 */

#ifndef OS_OPEN_H
#define OS_OPEN_H

#include "os.h"

#include <errno.h>

/*
 * OsOpenOrCreate --
 *
 *	Opens or creates an object according to OS_CREAT and OS_EXCL in flags,
 *	and finds out whether this call created it. A caller that must undo a
 *	failed open has to know that, and open(2) with O_CREAT alone does not
 *	report it.
 *
 *	attempt is called with request and OS_CREAT | OS_EXCL and then, if the
 *	object exists, with OS_CREAT if it is in flags. So if the system refuses
 *	O_CREAT for another user's file (fs.protected_regular of Linux), it
 *	refuses it here too. attempt and this function return 0 or an errno
 *	value. If the object appears or vanishes between two attempts, this
 *	starts over.
 */

static inline int
OsOpenOrCreate(
    int (*attempt)(void *request, int flags),
    void *request,
    int flags,
    bool *createdPtr)
{
    int err;

    do {
	*createdPtr = false;
	if (flags & OS_CREAT) {
	    err = attempt(request, OS_CREAT | OS_EXCL);
	    *createdPtr = (err == 0);
	    if (err != EEXIST || (flags & OS_EXCL)) {
		return err;
	    }
	}
	err = attempt(request, flags & OS_CREAT);
    } while (err == ENOENT && (flags & OS_CREAT));
    return err;
}

#endif /* OS_OPEN_H */
