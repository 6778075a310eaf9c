/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osRingReceive.h --
 *
 *	What ends a take, for osRing.c alone: osRingReceive.c.
 */

#ifndef OS_RING_RECEIVE_H
#define OS_RING_RECEIVE_H

#include "osRingCall.h"

/*
 * OsRingEndDeferred --
 *
 *	Inside the latch: ends the takes that OsRingFinish could not end.
 */

int	OsRingEndDeferred(OsRing *ring);

#endif /* OS_RING_RECEIVE_H */
