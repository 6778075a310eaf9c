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
 *	Opens as OS_CREAT and OS_EXCL in flags say, and finds out whether it
 *	was this call that made the object: who must undo a failed open has to
 *	know, and open(2) with O_CREAT alone does not tell.
 *
 *	attempt gets request and OS_CREAT | OS_EXCL, and then, for an object
 *	that is there, what flags have of OS_CREAT: where a system refuses
 *	O_CREAT of another user's file (fs.protected_regular of Linux), that
 *	holds here too. It returns 0 or an errno value, as this function does. An
 *	object that comes and goes between two attempts starts it over.
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
