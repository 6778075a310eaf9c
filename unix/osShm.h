/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osShm.h --
 *
 *	A segment and access to its memory, for osShm*.c and osMemory*.c.
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
 * An access to length bytes at offset. touch makes the access in the mapping,
 * inside a guard. If length is 0, touch need not be called. If memory turns out
 * to be gone, touch may be called again, and what it wrote before is lost.
 *
 * If a segment is truncated in the middle of a page, the page remains, with
 * zeros in place of the truncated bytes. So an access that stores is made after
 * a check that its bytes are inside. (If the segment is truncated between the
 * two, what was stored is no longer part of it.) An access that only loads is
 * made before the check, so what it has loaded was inside.
 */

typedef void OsTouch(void *place, void *data);

typedef enum OsLook {
    OS_LOOK_BEFORE, OS_LOOK_AFTER
} OsLook;

typedef struct OsAccess {
    int64_t offset;		/* bytes from the segment's start */
    size_t length;		/* bytes */
    OsLook look;
    OsTouch *touch;
    void *data;
} OsAccess;

int	OsShmAccessChecked(OsShm *shm, const OsAccess *access);
int	OsShmAccessAgain(OsShm *shm, const OsAccess *access);
char	*OsShmMapPart(const OsShm *shm, int64_t offset, size_t length,
	    size_t *mappedPtr, size_t *beforePtr);
void	OsShmUnmap(OsShm *shm);

/*
 * OsShmReaches --
 *
 *	Returns whether a segment still has at least end bytes, which are
 *	mapped. Must be called inside a guard. The bytes before the last mapped
 *	page exist if that page still does, which reading its last byte shows.
 *	For bytes of the last page, the system is asked.
 */

static inline bool
OsShmReaches(
    const OsShm *shm,
    uint64_t end)
{
    int64_t size = 0;

    if (end <= shm->surelyInside) {
	(void) *(volatile const char *) (shm->map + shm->mapped - 1);
	return !osGuard.broken;
    }
    return OsShmGetSize(shm, &size) == 0 && end <= (uint64_t) size;
}

/*
 * OsShmAccess --
 *
 *	Makes an access the fast way if its bytes are mapped, otherwise the slow
 *	way. Inline, so that touch can be inlined too.
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
    OsLook look,
    OsTouch *touch,
    void *data)
{
    const uint64_t end = (uint64_t) offset + length;
    bool isInside, isGone = false;

    if (end - 1 < shm->mapped) {	/* and not 0 */
	OsGuardEnter(shm->map, shm->mapped, NULL);
	if (look == OS_LOOK_AFTER) {
	    touch(shm->map + offset, data);
	    atomic_thread_fence(memory_order_acquire);
	}
	isInside = OsShmReaches(shm, end);
	if (look == OS_LOOK_BEFORE && isInside) {
	    touch(shm->map + offset, data);
	}
	isGone = OsGuardLeave();
	if (isInside && !isGone) {
	    return 0;
	}
    }
    return (isGone ? OsShmAccessAgain : OsShmAccessChecked)(shm,
	    &(OsAccess) { offset, length, look, touch, data });
}

#endif /* OS_SHM_H */
