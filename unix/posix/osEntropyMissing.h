/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osEntropyMissing.h --
 *
 *	If the C library lacks getentropy(3), as glibc did before 2.25, replaces
 *	it with reads from the device that every system has.
 */

#ifndef OS_ENTROPY_MISSING_H
#define OS_ENTROPY_MISSING_H

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define getentropy ReadEntropy	/* some headers declare it all the same */

static inline int
ReadEntropy(
    void *bytes,
    size_t length)
{
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    ssize_t count;

    if (fd < 0) {
	return -1;
    }
    count = read(fd, bytes, length);
    close(fd);
    if (count == (ssize_t) length) {
	return 0;
    }
    errno = EIO;
    return -1;
}

#endif /* OS_ENTROPY_MISSING_H */
