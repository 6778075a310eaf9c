/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osMemory.c --
 *
 *	Single values in a segment: atomic loads, stores, additions, swaps and
 *	compare-and-swaps of 1, 2, 4 and 8 bytes, copies of pieces of a value,
 *	and waiting for a word.
 *
 *	The operations are those of <stdatomic.h>, sequentially consistent, on
 *	the mapping itself: other processes, in any language, see each operation
 *	as one step if their own accesses are atomic too. A value is aligned if
 *	its offset is a multiple of its size. (In structs the alignment may be
 *	smaller: on 32-bit x86, 8-byte values are aligned to 4 bytes.) If the
 *	processor has no atomic operations on 8 bytes, they are refused, because
 *	the C library would use locks that only this process sees.
 *
 *	If the memory turns out to be gone, the operation has only changed a
 *	private page that no other process sees. So it is repeated, or fails.
 */

#include "osShm.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

/*
 * Load, Store, Exchange, CompareExchange --
 *
 *	The atomic operations on size bytes at an aligned place.
 */

static inline uint64_t
Load(
    const void *place,
    size_t size)
{
    switch (size) {
    case 1:
	return atomic_load((const _Atomic uint8_t *) place);
    case 2:
	return atomic_load((const _Atomic uint16_t *) place);
    case 4:
	return atomic_load((const _Atomic uint32_t *) place);
    default:
	return atomic_load((const _Atomic uint64_t *) place);
    }
}

static void
Store(
    void *place,
    size_t size,
    uint64_t value)
{
    switch (size) {
    case 1:
	atomic_store((_Atomic uint8_t *) place, (uint8_t) value);
	break;
    case 2:
	atomic_store((_Atomic uint16_t *) place, (uint16_t) value);
	break;
    case 4:
	atomic_store((_Atomic uint32_t *) place, (uint32_t) value);
	break;
    default:
	atomic_store((_Atomic uint64_t *) place, value);
	break;
    }
}

static uint64_t
Exchange(
    void *place,
    size_t size,
    uint64_t value)
{
    switch (size) {
    case 1:
	return atomic_exchange((_Atomic uint8_t *) place, (uint8_t) value);
    case 2:
	return atomic_exchange((_Atomic uint16_t *) place, (uint16_t) value);
    case 4:
	return atomic_exchange((_Atomic uint32_t *) place, (uint32_t) value);
    default:
	return atomic_exchange((_Atomic uint64_t *) place, value);
    }
}

#define COMPARE_EXCHANGE(type) \
    do { \
	type found = (type) *expectedPtr; \
	bool isStored = atomic_compare_exchange_strong( \
		(_Atomic type *) place, &found, (type) value); \
 \
	*expectedPtr = found; \
	return isStored; \
    } while (0)

static bool
CompareExchange(
    void *place,
    size_t size,
    uint64_t *expectedPtr,	/* becomes the number found there */
    uint64_t value)
{
    switch (size) {
    case 1:
	COMPARE_EXCHANGE(uint8_t);
    case 2:
	COMPARE_EXCHANGE(uint16_t);
    case 4:
	COMPARE_EXCHANGE(uint32_t);
    default:
	COMPARE_EXCHANGE(uint64_t);
    }
}

/*
 * OsGetBits, OsPutBits --
 *
 *	Convert between a number and size bytes in the machine's byte order,
 *	which need not be aligned.
 */

uint64_t
OsGetBits(
    const void *bytes,
    size_t size)
{
    union { uint8_t one; uint16_t two; uint32_t four; uint64_t eight; } value;

    switch (size) {
    case 1:
	memcpy(&value.one, bytes, 1);
	return value.one;
    case 2:
	memcpy(&value.two, bytes, 2);
	return value.two;
    case 4:
	memcpy(&value.four, bytes, 4);
	return value.four;
    default:
	memcpy(&value.eight, bytes, 8);
	return value.eight;
    }
}

void
OsPutBits(
    void *bytes,
    size_t size,
    uint64_t bits)
{
    switch (size) {
    case 1:
	memcpy(bytes, &(uint8_t) { (uint8_t) bits }, 1);
	break;
    case 2:
	memcpy(bytes, &(uint16_t) { (uint16_t) bits }, 2);
	break;
    case 4:
	memcpy(bytes, &(uint32_t) { (uint32_t) bits }, 4);
	break;
    default:
	memcpy(bytes, &bits, 8);
	break;
    }
}

/*
 * An atomic operation: its arguments, and the number that was found.
 */

typedef struct Operation {
    size_t size;		/* bytes */
    uint64_t value;
    uint64_t found;		/* for CAS, what is expected before */
    bool isDone;
    bool isSigned;
    const OsNumber *amount;
} Operation;

/*
 * CheckAtomic, CheckChange --
 *
 *	CheckAtomic checks that an access to size bytes at offset can be made in
 *	one step. EINVAL: it is not aligned. ENOTSUP: the processor cannot do
 *	that. CheckChange also checks that the access may change these bytes.
 *	EACCES: the segment was opened for reading only.
 */

static int
CheckAtomic(
    int64_t offset,
    size_t size)
{
#if ATOMIC_LLONG_LOCK_FREE == 2
    const size_t most = 8;
#else
    const size_t most = 4;
#endif

    return ((offset & ((int64_t) size - 1)) != 0) ? EINVAL
	    : (size > most) ? ENOTSUP : 0;
}

static int
CheckChange(
    const OsShm *shm,
    int64_t offset,
    size_t size)
{
    return shm->readonly ? EACCES : CheckAtomic(offset, size);
}

/*
 * OsShmLoad --
 *
 *	Reads size bytes at offset, in one step if they are aligned.
 *
 *	ERANGE and ENOSPC, here and below, are those of OsShmAccess.
 */

static inline void
TouchLoad(
    void *place,
    void *data)
{
    Operation *operation = data;

    operation->found = Load(place, operation->size);
}

int
OsShmLoad(
    OsShm *shm,
    int64_t offset,
    size_t size,
    uint64_t *bitsPtr)
{
    Operation operation = { .size = size };
    unsigned char bytes[8];
    int err;

    if (CheckAtomic(offset, size) != 0) {
	err = OsShmRead(shm, offset, bytes, size);
	operation.found = (err == 0) ? OsGetBits(bytes, size) : 0;
    } else {
	err = OsShmAccess(shm, offset, size, OS_LOOK_AFTER, TouchLoad,
		&operation);
    }
    *bitsPtr = operation.found;
    return err;
}

/*
 * OsShmStore --
 *
 *	Stores size bytes at offset, in one step if they are aligned.
 *
 *	EACCES, here and below: opened for reading only.
 */

static inline void
TouchStore(
    void *place,
    void *data)
{
    Operation *operation = data;

    Store(place, operation->size, operation->value);
}

int
OsShmStore(
    OsShm *shm,
    int64_t offset,
    size_t size,
    uint64_t bits)
{
    Operation operation = { .size = size, .value = bits };
    unsigned char bytes[8];

    if (shm->readonly) {
	return EACCES;
    }
    if (CheckAtomic(offset, size) != 0) {
	OsPutBits(bytes, size, bits);
	return OsShmWrite(shm, offset, bytes, size);
    }
    return OsShmAccess(shm, offset, size, OS_LOOK_BEFORE, TouchStore,
		&operation);
}

/*
 * OsShmSwap --
 *
 *	Stores size bytes at offset, and stores in a variable what was there
 *	before.
 *
 *	EINVAL, here and below: not aligned. ENOTSUP, here and below: the
 *	processor has no such operation.
 */

static inline void
TouchSwap(
    void *place,
    void *data)
{
    Operation *operation = data;

    operation->found = Exchange(place, operation->size, operation->value);
}

int
OsShmSwap(
    OsShm *shm,
    int64_t offset,
    size_t size,
    uint64_t bits,
    uint64_t *foundPtr)
{
    Operation operation = { .size = size, .value = bits };
    int err = CheckChange(shm, offset, size);

    if (err == 0) {
	err = OsShmAccess(shm, offset, size, OS_LOOK_BEFORE, TouchSwap,
		&operation);
    }
    *foundPtr = operation.found;
    return err;
}

/*
 * OsShmCompareSwap --
 *
 *	Stores size bytes at offset if the expected bytes are there, and reports
 *	whether they were.
 */

static inline void
TouchCompareSwap(
    void *place,
    void *data)
{
    Operation *operation = data;
    uint64_t expected = operation->found;

    operation->isDone = CompareExchange(place, operation->size, &expected,
	    operation->value);
}

int
OsShmCompareSwap(
    OsShm *shm,
    int64_t offset,
    size_t size,
    uint64_t expected,
    uint64_t bits,
    bool *isStoredPtr)
{
    Operation operation = { .size = size, .value = bits, .found = expected };
    int err = CheckChange(shm, offset, size);

    if (err == 0) {
	err = OsShmAccess(shm, offset, size, OS_LOOK_BEFORE, TouchCompareSwap,
		&operation);
    }
    *isStoredPtr = operation.isDone;
    return err;
}

/*
 * Add --
 *
 *	Adds the amount to the number found. Returns false if the sum is out of
 *	range. For the comparison, signed integers are shifted into the unsigned
 *	range by adding half of that range.
 */

static bool
Add(
    Operation *operation)
{
    const OsNumber *amount = operation->amount;
    const uint64_t most = UINT64_MAX >> (64 - 8 * operation->size);
    const uint64_t half = operation->isSigned ? most / 2 + 1 : 0;
    const uint64_t old = operation->found ^ half;

    if (amount->isHuge
	    || amount->magnitude > (amount->isNegative ? old : most - old)) {
	return false;
    }
    operation->value = half ^ (amount->isNegative ? old - amount->magnitude
	    : old + amount->magnitude);
    return true;
}

/*
 * OsShmAdd --
 *
 *	Adds to the integer of size bytes at offset, and stores the sum, or the
 *	current number if the sum does not fit.
 *
 *	EOVERFLOW: the sum is out of the integer's range; nothing is changed.
 */

static inline void
TouchAdd(
    void *place,
    void *data)
{
    Operation *operation = data;

    operation->found = Load(place, operation->size);
    do {
	operation->isDone = Add(operation);
    } while (operation->isDone && !CompareExchange(place, operation->size,
	    &operation->found, operation->value));
}

int
OsShmAdd(
    OsShm *shm,
    int64_t offset,
    size_t size,
    bool isSigned,
    const OsNumber *amount,
    uint64_t *bitsPtr)
{
    Operation operation = {
	.size = size, .isSigned = isSigned, .amount = amount
    };
    int err = CheckChange(shm, offset, size);

    if (err == 0) {
	err = OsShmAccess(shm, offset, size, OS_LOOK_BEFORE, TouchAdd,
		&operation);
    }
    *bitsPtr = operation.isDone ? operation.value : operation.found;
    return (err == 0 && !operation.isDone) ? EOVERFLOW : err;
}

/*
 * OsShmWritePieces --
 *
 *	Copies pieces of an image of size bytes to offset in the segment, if
 *	the whole image fits there.
 */

typedef struct Pieces {
    const char *bytes;
    const OsPiece *pieces;
    size_t count;
} Pieces;

static void
TouchPieces(
    void *place,
    void *data)
{
    const Pieces *pieces = data;

    for (size_t i = 0; i < pieces->count; i++) {
	const OsPiece *piece = &pieces->pieces[i];

	memcpy((char *) place + piece->offset, pieces->bytes + piece->offset,
		piece->length);
    }
}

int
OsShmWritePieces(
    OsShm *shm,
    int64_t offset,
    size_t size,
    const void *bytes,
    const OsPiece *pieces,
    size_t count)
{
    Pieces all = { bytes, pieces, count };

    if (shm->readonly) {
	return EACCES;
    }
    return OsShmAccess(shm, offset, size, OS_LOOK_BEFORE, TouchPieces,
	    &all);
}
