/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * segmentFile.h --
 *
 *	The files of segments, for segment.c alone: linux/osSegmentFile.c or
 *	posix/osSegmentFileShm.c. A name here has the prefix of its kind and no
 *	slash.
 *
 *	OsSegmentFileOpen and OsSegmentFileCreate store two descriptors: one
 *	that is mapped and then closed, and one for the lifeline, which is never
 *	mapped. If there are no lifelines, both are the same descriptor, which
 *	stays open.
 */

#ifndef OS_SEGMENT_FILE_H
#define OS_SEGMENT_FILE_H

#include "os.h"

typedef struct OsSegmentFile {
    int map;
    int life;
} OsSegmentFile;

/*
 * True if a file appears under its name only when OsSegmentFilePublish is
 * called; false if it appears in OsSegmentFileCreate.
 */

extern const bool osSegmentFileIsAtomic;

/*
 * OsSegmentFileOpen returns ENODEV if the name does not belong to a regular
 * file. OsSegmentFileCreate makes an empty file that the process may read and
 * write, whatever mode says. OsSegmentFilePublish returns EEXIST if the name is
 * in use.
 */

int	OsSegmentFileOpen(const char *name, bool readonly,
	    OsSegmentFile *file);
int	OsSegmentFileCreate(const char *name, mode_t mode,
	    OsSegmentFile *file);
int	OsSegmentFilePublish(const char *name, const OsSegmentFile *file);
int	OsSegmentFileUnlink(const char *name);

#endif /* OS_SEGMENT_FILE_H */
