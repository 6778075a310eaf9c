/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * checks.h --
 *
 *	Helpers for the test programs without Tcl: tests/unix/, tests/shared/,
 *	tests/steps/ and tests/kills/. Each check prints a line that says what
 *	it has shown; at its end, a program prints "N passed, N failed".
 */

#ifndef CHECKS_H
#define CHECKS_H

#include "os.h"

extern char name[64];		/* of the object that each check makes */
extern void (*removeMore)(void);	/* Must calls it at the end; or NULL */

void	BeginChecks(const char *program);
int	EndChecks(void);
bool	Check(const char *what, bool isTrue);
void	Must(const char *what, int err);

OsSharedLock *OpenLock(uint32_t permits);
OsRing	*OpenRing(uint64_t size);
OsTopic	*OpenTopic(uint64_t size, OsTopicStart start, bool readonly);

pid_t	Fork(void);
pid_t	StartIdle(void (*prepare)(uint32_t argument), uint32_t argument);
int	WaitFor(pid_t child);
bool	Kill(pid_t child);
void	Pause(OsTime time);

size_t	Next(OsWatch *watch, int milliseconds, OsWatchEvent *events,
	    size_t room);

#endif /* CHECKS_H */
