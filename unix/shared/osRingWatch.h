/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osRingWatch.h --
 *
 *	Rings in an event loop, for osRing.c alone: osRingWatch.c.
 */

#ifndef OS_RING_WATCH_H
#define OS_RING_WATCH_H

#include "osRingCall.h"

/*
 * OsRingInitWaiters --
 *
 *	Initializes the waiters of a ring, once.
 */

void	OsRingInitWaiters(OsRing *ring);

#endif /* OS_RING_WATCH_H */
