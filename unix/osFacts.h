/*
 * osFacts.h --
 *
 *	Facts that POSIX itself gives, for unix/ alone: osFacts.c.
 */

#ifndef OS_FACTS_H
#define OS_FACTS_H

#include "os.h"

int64_t	OsGetPosixFact(OsFact fact);
int64_t	OsGetResourceLimit(int resource);

#endif /* OS_FACTS_H */
