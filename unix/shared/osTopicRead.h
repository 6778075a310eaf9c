/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osTopicRead.h --
 *
 *	Reading a topic, for osTopic*.c alone: osTopicRead.c.
 */

#ifndef OS_TOPIC_READ_H
#define OS_TOPIC_READ_H

#include "topicRecord.h"

/*
 * How often a reader that publishers have overtaken tries again.
 */

#define OS_TOPIC_ATTEMPTS	100

/*
 * How long a read-only reader, which no publisher wakes, sleeps: longer each
 * time, from 1 ms to OS_SEGMENT_SLICE.
 */

#define OS_TOPIC_PAUSE	(OS_SECOND / 1000)

/*
 * OsTopicBegin --
 *
 *	OsSegmentBegin. A reader to which damage is reported has lost its
 *	position. A reader that found damage and could not repair it has already
 *	reported it.
 */

int	OsTopicBegin(OsTopic *topic);

/*
 * OsTopicSeek --
 *
 *	Stores a position to read from, and its serial number. ESTALE: publishers
 *	were faster. EBADMSG.
 */

int	OsTopicSeek(OsTopic *topic, OsTopicStart start);

/*
 * OsTopicNoteDamage --
 *
 *	A number is impossible: resets the topic, unless another process has
 *	done so since, or an examination of the whole topic finds nothing wrong
 *	except this reader's position. If a process is stopped in the latch,
 *	the next process that finds the damage resets it, so that no call lasts
 *	much longer than its timeout. Returns EBADMSG. Must not be called
 *	inside the latch.
 */

int	OsTopicNoteDamage(OsTopic *topic);

/*
 * OsTopicRecover --
 *
 *	Finds a position again after damage: the topic was reset, so all
 *	messages in it are new. A reader that could not reset it continues at
 *	the end. EAGAIN: there is nothing to read yet.
 */

int	OsTopicRecover(OsTopic *topic);

/*
 * OsTopicArm --
 *
 *	OsBellArm, if this reader may write; nobody wakes a read-only one.
 */

uint32_t OsTopicArm(OsSegment *segment, int which);

#endif /* OS_TOPIC_READ_H */
