/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ringRecord.h --
 *
 *	The records of a ring, for osRing*.c alone: ringRecord.c. All functions
 *	must be called inside the latch, unless they say otherwise.
 */

#ifndef OS_RING_RECORD_H
#define OS_RING_RECORD_H

#include "segment.h"

/*
 * The positions of the records, read once. head - tail is at most the size of
 * the ring, and all are multiples of 8.
 */

typedef struct OsRingEnds {
    uint64_t head;
    uint64_t tail;
    uint64_t ready;
    uint64_t used;
} OsRingEnds;

typedef struct OsRecord {
    uint64_t position;
    uint64_t room;		/* bytes, its words included */
    uint64_t id;
    uint32_t length;		/* bytes of the message */
    uint32_t state;		/* POSIX_IPC_READY ... */
    uint32_t attempts;
} OsRecord;

/*
 * OsRingReadEnds --
 *
 *	Reads the positions. EBADMSG: they are impossible, and nothing has been
 *	changed.
 */

int	OsRingReadEnds(OsSegment *segment, OsRingEnds *ends);

/*
 * OsRingReadRecord --
 *
 *	Reads the record at a position before head. Returns whether there is a
 *	record that ends at or before head. May be called without the latch;
 *	what was read may then no longer be a record.
 */

bool	OsRingReadRecord(OsSegment *segment, uint64_t position,
	    uint64_t head, OsRecord *record);

/*
 * OsRingWriteRecord --
 *
 *	Writes a ready record to a free position, and returns the position after
 *	it.
 */

uint64_t OsRingWriteRecord(OsSegment *segment, uint64_t position,
	    uint64_t id, const void *bytes, uint32_t length);

/*
 * OsRingSetState --
 *
 *	Stores the state of a record and how often it was taken, in one store,
 *	which commits.
 */

void	OsRingSetState(OsSegment *segment, const OsRecord *record,
	    uint32_t state, uint32_t attempts);

/*
 * OsRingCopyOut --
 *
 *	Copies the message of a record.
 */

void	OsRingCopyOut(OsSegment *segment, const OsRecord *record,
	    void *bytes);

/*
 * OsRingSkipDone --
 *
 *	Returns the position of the first record, from a given position on, that
 *	is not done, or head if there is none. UINT64_MAX: a record is invalid.
 */

uint64_t OsRingSkipDone(OsSegment *segment, uint64_t position,
	    uint64_t head);

/*
 * OsRingMakeRoom --
 *
 *	Moves records over those that are done, until there is room for this
 *	number of bytes at head, and updates ends. EBADMSG: there is less room
 *	than the number used implies.
 */

int	OsRingMakeRoom(OsSegment *segment, OsRingEnds *ends, uint64_t room);

/*
 * OsRingRepair --
 *
 *	Finishes a move in which a participant died, and recomputes the
 *	derived numbers. EBADMSG: the ring is corrupt.
 */

int	OsRingRepair(OsSegment *segment);

/*
 * OsRingGiveBack --
 *
 *	Makes the messages that the participant of a slot has taken ready again,
 *	and recomputes the derived numbers. EBADMSG: the ring is corrupt.
 */

int	OsRingGiveBack(OsSegment *segment, uint32_t slot);

/*
 * OsRingIsTaken --
 *
 *	Returns whether a state means that a participant has taken the message.
 */

static inline bool
OsRingIsTaken(
    uint32_t state)
{
    return state != POSIX_IPC_READY && state != POSIX_IPC_DONE;
}

#endif /* OS_RING_RECORD_H */
