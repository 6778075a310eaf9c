// SPDX-License-Identifier: BSD-3-Clause
/*
 * ring.c --
 *
 *	A program that takes part in a ring using only posixIpcLayout.h: ring
 *	FILE. Each line of its input is "send MESSAGE", "receive", or "take",
 *	which leaves the message taken. For each line it prints the outcome.
 *
 *	It is not complete. It never moves records, but reports "full" before
 *	that becomes necessary, and it ends if it would have to repair a death.
 */

#include "slot.h"

#include <stdbool.h>

static PosixIpcHeader *header;
static uint32_t id;

static _Atomic uint64_t *
GetWord(
    uint64_t position)
{
    return PosixIpcRingWord(header, header->size, position);
}

static unsigned char *
GetByte(
    uint64_t position)
{
    return (unsigned char *) header + POSIX_IPC_DATA_OFFSET
	    + position % header->size;
}

static void
EnterLatch(void)
{
    uint32_t free = 0;

    while (!atomic_compare_exchange_weak_explicit(&header->latch, &free, id,
	    memory_order_acquire, memory_order_relaxed)) {
	free = 0;
    }
}

static void
LeaveLatch(void)
{
    if (atomic_exchange_explicit(&header->latch, 0, memory_order_release)
	    & POSIX_IPC_WAITERS) {
	syscall(SYS_futex, &header->latch, 1 /* FUTEX_WAKE */, 1, NULL, NULL,
		0);
    }
    Ring(header);
}

/*
 * Send --
 *
 *	Writes a record at head, and moves head.
 */

static bool
Send(
    const char *message,
    size_t length)
{
    PosixIpcRing *ring = &header->ring;
    uint64_t head = ring->head, room = PosixIpcRingRoom(length);
    uint64_t number = ring->last + 1;

    if (head + room - ring->tail > header->size) {
	return false;
    }
    *GetWord(head) = (uint64_t) PosixIpcCheck(number, (uint32_t) length) << 32
	    | length;
    *GetWord(head + 8) = POSIX_IPC_READY;
    *GetWord(head + 16) = number;
    for (size_t i = 0; i < length; i++) {
	*GetByte(head + POSIX_IPC_RECORD + i) = (unsigned char) message[i];
    }
    atomic_store_explicit(&ring->head, head + room, memory_order_release);
    ring->last = number;
    ring->messages++;
    ring->bytes += length;
    ring->used += room;
    return true;
}

/*
 * Find --
 *
 *	Returns the position of the first record that is ready, or head.
 */

static uint64_t
Find(void)
{
    PosixIpcRing *ring = &header->ring;
    uint64_t position = ring->tail;

    while (position != ring->head
	    && (uint32_t) *GetWord(position + 8) != POSIX_IPC_READY) {
	position += PosixIpcRingRoom((uint32_t) *GetWord(position));
    }
    return position;
}

/*
 * Receive --
 *
 *	Copies the first message and removes it, or marks it as taken.
 */

static bool
Receive(
    char *message,
    bool takes)
{
    PosixIpcRing *ring = &header->ring;
    uint64_t position = Find(), room, second;
    uint32_t length;

    if (position == ring->head) {
	return false;
    }
    length = (uint32_t) *GetWord(position);
    second = *GetWord(position + 8);
    room = PosixIpcRingRoom(length);
    for (uint32_t i = 0; i < length; i++) {
	message[i] = (char) *GetByte(position + POSIX_IPC_RECORD + i);
    }
    message[length] = '\0';
    if (takes) {
	PosixIpcSlots(header)[(id & POSIX_IPC_ID_SLOT) - 1].grant++;
	atomic_store_explicit(GetWord(position + 8),
		((second >> 32) + 1) << 32 | id, memory_order_release);
	ring->taken++;
    } else if (position == ring->tail && ring->used == ring->head - position) {
	atomic_store_explicit(&ring->tail, position + room,
		memory_order_release);
	ring->used -= room;
    } else {
	atomic_store_explicit(GetWord(position + 8),
		second >> 32 << 32 | POSIX_IPC_DONE, memory_order_release);
	ring->used -= room;
	while (ring->tail != ring->head
		&& (uint32_t) *GetWord(ring->tail + 8) == POSIX_IPC_DONE) {
	    ring->tail += PosixIpcRingRoom((uint32_t) *GetWord(ring->tail));
	}
    }
    ring->messages--;
    ring->bytes -= length;
    ring->ready = Find();
    return true;
}

int
main(
    int argc,
    char *argv[])
{
    int fd;
    char line[4096], message[4096];

    header = Map((argc > 1) ? argv[1] : "", POSIX_IPC_RING, &fd);
    id = TakeSlot(header, fd);
    while (fgets(line, sizeof(line), stdin) != NULL) {
	bool isDone;

	line[strcspn(line, "\n")] = '\0';
	EnterLatch();
	if (strncmp(line, "send ", 5) == 0) {
	    isDone = Send(line + 5, strlen(line + 5));
	    strcpy(message, isDone ? "sent" : "full");
	} else {
	    isDone = Receive(message, strcmp(line, "take") == 0);
	}
	LeaveLatch();
	puts(isDone || *line == 's' ? message : "empty");
	fflush(stdout);
    }
    return 0;
}
