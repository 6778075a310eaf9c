/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * segment.c --
 *
 *	Segments with a layout of their own: opening, creating and closing.
 */

#include "segment.h"

#include "osLifeline.h"
#include "osObject.h"
#include "osTime.h"
#include "segmentFile.h"
#include "segmentProcess.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Initialize --
 *
 *	Fills the header of a new segment, which ftruncate(2) has filled with
 *	zeros. magic is stored last, with release: a process that reads it
 *	(acquire) sees all other fields. That matters only if the file already
 *	has its name.
 */

static void
Initialize(
    OsSegment *segment,
    uint64_t size)
{
    PosixIpcHeader *header = segment->header;
    uint32_t place;

    atomic_store(&header->creator, OsSegmentGetMark(&place));
    header->version = POSIX_IPC_VERSION;
    header->order = POSIX_IPC_ORDER;
    header->kind = segment->type->kind;
    header->slots = POSIX_IPC_SLOTS;
    header->size = size;
    header->fileSize = segment->mapped;
    header->waits = (uint32_t) OsFutexKind();
    header->lives = osLifelineKind;
    atomic_store_explicit(&header->magic, POSIX_IPC_MAGIC,
	    memory_order_release);
}

/*
 * Map --
 *
 *	Maps length bytes from the start of the file: mmap(2).
 */

static int
Map(
    OsSegment *segment,
    int fd,
    uint64_t length)
{
    int protection = PROT_READ | (segment->readonly ? 0 : PROT_WRITE);
    void *map;

    if (length > SIZE_MAX / 2) {
	return ENOMEM;
    }
    map = mmap(NULL, (size_t) length, protection, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
	return errno;
    }
    segment->header = map;
    segment->slots = PosixIpcSlots(map);
    segment->data = (unsigned char *) map + POSIX_IPC_DATA_OFFSET;
    segment->mapped = (size_t) length;
    return 0;
}

static void
Unmap(
    OsSegment *segment)
{
    if (segment->header != NULL) {
	munmap(segment->header, segment->mapped);
	segment->header = NULL;
    }
}

/*
 * Adopt --
 *
 *	Moves the descriptors of a file into the segment. The descriptor for
 *	mapping is no longer needed.
 */

static void
Adopt(
    OsSegment *segment,
    const OsSegmentFile *file)
{
    if (file->map != file->life) {
	close(file->map);
    }
    segment->fd = file->life;
    OsSegmentEnlist(segment);
}

/*
 * Drop --
 *
 *	Closes and unmaps a segment that cannot be used.
 */

static void
Drop(
    OsSegment *segment,
    const OsSegmentFile *file)
{
    Unmap(segment);
    close(file->map);
    if (file->life != file->map) {
	close(file->life);
    }
}

/*
 * Reserve --
 *
 *	Gives a new file its size, and reserves memory for the header and the
 *	data, because a write for which the system has no memory raises a
 *	signal. ENOSPC: there is not enough.
 */

static int
Reserve(
    int fd,
    uint64_t length)
{
    const off_t data = POSIX_IPC_DATA_OFFSET;
    int err;

    while (ftruncate(fd, (off_t) length) != 0) {
	if (errno != EINTR) {
	    return errno;
	}
    }
    err = OsSegmentReserve(fd, 0, (off_t) sizeof(PosixIpcHeader));
    if (err == 0 && (off_t) length > data) {
	err = OsSegmentReserve(fd, data, (off_t) length - data);
    }
    return err;
}

/*
 * Build --
 *
 *	Makes a new segment, complete except for its name, in a file that Create
 *	has made.
 */

static int
Build(
    OsSegment *segment,
    const char *name,
    uint64_t size,
    const OsSegmentFile *file)
{
    uint64_t length = POSIX_IPC_DATA_OFFSET + segment->type->measure(size);
    int err = Reserve(file->map, length);

    if (err == 0) {
	err = Map(segment, file->map, length);
    }
    if (err == 0) {
	segment->size = size;
	OsGuardEnter(segment->header, segment->mapped, NULL);
	Initialize(segment, size);
	err = OsSegmentEnd(segment, 0);
    }
    if (err == 0) {
	err = OsSegmentFilePublish(name, file);
    } else if (!osSegmentFileIsAtomic) {
	OsSegmentFileUnlink(name);
    }
    return err;
}

/*
 * Create --
 *
 *	Creates the segment with a name. EEXIST: another process was faster.
 */

static int
Create(
    OsSegment *segment,
    const char *name,
    mode_t mode,
    uint64_t size)
{
    OsSegmentFile file;
    int err = OsSegmentFileCreate(name, mode, &file);

    if (err != 0) {
	return err;
    }
    err = Build(segment, name, size, &file);
    if (err != 0) {
	Drop(segment, &file);
	return err;
    }
    segment->created = true;
    Adopt(segment, &file);
    return 0;
}

/*
 * CheckHeader --
 *
 *	Checks that this process can use the header of a file of fileSize
 *	bytes. ENODEV, ENOSYS, EBADMSG: as in segment.h.
 */

static int
CheckHeader(
    OsSegment *segment,
    uint64_t fileSize)
{
    PosixIpcHeader *header = segment->header;
    uint64_t size = header->size, data = segment->type->measure(size);

    if (atomic_load_explicit(&header->magic, memory_order_acquire)
	    != POSIX_IPC_MAGIC || header->version != POSIX_IPC_VERSION
	    || header->order != POSIX_IPC_ORDER
	    || header->kind != segment->type->kind) {
	return ENODEV;
    }
    if (header->waits != (uint32_t) OsFutexKind()
	    || header->lives != osLifelineKind) {
	return ENOSYS;
    }
    if (header->slots != POSIX_IPC_SLOTS || data == UINT64_MAX
	    || header->fileSize != POSIX_IPC_DATA_OFFSET + data
	    || fileSize < header->fileSize) {
	return EBADMSG;
    }
    segment->size = size;
    segment->damageSeen = atomic_load(&header->damage);
    return 0;
}

/*
 * Attach --
 *
 *	Maps a file that was opened, if it is a segment of this type. EAGAIN: it
 *	is not complete yet.
 */

static int
Attach(
    OsSegment *segment,
    const OsSegmentFile *file)
{
    struct stat status;
    uint64_t fileSize;
    bool isMade;
    int err;

    if (fstat(file->map, &status) != 0) {
	return errno;
    }
    fileSize = (uint64_t) status.st_size;
    if (fileSize < POSIX_IPC_DATA_OFFSET) {
	return (fileSize == 0 && !osSegmentFileIsAtomic) ? EAGAIN : ENODEV;
    }
    err = Map(segment, file->map, fileSize);
    if (err != 0) {
	return err;
    }
    OsGuardEnter(segment->header, segment->mapped, NULL);
    isMade = osSegmentFileIsAtomic || atomic_load(&segment->header->magic) != 0;
    err = OsSegmentEnd(segment, isMade ? CheckHeader(segment, fileSize)
	    : EAGAIN);
    return err;
}

/*
 * HasCreator --
 *
 *	Returns whether the process that is creating an incomplete segment is
 *	alive.
 */

static bool
HasCreator(
    OsSegment *segment)
{
    uint64_t creator = 0;

    if (segment->header != NULL) {
	OsGuardEnter(segment->header, segment->mapped, NULL);
	creator = atomic_load(&segment->header->creator);
	OsGuardLeave();
    }
    return creator != 0 && !OsProcessIsGone(creator, OsProcessPlace());
}

/*
 * AttachWhenMade --
 *
 *	Attaches to a file. If it is not complete, waits for its creator, for a
 *	second at most. If the creator is dead, removes the file's name and
 *	returns ENOENT.
 */

static int
AttachWhenMade(
    OsSegment *segment,
    const char *name,
    const OsSegmentFile *file)
{
    OsTime end = OsClock() + OS_SECOND;
    struct timespec pause = OsTimespec(OS_SECOND / 1000);
    int err;

    while ((err = Attach(segment, file)) == EAGAIN && OsClock() < end) {
	Unmap(segment);
	nanosleep(&pause, NULL);
    }
    if (err == EAGAIN) {
	err = HasCreator(segment) ? EBUSY : OsSegmentFileUnlink(name);
	return (err == 0 || err == ENOENT) ? ENOENT : ENODEV;
    }
    return err;
}

/*
 * OpenExisting --
 *
 *	Opens the segment with the name.
 */

static int
OpenExisting(
    OsSegment *segment,
    const char *name)
{
    OsSegmentFile file;
    int err = OsSegmentFileOpen(name, segment->readonly, &file);

    if (err != 0) {
	return err;
    }
    err = AttachWhenMade(segment, name, &file);
    if (err != 0) {
	Drop(segment, &file);
	return err;
    }
    Adopt(segment, &file);
    return 0;
}

/*
 * OpenOrCreate --
 *
 *	Opens or creates the segment according to flags. If the name appears or
 *	vanishes between two attempts, starts over.
 */

static int
OpenOrCreate(
    OsSegment *segment,
    const char *name,
    int flags,
    mode_t mode,
    uint64_t size)
{
    int err = ENOENT;

    for (int attempts = 0; attempts < 100; attempts++) {
	if (!(flags & OS_EXCL)) {
	    err = OpenExisting(segment, name);
	}
	if (err != ENOENT || !(flags & OS_CREAT)) {
	    return err;
	}
	err = Create(segment, name, mode, size);
	if (err != EEXIST || (flags & OS_EXCL)) {
	    return err;
	}
    }
    return err;
}

/*
 * MakeFileName --
 *
 *	Replaces the slash of a name with the prefix of a type. ENAMETOOLONG:
 *	the result is too long.
 */

static int
MakeFileName(
    const OsSegmentType *type,
    const char *name,
    char *fileName,
    size_t size)
{
    int length = snprintf(fileName, size, "%s%s", type->family->prefix,
	    name + (*name == '/'));

    return (length > NAME_MAX || (size_t) length >= size) ? ENAMETOOLONG : 0;
}

/*
 * OsSegmentOpen --
 *
 *	See segment.h. A segment in which all slots are taken, or that cannot be
 *	joined for another reason, is closed again. If it was created, it stays.
 */

int
OsSegmentOpen(
    const OsSegmentType *type,
    const char *name,
    int flags,
    mode_t mode,
    uint64_t size,
    bool readonly,
    OsSegment *segment)
{
    char fileName[NAME_MAX + 1];
    int err = MakeFileName(type, name, fileName, sizeof(fileName));

    if (err == 0) {
	err = OsGuardInstall();
    }
    if (err != 0) {
	return err;
    }
    OsSegmentFollowForks();
    *segment = (OsSegment) { .type = type, .readonly = readonly, .fd = -1,
	.slot = -1, .process = OsGetGeneration() };
    err = OpenOrCreate(segment, fileName, flags, mode, size);
    if (err == 0 && !readonly) {
	err = OsSegmentJoin(segment);
	if (err != 0 && segment->created) {
	    OsSegmentFileUnlink(fileName);
	}
	if (err != 0) {
	    OsSegmentClose(segment);
	}
    }
    return err;
}

int
OsSegmentOpenObject(
    const OsSegmentType *type,
    const char *name,
    int flags,
    mode_t mode,
    uint64_t size,
    bool readonly,
    OsSegment *segment,
    OsObject *object)
{
    struct stat status;
    int err = OsSegmentOpen(type, name, flags, mode, size, readonly, segment);

    if (err != 0) {
	err = (err == ENOSPC && segment->isFull) ? EUSERS : err;
	return (flags & OS_CREAT) ? OsExplainCreate(err) : err;
    }
    if (fstat(segment->fd, &status) != 0) {
	status = (struct stat) { 0 };
    }
    OsNoteObject(object, type->family, segment->fd, segment->created,
	    &status);
    return 0;
}

/*
 * OsSegmentClose --
 *
 *	See segment.h. Closing the descriptor gives up the lifeline.
 */

void
OsSegmentClose(
    OsSegment *segment)
{
    if (segment->slot >= 0 && segment->process == OsGetGeneration()) {
	OsGuardEnter(segment->header, segment->mapped, NULL);
	OsSegmentLeaveSlot(segment);
	OsGuardLeave();
    }
    OsSegmentDelist(segment);
    if (segment->fd >= 0) {
	close(segment->fd);
	segment->fd = -1;
    }
    Unmap(segment);
}

int
OsSegmentUnlink(
    const OsSegmentType *type,
    const char *name)
{
    char fileName[NAME_MAX + 1];
    int err = MakeFileName(type, name, fileName, sizeof(fileName));

    return (err != 0) ? err : OsSegmentFileUnlink(fileName);
}

/*
 * Look --
 *
 *	Calls the look procedure of a waiter. If the memory is gone, the event
 *	loop should try again.
 */

static bool
Look(
    void *data)
{
    OsSegmentWaiter *waiter = data;
    OsSegment *segment = waiter->segment;
    bool result;

    if (OsSegmentCheckSize(segment) != 0) {
	return true;
    }
    OsGuardEnter(segment->header, segment->mapped, NULL);
    result = waiter->look(segment);
    return OsSegmentEnd(segment, 0) != 0 || result;
}

void
OsSegmentInitWaiter(
    OsSegment *segment,
    OsSegmentWaiter *waiter,
    bool (*look)(OsSegment *segment))
{
    *waiter = (OsSegmentWaiter) {
	.word = {
	    .map = segment->header, .mapped = segment->mapped,
	    .look = Look, .lookData = waiter
	},
	.segment = segment,
	.look = look
    };
}
