/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osRingReceive.h --
 *
 *	Ending deferred takes, for osRing.c alone: osRingReceive.c.
 */

#ifndef OS_RING_RECEIVE_H
#define OS_RING_RECEIVE_H

#include "osRingCall.h"

/*
 * OsRingEndDeferred --
 *
 *	Ends the takes that OsRingFinish could not end. Must be called inside
 *	the latch.
 */

int	OsRingEndDeferred(OsRing *ring);

#endif /* OS_RING_RECEIVE_H */
