/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * kills.h --
 *
 *	Declarations for the program kills: kills.c.
 */

#ifndef KILLS_H
#define KILLS_H

#include "checks/checks.h"
#include "shared/segment.h"

#define MICROSECOND (OS_SECOND / 1000000)

uint32_t Random(uint32_t limit);
pid_t	Start(int self, void (*work)(int self));

void	BeginCall(int self);
void	EndCall(int self);
void	Vandalize(const char *noun, OsSegment *segment, uint32_t words,
	    int count, void (*suffer)(int self));

void	KillRings(OsTime time);
void	KillTopics(OsTime time);

#endif /* KILLS_H */
