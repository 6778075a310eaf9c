/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osMappings.h --
 *
 *	Lists the files that a process has mapped: osMappings.c.
 */

#ifndef OS_MAPPINGS_H
#define OS_MAPPINGS_H

#include "os.h"

#include <sys/types.h>

typedef struct OsMapping {
    uint64_t start, end;	/* addresses */
    dev_t device;
    ino_t inode;		/* 0: no file */
} OsMapping;

typedef int OsMappingProc(void *data, const OsMapping *mapping);

int	OsScanMappings(int fd, OsMappingProc *proc, void *data);

#endif /* OS_MAPPINGS_H */
