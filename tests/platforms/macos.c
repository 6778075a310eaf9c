/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * macos.c --
 *
 *	A library to be preloaded on Linux. It makes the calls for named
 *	semaphores and shared memory behave as they do in the kernel of macOS
 *	(bsd/kern/posix_sem.c and posix_shm.c in the sources of XNU). The suite
 *	then tests the logic of the code for macOS. It does not test macOS
 *	itself.
 *
 *	- A name has at most 31 bytes; a longer one fails with ENAMETOOLONG.
 *	- A sem_t is not memory: sem_open(3) returns a descriptor in the guise
 *	  of a pointer. sem_getvalue and sem_init can be linked, but fail with
 *	  ENOSYS. Queues and timed waits are missing: configure is told so.
 *	- ftruncate(2) can give a segment its size only once, in whole pages.
 *	  After that it fails with EINVAL, and so does O_TRUNC for a segment
 *	  that has a size.
 *	- The umask does not apply to a new segment.
 *	- A descriptor of a segment can be mapped within the segment's size, and
 *	  fstat(2) returns its mode, owner and size. It has no inode, and is not
 *	  a vnode: read, write, lseek, fchmod, fchown and fstatvfs fail.
 *
 *	A segment is a regular file in /dev/shm, which must be a file system of
 *	its own (tools/apart makes it). The C library's own calls do not pass
 *	through here.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <unistd.h>

#define LONGEST_NAME	31	/* bytes, PSEMNAMLEN and PSHMNAMLEN */
#define MOST_DESCRIPTORS 65536

/*
 * NEXT --
 *
 *	The C library's function of that name.
 */

#define NEXT(function) ((__typeof__(&function)) dlsym(RTLD_NEXT, #function))

/*
 * Fail --
 *
 *	Sets errno and returns -1.
 */

static int
Fail(
    int err)
{
    errno = err;
    return -1;
}

/*
 * IsSegment --
 *
 *	Returns whether a descriptor refers to a segment. Stores its status, as
 *	Linux reports it.
 */

static bool
IsSegment(
    int fd,
    struct stat *status)
{
    static dev_t device;
    int saved = errno;
    bool is;

    if (device == 0 && stat("/dev/shm", status) == 0) {
	device = status->st_dev;
    }
    is = fd >= 0 && NEXT(fstat)(fd, status) == 0
	    && S_ISREG(status->st_mode) && status->st_dev == device;
    errno = saved;
    return is;
}

/*
 * Semaphores ----------------------------------------------------------------
 *
 *	sem_open opens a descriptor only to reserve its number, and returns that
 *	number. The C library's semaphore is in the table.
 */

static sem_t *semaphores[MOST_DESCRIPTORS];

static sem_t *
Find(
    sem_t *handle)
{
    uintptr_t fd = (uintptr_t) handle;

    return (fd < MOST_DESCRIPTORS) ? semaphores[fd] : NULL;
}

sem_t *
sem_open(
    const char *name,
    int flags,
    ...)
{
    mode_t mode = 0;
    unsigned value = 0;
    sem_t *sem;
    int fd;

    if (flags & O_CREAT) {
	va_list arguments;

	va_start(arguments, flags);
	mode = va_arg(arguments, mode_t);
	value = va_arg(arguments, unsigned);
	va_end(arguments);
    }
    if (strlen(name) > LONGEST_NAME) {
	errno = ENAMETOOLONG;
	return SEM_FAILED;
    }
    fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fd >= MOST_DESCRIPTORS) {
	errno = EMFILE;
	return SEM_FAILED;
    }
    sem = NEXT(sem_open)(name, flags, mode, value);
    if (sem == SEM_FAILED) {
	int err = errno;

	close(fd);
	errno = err;
	return SEM_FAILED;
    }
    semaphores[fd] = sem;
    return (sem_t *) (uintptr_t) fd;
}

int
sem_close(
    sem_t *handle)
{
    sem_t *sem = Find(handle);

    if (sem == NULL) {
	return Fail(EINVAL);
    }
    semaphores[(uintptr_t) handle] = NULL;
    close((int) (uintptr_t) handle);
    return NEXT(sem_close)(sem);
}

int
sem_unlink(
    const char *name)
{
    return (strlen(name) > LONGEST_NAME) ? Fail(ENAMETOOLONG)
	    : NEXT(sem_unlink)(name);
}

int
sem_wait(
    sem_t *handle)
{
    sem_t *sem = Find(handle);

    return (sem == NULL) ? Fail(EBADF) : NEXT(sem_wait)(sem);
}

int
sem_trywait(
    sem_t *handle)
{
    sem_t *sem = Find(handle);

    return (sem == NULL) ? Fail(EBADF) : NEXT(sem_trywait)(sem);
}

int
sem_post(
    sem_t *handle)
{
    sem_t *sem = Find(handle);

    return (sem == NULL) ? Fail(EBADF) : NEXT(sem_post)(sem);
}

int
sem_getvalue(
    sem_t *handle,
    int *valuePtr)
{
    (void) handle;
    (void) valuePtr;
    return Fail(ENOSYS);
}

int
sem_init(
    sem_t *sem,
    int shared,
    unsigned value)
{
    (void) sem;
    (void) shared;
    (void) value;
    return Fail(ENOSYS);
}

int
sem_destroy(
    sem_t *sem)
{
    (void) sem;
    return Fail(ENOSYS);
}

/*
 * Shared memory -------------------------------------------------------------
 */

int
shm_open(
    const char *name,
    int flags,
    mode_t mode)
{
    int linuxFlags = flags & (O_ACCMODE | O_CREAT | O_EXCL);
    struct stat status;
    int fd = -1;

    if (strlen(name) > LONGEST_NAME) {
	return Fail(ENAMETOOLONG);
    }
    if (flags & O_CREAT) {
	fd = NEXT(shm_open)(name, linuxFlags | O_EXCL, mode);
	if (fd >= 0) {
	    NEXT(fchmod)(fd, mode);
	} else if (errno != EEXIST || (flags & O_EXCL)) {
	    return -1;
	}
    }
    if (fd < 0) {
	fd = NEXT(shm_open)(name, linuxFlags & ~O_CREAT, 0);
    }
    if (fd >= 0 && (flags & O_TRUNC) && IsSegment(fd, &status)
	    && status.st_size > 0) {
	close(fd);
	return Fail(EINVAL);
    }
    return fd;
}

int
shm_unlink(
    const char *name)
{
    return (strlen(name) > LONGEST_NAME) ? Fail(EINVAL)
	    : NEXT(shm_unlink)(name);
}

int
ftruncate(
    int fd,
    off_t size)
{
    off_t page = sysconf(_SC_PAGESIZE);
    struct stat status;

    if (IsSegment(fd, &status)) {
	if (status.st_size > 0 || size < 0) {
	    return Fail(EINVAL);
	}
	size = (size + page - 1) / page * page;
    }
    return NEXT(ftruncate)(fd, size);
}

void *
mmap(
    void *place,
    size_t length,
    int protection,
    int flags,
    int fd,
    off_t offset)
{
    struct stat status;

    if (!(flags & MAP_ANONYMOUS) && IsSegment(fd, &status)
	    && (!(flags & MAP_SHARED) || offset > status.st_size
		    || length > (size_t) (status.st_size - offset))) {
	errno = EINVAL;
	return MAP_FAILED;
    }
    return NEXT(mmap)(place, length, protection, flags, fd, offset);
}

int
fstat(
    int fd,
    struct stat *status)
{
    struct stat segment;

    if (!IsSegment(fd, &segment)) {
	return NEXT(fstat)(fd, status);
    }
    *status = (struct stat) {
	.st_mode = segment.st_mode & 07777,
	.st_uid = segment.st_uid,
	.st_gid = segment.st_gid,
	.st_size = segment.st_size
    };
    return 0;
}

/*
 * REFUSE --
 *
 *	Defines a call that fails for the descriptor of a segment.
 */

#define REFUSE(type, function, err, parameters, arguments) \
    type function parameters \
    { \
	struct stat status; \
 \
	return IsSegment(fd, &status) ? Fail(err) : NEXT(function) arguments; \
    }

REFUSE(ssize_t, read, ENXIO,
    (int fd, void *bytes, size_t length), (fd, bytes, length))
REFUSE(ssize_t, write, ENXIO,
    (int fd, const void *bytes, size_t length), (fd, bytes, length))
REFUSE(ssize_t, pread, ESPIPE,
    (int fd, void *bytes, size_t length, off_t offset),
    (fd, bytes, length, offset))
REFUSE(ssize_t, pwrite, ESPIPE,
    (int fd, const void *bytes, size_t length, off_t offset),
    (fd, bytes, length, offset))
REFUSE(off_t, lseek, ESPIPE,
    (int fd, off_t offset, int whence), (fd, offset, whence))
REFUSE(int, fchmod, EINVAL, (int fd, mode_t mode), (fd, mode))
REFUSE(int, fchown, EINVAL,
    (int fd, uid_t owner, gid_t group), (fd, owner, group))
REFUSE(int, fstatvfs, EINVAL,
    (int fd, struct statvfs *status_), (fd, status_))
