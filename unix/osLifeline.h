/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * osLifeline.h --
 *
 *	How participants of a shared segment show that they are alive, for
 *	unix/ alone. configure chooses linux/osLifeline.c or
 *	posix/osLifelinePid.c.
 *
 *	A lifeline is a lock on one byte of the segment's file, which belongs to
 *	an open file description: fcntl(F_OFD_SETLK) of POSIX 2024. The kernel
 *	drops it with the last descriptor or mapping of that description. So a
 *	lifeline needs a description that is never mapped and that exec closes.
 *	A forked child must give it up at once; otherwise the child would make
 *	its dead parent look alive.
 *
 *	A second sign is the process: its pid and its start time form a mark. A
 *	pid is valid only in its own namespaces, which are identified by place.
 */

#ifndef OS_LIFELINE_H
#define OS_LIFELINE_H

#include "os.h"

#include <stdbool.h>
#include <stdint.h>

extern const uint32_t osLifelineKind;	/* POSIX_IPC_LIFE_LOCK or _PID */

/*
 * OsLifelineTake --
 *
 *	Takes the lifeline of a slot, on a descriptor open for writing. EAGAIN:
 *	another participant has it. ENOSYS: the system has no lifelines. ENOLCK:
 *	the system has no more locks.
 */

int	OsLifelineTake(int fd, uint32_t slot);
void	OsLifelineGive(int fd, uint32_t slot);

/*
 * OsLifelineIsFree --
 *
 *	Returns whether no participant has the lifeline, other than through fd
 *	itself. A lifeline that is locked for reading is free, because an
 *	owner's lock for writing would have prevented that. Returns false if
 *	this cannot be determined.
 */

bool	OsLifelineIsFree(int fd, uint32_t slot);

/*
 * OsLifelineReopen --
 *
 *	In a forked child, gives up the parent's lifeline: the descriptor gets
 *	an open file description of its own, or is closed. Returns the
 *	descriptor, or -1. Makes only calls that are allowed after fork(2) in a
 *	program with threads.
 */

int	OsLifelineReopen(int fd, bool readonly);

/*
 * OsProcessMark, OsProcessPlace --
 *
 *	OsProcessMark returns the mark of this process, pid << 32 | start time.
 *	OsProcessPlace returns a number that identifies the namespaces in which
 *	the mark is valid. OsProcessIsGone returns whether the process of a mark
 *	is known to be gone, or false if this cannot be determined.
 *	OsProcessCommand stores the name of a process, or "" if it is not known.
 */

uint64_t OsProcessMark(void);
uint32_t OsProcessPlace(void);
bool	OsProcessIsGone(uint64_t mark, uint32_t place);
void	OsProcessCommand(pid_t pid, char *command, size_t size);

#endif /* OS_LIFELINE_H */
