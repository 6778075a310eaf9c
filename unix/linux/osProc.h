/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osProc.h --
 *
 *	Scans the processes of the system and their descriptors: osProc.c.
 */

#ifndef OS_PROC_H
#define OS_PROC_H

#include "osFamily.h"

/*
 * link is the text of the descriptor's link in /proc; status is stat(2) of
 * its target.
 */

typedef int OsDescriptorProc(void *data, pid_t pid, const char *link,
	    const struct stat *status);

int	OsScanProcesses(int (*proc)(void *data, pid_t pid, int folder),
	    void *data);
int	OsScanDescriptors(const OsFamily *family, pid_t pid, int folder,
	    OsDescriptorProc *proc, void *data);

#endif /* OS_PROC_H */
