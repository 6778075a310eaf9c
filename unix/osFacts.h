/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osFacts.h --
 *
 *	Facts that POSIX itself can report, for unix/ alone: osFacts.c.
 */

#ifndef OS_FACTS_H
#define OS_FACTS_H

#include "os.h"

int64_t	OsGetPosixFact(OsFact fact);
int64_t	OsGetResourceLimit(int resource, bool isHard);

/*
 * An additional flag for shm_open(3): O_NONBLOCK on Linux, where a segment is a
 * file in a directory into which anybody can put a FIFO. Other systems refuse
 * this flag.
 */

extern const int osSegmentFlags;

#endif /* OS_FACTS_H */
