/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osLifeline.c --
 *
 *	Lifelines on Linux: open file description locks, fcntl(2).
 */

#include "osLifeline.h"
#include "shared/posixIpcLayout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

const uint32_t osLifelineKind = POSIX_IPC_LIFE_LOCK;

/*
 * Lock --
 *
 *	fcntl(2) with a lock on the slot's byte. Stores the type of lock that
 *	the kernel returns. Returns 0 or an errno value.
 */

static int
Lock(
    int fd,
    int command,
    uint32_t slot,
    short *typePtr)
{
    struct flock lock = {
	.l_type = *typePtr,
	.l_whence = SEEK_SET,
	.l_start = (off_t) (POSIX_IPC_LIFELINES + slot),
	.l_len = 1
    };

    while (fcntl(fd, command, &lock) != 0) {
	if (errno != EINTR) {
	    return errno;
	}
    }
    *typePtr = lock.l_type;
    return 0;
}

/*
 * OsLifelineTake, OsLifelineGive --
 *
 *	F_OFD_SETLK.
 */

int
OsLifelineTake(
    int fd,
    uint32_t slot)
{
    short type = F_WRLCK;
    int err = Lock(fd, F_OFD_SETLK, slot, &type);

    return (err == EACCES) ? EAGAIN : err;
}

void
OsLifelineGive(
    int fd,
    uint32_t slot)
{
    short type = F_UNLCK;

    Lock(fd, F_OFD_SETLK, slot, &type);
}

/*
 * OsLifelineIsFree --
 *
 *	F_OFD_GETLK.
 */

bool
OsLifelineIsFree(
    int fd,
    uint32_t slot)
{
    short type = F_WRLCK;

    return Lock(fd, F_OFD_GETLK, slot, &type) == 0 && type != F_WRLCK;
}

/*
 * OsLifelineReopen --
 *
 *	Opening a descriptor's link in /proc opens its file again, whatever the
 *	file is called now. The number is formatted by hand, because snprintf(3)
 *	is not allowed here.
 */

int
OsLifelineReopen(
    int fd,
    bool readonly)
{
    char path[32] = "/proc/self/fd/", digits[12];
    size_t length = 14, count = 0;
    int fresh;

    for (int rest = fd; count == 0 || rest > 0; rest /= 10) {
	digits[count++] = (char) ('0' + rest % 10);
    }
    while (count > 0) {
	path[length++] = digits[--count];
    }
    fresh = open(path, (readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC);
    if (fresh < 0) {
	close(fd);
	return -1;
    }
    while (dup3(fresh, fd, O_CLOEXEC) < 0 && errno == EINTR) {
	/* again */
    }
    close(fresh);
    return fd;
}
