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
 * a guard, unless length is 0. It may be called again if memory turned out to
 * be gone; what it wrote before is lost.
 */

typedef void OsTouch(void *place, void *data);

typedef struct OsAccess {
    int64_t offset;		/* bytes from the segment's start */
    size_t length;		/* bytes */
    OsTouch *touch;
    void *data;
} OsAccess;

int	OsShmAccessChecked(OsShm *shm, const OsAccess *access);
char	*OsShmMapPart(const OsShm *shm, int64_t offset, size_t length,
	    size_t *mappedPtr, size_t *beforePtr);
void	OsShmUnmap(OsShm *shm);

/*
 * OsShmEnter, OsShmLeave --
 *
 *	Bracket an access the fast way, without a system call. OsShmEnter returns
 *	the address, inside a guard, or NULL if only OsShmAccessChecked can tell
 *	whether the access is inside. An access before the last mapped page is
 *	safe if the segment still reaches into that page. OsShmLeave returns
 *	false if some of the memory was gone.
 */

static inline char *
OsShmEnter(
    OsShm *shm,
    int64_t offset,
    size_t length)		/* bytes */
{
    if (length == 0 || length > shm->surelyInside
	    || (uint64_t) offset > shm->surelyInside - length) {
	return NULL;
    }
    OsGuardEnter(shm->map, shm->mapped, NULL);
    (void) *(volatile const char *) (shm->map + shm->mapped - 1);
    if (osGuard.broken) {
	OsGuardLeave();
	OsShmUnmap(shm);
	return NULL;
    }
    return shm->map + offset;
}

static inline bool
OsShmLeave(
    OsShm *shm)
{
    if (OsGuardLeave()) {
	OsShmUnmap(shm);
	return false;
    }
    return true;
}

/*
 * OsShmAccess --
 *
 *	Makes an access the fast way if that is safe, else the slow way.
 *	Inline, so that touch can be inlined too.
 *
 *	ERANGE: not all of it is inside, or another process has truncated the
 *	segment meanwhile. ENOSPC: the system has no memory left for a page that
 *	was never written.
 */

static inline int
OsShmAccess(
    OsShm *shm,
    int64_t offset,
    size_t length,
    OsTouch *touch,
    void *data)
{
    char *place = OsShmEnter(shm, offset, length);

    if (place != NULL) {
	touch(place, data);
	if (OsShmLeave(shm)) {
	    return 0;
	}
    }
    return OsShmAccessChecked(shm, &(OsAccess) { offset, length, touch,
	    data });
}

#endif /* OS_SHM_H */
