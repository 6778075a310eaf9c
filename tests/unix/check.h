/*
 * check.h --
 *
 *	What the files of the test of unix/ share: check.c.
 */

#ifndef CHECK_H
#define CHECK_H

#include "os.h"

extern char name[64];		/* of the one object that a check makes */

void	Check(const char *what, bool isTrue);
void	Must(const char *what, int err);
OsSem *	OpenSem(void);
OsMq *	OpenQueue(void);

void	CheckWide(void);
void	CheckGuard(void);

#endif /* CHECK_H */
