/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osRingPeek.h --
 *
 *	Peeking at the messages of a ring, for osRing.c alone: osRingPeek.c.
 */

#ifndef OS_RING_PEEK_H
#define OS_RING_PEEK_H

#include "ringRecord.h"

/*
 * OsRingPeekAt --
 *
 *	OsRingPeek for a segment that is already open, perhaps only for reading.
 */

int	OsRingPeekAt(OsSegment *segment, size_t most, size_t longest,
	    OsRingPeekProc *proc, void *data);

#endif /* OS_RING_PEEK_H */
