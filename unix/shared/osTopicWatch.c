/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osTopicWatch.c --
 *
 *	Topics in an event loop: reports whether there is something to read, and
 *	when to check again.
 *
 *	Trap: damage is reported once. Checking whether a topic is readable
 *	must leave the report to the call that reads.
 */

#include "osTopicWatch.h"

/*
 * Look --
 *
 *	Returns whether an event loop should try again although no bell has
 *	rung: a publisher died before it could ring, or no process rings for
 *	this reader.
 */

static bool
Look(
    OsSegment *segment)
{
    return atomic_load(&segment->header->topic.head)
	    != atomic_load(&((OsTopic *) segment)->watched);
}

void
OsTopicInitWaiter(
    OsTopic *topic)
{
    OsSegment *segment = &topic->segment;

    OsSegmentInitWaiter(segment, &topic->waiter, Look);
    topic->waiter.word.isSilent = segment->readonly;
}

/*
 * OsTopicIsReadable --
 *
 *	Returns whether OsTopicReceive would not wait: there is a message, or
 *	damage to report.
 */

bool
OsTopicIsReadable(
    OsTopic *topic)
{
    OsSegment *segment = &topic->segment;
    PosixIpcHeader *header = segment->header;
    bool result;

    if (segment->isGone) {
	return true;
    }
    OsGuardEnter(header, segment->mapped, NULL);
    result = atomic_load(&header->magic) != POSIX_IPC_MAGIC
	    || (atomic_load(&header->damage) != segment->damageSeen
		    && !topic->hasNoticed);
    if (!result && topic->isLost) {
	result = (OsTopicRecover(topic) == EBADMSG);
    }
    result |= atomic_load(&segment->header->topic.head) != topic->position
	    && !topic->isLost;
    return OsSegmentEnd(segment, 0) != 0 || result;
}

/*
 * OsTopicWatch --
 *
 *	Posts to watch with data, once, when it is time to check whether the
 *	topic is readable. Must be called before that check.
 */

int
OsTopicWatch(
    OsTopic *topic,
    OsWatch *watch,
    void *data)
{
    OsSegment *segment = &topic->segment;
    const int which = POSIX_IPC_BELL_LOOPS;
    uint32_t value;
    int err;

    OsGuardEnter(segment->header, segment->mapped, NULL);
    value = OsTopicArm(segment, which);
    if (topic->isLost) {
	OsTopicRecover(topic);
    }
    err = OsSegmentEnd(segment, 0);
    atomic_store(&topic->watched, topic->position);
    return (err != 0) ? err : OsWaiterArm(&topic->waiter.word,
	    &segment->header->bells[which].bell, value, watch, data);
}
