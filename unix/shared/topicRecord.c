/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * topicRecord.c --
 *
 *	The records of a topic.
 */

#include "topicRecord.h"

int
OsTopicRecount(
    OsTopic *topic)
{
    PosixIpcTopic *words = &topic->segment.header->topic;
    uint64_t head = atomic_load(&words->head);
    uint64_t position = atomic_load(&words->tail), sum = 0;
    uint32_t length;

    if (!OsTopicIsSane(&topic->segment, position, head)) {
	return EBADMSG;
    }
    while (position != head) {
	if (!OsTopicFollowRecord(topic, position, head, &length, &position)) {
	    return EBADMSG;
	}
	sum += length;
    }
    if (atomic_load(&OsTopicGetRecord(topic, head)->serial) >= OS_TOPIC_MOST) {
	return EBADMSG;
    }
    atomic_store(&words->bytes, sum);
    return 0;
}

int
OsTopicLoadEnds(
    OsTopic *topic,
    uint64_t *tailPtr,
    uint64_t *headPtr)
{
    PosixIpcTopic *words = &topic->segment.header->topic;

    *headPtr = atomic_load_explicit(&words->head, memory_order_acquire);
    *tailPtr = atomic_load_explicit(&words->tail, memory_order_acquire);
    return OsTopicIsSane(&topic->segment, *tailPtr, *headPtr) ? 0
	    : (atomic_load(&words->head) != *headPtr) ? ESTALE : EBADMSG;
}
