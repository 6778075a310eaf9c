/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osShm.h --
 *
 *	A segment and access to its memory, for osShm.c and osMemory.c.
 */

#ifndef OS_SHM_H
#define OS_SHM_H

#include "os.h"
#include "osGuard.h"

struct OsShm {
    int fd;
    bool readonly;
    bool reserve;		/* reserve memory when resized */
    char *map;			/* of the segment from its start, or NULL */
    size_t mapped;		/* bytes in map */
    size_t surelyInside;	/* bytes before the last page of map */
};

/*
 * An access to length bytes at offset: touch makes it in their mapping, inside
 * a guard. If length is 0, touch need not be called. It may be called again if
 * memory turned out to be gone; what it wrote before is lost.
 */

typedef void OsTouch(void *place, void *data);

typedef struct OsAccess {
    int64_t offset;		/* bytes from the segment's start */
    size_t length;		/* bytes */
    OsTouch *touch;
    void *data;
} OsAccess;

int	OsShmAccessChecked(OsShm *shm, const OsAccess *access);
int	OsShmAccessAgain(OsShm *shm, const OsAccess *access);
char	*OsShmMapPart(const OsShm *shm, int64_t offset, size_t length,
	    size_t *mappedPtr, size_t *beforePtr);
void	OsShmUnmap(OsShm *shm);

/*
 * OsShmAccess --
 *
 *	Makes an access the fast way, without a system call, if that is safe: an
 *	access before the last mapped page is inside if the segment still
 *	reaches into that page. Otherwise makes it the slow way. Inline, so that
 *	touch can be inlined too.
 *
 *	ERANGE: not all of it is inside, or another process has truncated the
 *	segment meanwhile. ENOSPC: the system has no memory left for a page that
 *	was never written.
 */

static inline int
OsShmAccess(
    OsShm *shm,
    int64_t offset,
    size_t length,		/* bytes */
    OsTouch *touch,
    void *data)
{
    char *map = shm->map;
    const size_t mapped = shm->mapped, inside = shm->surelyInside;
    bool isFast = (uint64_t) offset < inside
	    && length <= inside - (size_t) offset;

    if (isFast) {
	OsGuardEnter(map, mapped, NULL);
	(void) *(volatile const char *) (map + mapped - 1);
	if (!osGuard.broken) {
	    touch(map + offset, data);
	}
	if (!OsGuardLeave()) {
	    return 0;
	}
    }
    return (isFast ? OsShmAccessAgain : OsShmAccessChecked)(shm,
	    &(OsAccess) { offset, length, touch, data });
}

#endif /* OS_SHM_H */
