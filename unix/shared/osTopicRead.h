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
 * How often a reader tries again after publishers have overtaken it.
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
 *	OsSegmentBegin. If it reports damage, the reader has lost its position.
 *	Damage that the reader itself has found and could not repair was already
 *	reported, and is not reported again.
 */

int	OsTopicBegin(OsTopic *topic);

/*
 * OsTopicSeek --
 *
 *	Stores a position to read from, and its serial number. ESTALE:
 *	publishers were faster. EBADMSG: the topic is corrupt.
 */

int	OsTopicSeek(OsTopic *topic, OsTopicStart start);

/*
 * OsTopicNoteDamage --
 *
 *	Called when a reader has found an impossible number. Resets the topic,
 *	unless another process has done so since, or an examination of the whole
 *	topic finds nothing wrong except this reader's position. If a process is
 *	stopped in the latch, leaves the reset to the next process that finds
 *	the damage, so that no call lasts much longer than its timeout. Returns
 *	EBADMSG. Must not be called inside the latch.
 */

int	OsTopicNoteDamage(OsTopic *topic);

/*
 * OsTopicRecover --
 *
 *	Finds a position again after damage. If the topic was reset, all
 *	messages in it are new. A reader that could not reset the topic
 *	continues at its end. EAGAIN: there is nothing to read yet.
 */

int	OsTopicRecover(OsTopic *topic);

/*
 * OsTopicArm --
 *
 *	OsBellArm, if this reader may write; no process wakes a read-only
 *	reader.
 */

uint32_t OsTopicArm(OsSegment *segment, int which);

#endif /* OS_TOPIC_READ_H */
