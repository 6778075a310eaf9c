// SPDX-License-Identifier: BSD-3-Clause
/*
 * topic.c --
 *
 *	A program that publishes to a topic using only posixIpcLayout.h: topic
 *	FILE. Each line of its input is a message. It prints a line when the
 *	message is published.
 */

#include "slot.h"

/*
 * GetRecord, CopyIn --
 *
 *	GetRecord returns the record at a position. CopyIn copies a message into
 *	the data, whose end it may cross.
 */

static PosixIpcTopicRecord *
GetRecord(
    PosixIpcHeader *header,
    uint64_t position)
{
    return (PosixIpcTopicRecord *) ((unsigned char *) header
	    + POSIX_IPC_DATA_OFFSET
	    + position % POSIX_IPC_TOPIC_ROOM(header->size));
}

static void
CopyIn(
    PosixIpcHeader *header,
    uint64_t position,
    const char *bytes,
    size_t length)
{
    unsigned char *data = (unsigned char *) header + POSIX_IPC_DATA_OFFSET;

    for (size_t i = 0; i < length; i++) {
	data[(position + i) % POSIX_IPC_TOPIC_ROOM(header->size)]
		= (unsigned char) bytes[i];
    }
}

/*
 * Publish --
 *
 *	Steps 1 to 5 of posixIpcLayout.h for publishing, inside the latch.
 */

static void
Publish(
    PosixIpcHeader *header,
    uint32_t id,
    const char *bytes,
    size_t length)
{
    PosixIpcTopic *topic = &header->topic;
    PosixIpcTopicRecord *record, *next;
    uint64_t head, tail, after, gone = 0;
    uint32_t free = 0;

    while (!atomic_compare_exchange_weak_explicit(&header->latch, &free, id,
	    memory_order_acquire, memory_order_relaxed)) {
	free = 0;
    }
    head = atomic_load(&topic->head);
    tail = atomic_load(&topic->tail);
    after = head + PosixIpcTopicRecordSize(length);
    while (after + sizeof(*record) - tail
	    > POSIX_IPC_TOPIC_ROOM(header->size)) {
	uint32_t old = atomic_load(&GetRecord(header, tail)->length);

	gone += old;
	tail += PosixIpcTopicRecordSize(old);
    }
    atomic_store_explicit(&topic->tail, tail, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    record = GetRecord(header, head);
    atomic_store(&record->length, (uint32_t) length);
    CopyIn(header, head + sizeof(*record), bytes, length);
    next = GetRecord(header, after);
    atomic_store(&next->serial, atomic_load(&record->serial) + 1);
    atomic_store(&next->before, (uint32_t) length);
    atomic_store(&topic->head, after);
    atomic_store(&topic->bytes, atomic_load(&topic->bytes) + length - gone);
    atomic_exchange_explicit(&header->latch, 0, memory_order_release);
    Ring(header);
}

int
main(
    int argc,
    char *argv[])
{
    int fd;
    PosixIpcHeader *header = Map((argc > 1) ? argv[1] : "", POSIX_IPC_TOPIC,
	    &fd);
    uint32_t id = TakeSlot(header, fd);
    char line[4096];

    while (fgets(line, sizeof(line), stdin) != NULL) {
	Publish(header, id, line, strcspn(line, "\n"));
	puts("published");
	fflush(stdout);
    }
    return 0;
}
