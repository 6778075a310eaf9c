/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * posixIpcLayout.h --
 *
 *	The layout of locks, rings and topics in shared memory. C11 programs
 *	that take part without Tcl can include this file; programs in other
 *	languages can follow its description. It needs no other file of the
 *	package.
 *
 *	Each object is one file: on Linux /dev/shm/posix_ipc.KIND.NAME, on other
 *	systems the object that shm_open(3) opens as /posix_ipc.KIND.NAME. All
 *	numbers are in the machine's byte order, and have the same place and
 *	size in 32-bit and 64-bit programs. There are no pointers. A file is
 *	complete before it gets its name. On systems that cannot guarantee this,
 *	magic is 0 until the file is complete.
 *
 *	    0		PosixIpcHeader
 *	    4096	1,023 PosixIpcSlot, one for each participant
 *	    69632	data: none in a lock, size bytes in a ring,
 *			POSIX_IPC_TOPIC_ROOM(size) bytes in a topic
 *
 *	Before you use a file, check that it is a regular file, that all fields
 *	of the header from magic to lives have values that you know, that
 *	fileSize is the sum of the parts above, and that the file has at least
 *	so many bytes.
 *
 * Participants
 *
 *	A participant that changes an object owns a slot. It is identified by an
 *	id. Bits 0 to 9 of the id are the number of the slot, counted from 1;
 *	bits 10 to 29 are bits 0 to 19 of the slot's generation. To take slot I,
 *	counted from 0:
 *
 *	1.  Lock byte POSIX_IPC_LIFELINES + I of the file for writing, by
 *	    fcntl(F_OFD_SETLK) on an open file description that is never mapped
 *	    and that no child inherits. The kernel drops the lock when the
 *	    process ends in any way. (With POSIX_IPC_LIFE_PID there are no such
 *	    locks, and step 2 alone decides.)
 *	2.  Change claim from its current value to your own mark: the pid in the
 *	    upper half, the start time of the process in the lower. On Linux,
 *	    the start time is field 22 of /proc/PID/stat, modulo 2^32. It is 0
 *	    if you do not know it; with a wrong one, others take you for dead.
 *	    If another process changes claim first, that process has the slot.
 *	3.  Store life and place, then raise generation by one. From now on, the
 *	    predecessor's id is that of a dead participant.
 *	4.  Enter the latch. Unless the slot was never used, clean up after the
 *	    predecessor. Lock: if owner has this slot's number, store the slot's
 *	    pid in deadPid, then POSIX_IPC_ABANDONED in owner. Ring: give back
 *	    the messages whose state has this slot's number. Then store 0 in
 *	    grant, want, operation, notifications, waits and pending, recompute
 *	    everything marked as derived, and ring all bells.
 *	5.  Store your pid, raise slotsUsed to at least I + 1, and leave the
 *	    latch.
 *
 *	On Linux, place is the inode number of /proc/PID/ns/pid, XOR 2654435761
 *	times that of /proc/PID/ns/time (0 if it does not exist), modulo 2^32.
 *	With POSIX_IPC_LIFE_LOCK, 0 is allowed: others then ignore the pid.
 *
 *	To give up a slot, give back what you hold, store 0 in claim, and unlock
 *	the byte.
 *
 *	A participant is dead in each of these cases: its slot has another
 *	generation; claim is 0; life is POSIX_IPC_LIFE_LOCK and no process has
 *	locked its byte for writing; or its process is known to be gone. (A lock
 *	for reading proves nothing, because any process that may read the file
 *	can take one.) If place differs from your own, the pid has no meaning in
 *	your namespace.
 *
 * Latch
 *
 *	latch is 0, or the id of the participant that is changing the object. To
 *	enter, change it from 0 to your id (acquire). To leave, exchange it for
 *	0 (release) and, if POSIX_IPC_WAITERS was set, wake one process that
 *	waits for this word. If the owner of the latch is dead, change latch to
 *	your id with POSIX_IPC_REPAIR, and recompute everything marked as
 *	derived before clearing that bit.
 *
 *	To wait for the latch, set POSIX_IPC_WAITERS and sleep while the word
 *	has that value, but at most 0.1 s at a time: then check whether the
 *	owner is dead. After you have slept, enter with POSIX_IPC_WAITERS set,
 *	because others may still sleep. If you find POSIX_IPC_REPAIR or
 *	POSIX_IPC_WAITERS set, keep it.
 *
 * Bells
 *
 *	To wait for an event: read bell, store 1 in waiting, check whether the
 *	event has happened and, if not, wait while bell still has the value that
 *	you read, for at most 0.1 s at a time. To report an event: exchange
 *	waiting for 0; if it was not 0, add 1 to bell and wake the processes
 *	that wait for it. On Linux these waits are futex(2) without
 *	FUTEX_PRIVATE_FLAG.
 *
 *	After each sleep, start over by reading bell: releasing a lock of one
 *	permit wakes only one waiter of POSIX_IPC_BELL, and the others depend on
 *	the 1 that this waiter stores. While you wait, operation of your slot
 *	shows what for; this only informs others.
 *
 * Damage
 *
 *	A participant that finds impossible numbers inside the latch stores
 *	damage + 1 in resetting, empties the object (a lock becomes abandoned
 *	with deadPid 0), and raises damage. If damage has changed since you
 *	looked last, what you hold is lost.
 *
 * Topics
 *
 *	The data of a topic holds PosixIpcTopicRecords, each followed by its
 *	message. A position counts bytes from 0 on and never decreases. Its
 *	place in the data is the position modulo POSIX_IPC_TOPIC_ROOM of the
 *	topic's size. A record takes PosixIpcTopicRecordSize bytes. A record
 *	never crosses the end of the data, but its message may; it then
 *	continues at the start of the data.
 *
 *	The topic contains the messages from tail to head. At head is the header
 *	of the next record, with its serial number and the length of the message
 *	before it. That length leads from head back to the newest message. If
 *	tail equals head, there is no message. A new topic is all zeros from
 *	head on.
 *
 *	To publish a message, inside the latch:
 *
 *	1.  Move tail past as many records as needed, so that the new one and
 *	    the header after it fit: at most POSIX_IPC_TOPIC_ROOM bytes from
 *	    tail to the end of that header. Subtract their lengths from bytes.
 *	    The newest message is never dropped.
 *	2.  Issue a release fence. A process that reads a byte written after it,
 *	    and then issues an acquire fence, sees this tail.
 *	3.  Write length into the record at head, then the message, then serial
 *	    plus one and before into the header after it.
 *	4.  Store head (release; sequentially consistent if waiting is read
 *	    next). This store commits: a publisher that dies before it has
 *	    published nothing. Before the store, nobody reads the bytes beyond
 *	    head; after it, a process that loads head (acquire) finds the record
 *	    complete.
 *	5.  Add to bytes, leave the latch, and ring the first two bells.
 *
 *	To read, without the latch and without writing anything: load head
 *	(acquire), copy the record at your position, issue an acquire fence, and
 *	load tail. If tail has passed your position, the copy means nothing:
 *	continue at tail, where the serial number shows how many messages you
 *	have missed. Before this check, do not trust any number that you have
 *	read.
 *
 *	Start at head, at tail, or at the newest message, and read the serial
 *	number there in the same way. If your position equals head, there is
 *	nothing to read yet. If it is greater than head, or if damage has
 *	changed, the topic was damaged and emptied: continue at tail. A reader
 *	that may not write cannot use the bells; it looks again after a while.
 */

#ifndef POSIX_IPC_LAYOUT_H
#define POSIX_IPC_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#define POSIX_IPC_MAGIC		UINT64_C(0x0a63706978697370)
#define POSIX_IPC_VERSION	1
#define POSIX_IPC_ORDER		UINT32_C(0x01020304)
#define POSIX_IPC_SLOTS		1023
#define POSIX_IPC_LIFELINES	(INT64_C(1) << 40)	/* byte of slot 0 */

enum { POSIX_IPC_LOCK = 1, POSIX_IPC_RING = 2, POSIX_IPC_TOPIC = 3 };
enum { POSIX_IPC_LIFE_LOCK = 1, POSIX_IPC_LIFE_PID = 2 };

/*
 * The bit fields of the words latch and owner.
 */

#define POSIX_IPC_ID		UINT32_C(0x3fffffff)
#define POSIX_IPC_ID_SLOT	UINT32_C(0x3ff)		/* number + 1 */
#define POSIX_IPC_ID_SHIFT	10			/* of the generation, */
#define POSIX_IPC_ID_GENERATION	UINT32_C(0xfffff)	/* these bits of it */
#define POSIX_IPC_REPAIR	UINT32_C(0x40000000)	/* latch */
#define POSIX_IPC_ABANDONED	UINT32_C(0x40000000)	/* owner */
#define POSIX_IPC_WAITERS	UINT32_C(0x80000000)	/* latch */

/*
 * The values of operation, which shows what a waiting participant does.
 * PENDING: its event loop waits, and no thread is blocked.
 */

enum {
    POSIX_IPC_ACQUIRE = 1, POSIX_IPC_WAIT, POSIX_IPC_SEND, POSIX_IPC_RECEIVE,
    POSIX_IPC_OPERATION = 0xff, POSIX_IPC_PENDING = 0x100
};

typedef struct PosixIpcSlot {	/* 64 bytes */
    _Atomic uint32_t generation; /* raised by each new user of the slot */
    _Atomic uint32_t life;	/* POSIX_IPC_LIFE_LOCK or _PID */
    _Atomic uint64_t claim;	/* pid << 32 | start time; 0: free */
    _Atomic uint32_t place;	/* the namespaces that the pid is from */
    _Atomic uint32_t pid;	/* of the user; its predecessor's until that */
				/* is cleaned up */
    _Atomic uint32_t grant;	/* lock: permits held, if fewer than all; */
				/* ring: messages taken */
    _Atomic uint32_t want;	/* lock: permits waited for; 0: does not wait */
    _Atomic uint64_t ticket;	/* lock: the order in which they wait */
    _Atomic uint32_t operation;	/* that is blocked (lock: or pending), or 0 */
    _Atomic uint32_t notifications; /* lock: made for the waits; */
				/* waiters sleep at this word */
    _Atomic uint32_t waits;	/* lock: calls that wait for a notification; */
				/* ring: calls that are pending */
    _Atomic uint32_t pending;	/* lock: calls of an event loop for permits; */
				/* at least one if operation is PENDING */
    uint32_t spare[2];
} PosixIpcSlot;

typedef struct PosixIpcBell {
    _Atomic uint32_t bell;
    _Atomic uint32_t waiting;
} PosixIpcBell;

/*
 * Bells, for blocked calls and for the threads that wait for event loops. Locks
 * use the first two; rings use all; topics the first two.
 */

enum {
    POSIX_IPC_BELL, POSIX_IPC_BELL_LOOPS,	/* acquire, receive */
    POSIX_IPC_BELL_ROOM, POSIX_IPC_BELL_ROOM_LOOPS,	/* send */
    POSIX_IPC_BELLS
};

/*
 * A lock. owner is 0 if no participant holds all permits. If one does, owner is
 * its id, with POSIX_IPC_ABANDONED if this participant took over an abandoned
 * lock and has not made it clean yet. If owner is POSIX_IPC_ABANDONED alone,
 * the previous owner died or gave the lock up without finishing, and deadPid is
 * its pid, or 0 if the lock was corrupt. Grants of fewer permits are in the
 * slots.
 *
 * To take all permits, change owner from 0 to your id (acquire); to take over
 * an abandoned lock, from ABANDONED to your id with ABANDONED. If the lock has
 * more than one permit, do that inside the latch, and only if used is 0. To
 * take fewer, inside the latch: if owner is 0 and that many are free, store
 * the number in grant of your slot, then add it to used.
 *
 * If the lock has more than one permit, take none while another slot with a
 * lower ticket wants all, which can only be if allWaiting is not 0. To wait
 * for such a lock, raise ticket of the lock and store it in your slot, then
 * store want and, if that is all permits, add 1 to allWaiting, inside the
 * latch. Undo the last two when the wait ends.
 *
 * To release all permits, change owner from your id (with ABANDONED, if you took
 * the lock over) to 0 (release) or, to leave the lock abandoned, store your pid
 * in deadPid and change owner to ABANDONED. To release fewer, inside the latch,
 * store 0 in grant, then subtract them from used. Then ring both bells.
 *
 * A waiter that has slept checks whether the owner, or the user of a slot with a
 * grant or a want, is dead. If so, it cleans up inside the latch as a new user
 * of that slot does, and changes claim to 0.
 */

typedef struct PosixIpcLock {
    _Atomic uint32_t owner;	/* 256 */
    _Atomic uint32_t deadPid;	/* stored before ABANDONED is set in owner */
    uint32_t spare[30];
    _Atomic uint64_t ticket;	/* 384: the last one given */
    _Atomic uint32_t used;	/* derived: the sum of all grants */
    _Atomic uint32_t allWaiting; /* derived: slots that want all permits */
} PosixIpcLock;

/*
 * A ring. Positions count bytes since it was created. They are multiples of 8
 * and never decrease; a position modulo size is an offset in the data. The
 * records lie from tail to head. Each consists of three words and the bytes of
 * its message, padded to a multiple of 8. The words are:
 *
 *	length in the lower half, PosixIpcCheck in the upper half
 *	state in the lower half, in the upper half how often it was taken
 *	id, the number of the message
 *
 * The end of the data can split a record, but not a word. state is
 * POSIX_IPC_READY, the id of the participant that has taken the message, or
 * POSIX_IPC_DONE.
 *
 * All changes are made inside the latch. One store (release) commits each of
 * them; before this store, nothing has happened. The committing store is:
 *
 *	send		head, after the records that it passes
 *	receive		tail or, if older messages are taken, state: DONE
 *	take		state, together with how often it was taken. Before
 *			this store, the grant in the taker's slot is raised,
 *			so it is never less than the number of messages that
 *			this participant has taken
 *	give back	state: READY. Then grant is lowered
 *	acknowledge	as for receive. Then grant is lowered
 *
 * Derived numbers are stored after that. A participant that takes the latch
 * over from a dead one recomputes them. The latch itself makes all of this
 * visible to the next participant inside it; the release is for readers that do
 * not enter the latch.
 *
 * While a message is taken, the room of finished records after it cannot be
 * used. So a sender without room moves records forward, over those that are
 * DONE. The records to be moved begin at moveFrom, which is tail or follows
 * records that are DONE. The sender stores moveFrom, then the number of bytes
 * in moveLeft, then the destination of the first of them in moveTo. It moves
 * them from the last to the first, no more at a time than the distance, and
 * stores moveLeft after each part. Then it stores tail if it moved the oldest
 * one; otherwise it writes records that are DONE from moveFrom to moveTo. It
 * ends with moveTo 0. A participant that takes the latch over continues the
 * move. moves is raised before moveTo is stored, and again before moveTo is set
 * to 0. So data that was read without the latch is valid if tail has not passed
 * it, moveTo is 0, and moves has not changed.
 */

#define POSIX_IPC_READY		UINT32_C(0)
#define POSIX_IPC_DONE		UINT32_MAX
#define POSIX_IPC_RECORD	24			/* bytes of its words */
#define POSIX_IPC_RING_LEAST	UINT64_C(4096)		/* bytes of data, a */
#define POSIX_IPC_RING_MOST	(UINT64_C(1) << 32)	/* power of two */

typedef struct PosixIpcRing {
    _Atomic uint64_t head;	/* 256: where the next record begins */
    _Atomic uint64_t tail;	/* where the oldest begins; that is never */
				/* DONE, except after a death */
    _Atomic uint64_t ready;	/* derived: no record before it is READY */
    _Atomic uint64_t messages;	/* derived: how many are READY, */
    _Atomic uint64_t bytes;	/* derived: and the sum of their lengths */
    _Atomic uint64_t taken;	/* derived: how many are taken */
    _Atomic uint64_t used;	/* derived: bytes of records not yet DONE */
    _Atomic uint64_t last;	/* derived: the last id that was given */
    _Atomic uint64_t moveTo;	/* 320: not 0 while records are moved */
    _Atomic uint64_t moveLeft;	/* bytes of them that are left to be moved */
    _Atomic uint64_t moves;	/* raised before records are moved, and after */
    _Atomic uint64_t moveFrom;	/* where the first of them was */
} PosixIpcRing;

/*
 * A topic.
 */

typedef struct PosixIpcTopic {
    _Atomic uint64_t head;	/* 256: position of the next record */
    _Atomic uint64_t tail;	/* position of the oldest record; beside */
				/* head, as a publisher writes and a reader */
				/* reads both */
    _Atomic uint64_t bytes;	/* derived: of the messages that are there */
} PosixIpcTopic;

typedef struct PosixIpcTopicRecord {	/* 16 bytes, before the message */
    _Atomic uint64_t serial;	/* counted from 0: messages before this one */
    _Atomic uint32_t length;	/* bytes of the message */
    _Atomic uint32_t before;	/* length of the message before this one */
} PosixIpcTopicRecord;

#define POSIX_IPC_TOPIC_ROOM(size)	((uint64_t) (size) + 64)

typedef struct PosixIpcHeader {	/* 4096 bytes */
    _Atomic uint64_t magic;	/* stored last */
    uint32_t version;
    uint32_t order;		/* POSIX_IPC_ORDER, in machine byte order */
    uint32_t kind;		/* POSIX_IPC_LOCK ... */
    uint32_t slots;		/* POSIX_IPC_SLOTS */
    uint64_t size;		/* lock: permits; else bytes of data */
    uint64_t fileSize;		/* bytes of the file */
    uint32_t waits;		/* how participants wait: 1: Linux futex(2) */
    uint32_t lives;		/* how they show life: LIFE_LOCK ... */
    _Atomic uint64_t creator;	/* its claim */
    _Atomic uint32_t damage;	/* raised each time that damage was repaired: */
				/* often read, hardly ever written */
    _Atomic uint32_t resetting;	/* damage + 1 while that is done, else damage */
    uint32_t spare1[16];
    _Atomic uint32_t latch;	/* 128 */
    _Atomic uint32_t slotsUsed;	/* highest number ever in use, + 1 */
    uint32_t spare2[14];
    PosixIpcBell bells[POSIX_IPC_BELLS];	/* 192 */
    uint32_t spare3[8];
    union {			/* 256 */
	PosixIpcLock lock;
	PosixIpcRing ring;
	PosixIpcTopic topic;
	unsigned char bytes[3840];
    };
} PosixIpcHeader;

#define POSIX_IPC_SLOT_OFFSET	4096
#define POSIX_IPC_DATA_OFFSET	(POSIX_IPC_SLOT_OFFSET + 65536)

_Static_assert(sizeof(PosixIpcSlot) == 64, "a slot has 64 bytes");
_Static_assert(sizeof(PosixIpcHeader) == 4096, "the header has 4096 bytes");
_Static_assert(offsetof(PosixIpcHeader, latch) == 128, "the latch's place");
_Static_assert(offsetof(PosixIpcHeader, bells) == 192, "the bells' place");
_Static_assert(offsetof(PosixIpcHeader, lock) == 256, "the lock's place");
_Static_assert(offsetof(PosixIpcHeader, ring) == 256, "the ring's place");
_Static_assert(offsetof(PosixIpcLock, ticket) == 128, "a line of its own");
_Static_assert(sizeof(PosixIpcTopicRecord) == 16, "a record has 16 bytes");

/*
 * PosixIpcSlots --
 *
 *	Returns the array of slots of a mapped object.
 */

static inline PosixIpcSlot *
PosixIpcSlots(
    PosixIpcHeader *header)
{
    return (PosixIpcSlot *) ((unsigned char *) header + POSIX_IPC_SLOT_OFFSET);
}

/*
 * PosixIpcId --
 *
 *	Returns the id of the user of a slot in its current generation. The slot
 *	number is counted from 0.
 */

static inline uint32_t
PosixIpcId(
    uint32_t number,
    uint32_t generation)
{
    return (number + 1)
	    | (generation & POSIX_IPC_ID_GENERATION) << POSIX_IPC_ID_SHIFT;
}

/*
 * PosixIpcRingWord --
 *
 *	Returns the word at a position of a mapped ring of size bytes. size is
 *	the value that was checked when the ring was mapped.
 */

static inline _Atomic uint64_t *
PosixIpcRingWord(
    PosixIpcHeader *header,
    uint64_t size,
    uint64_t position)
{
    return (_Atomic uint64_t *) ((unsigned char *) header
	    + POSIX_IPC_DATA_OFFSET + (size_t) (position & (size - 1)));
}

/*
 * PosixIpcRingRoom, PosixIpcCheck --
 *
 *	PosixIpcRingRoom returns how many bytes the record of a message of
 *	length bytes takes. PosixIpcCheck returns the number by which a record
 *	is recognized.
 */

static inline uint64_t
PosixIpcRingRoom(
    uint64_t length)
{
    return (POSIX_IPC_RECORD + length + 7) & ~UINT64_C(7);
}

static inline uint32_t
PosixIpcCheck(
    uint64_t id,
    uint32_t length)
{
    return ((uint32_t) id * UINT32_C(2654435761)) ^ length
	    ^ UINT32_C(0x5bd1e995);
}

/*
 * PosixIpcTopicRecordSize --
 *
 *	Returns how many bytes a topic's record takes for a message of length
 *	bytes.
 */

static inline uint64_t
PosixIpcTopicRecordSize(
    uint64_t length)
{
    return (sizeof(PosixIpcTopicRecord) + length + 15) & ~UINT64_C(15);
}

#endif /* POSIX_IPC_LAYOUT_H */
