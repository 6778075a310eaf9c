/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * steps.h --
 *
 *	The interface between steps.c and the kinds of objects in whose
 *	operations it lets a child die. Each kind has a file of its own.
 */

#ifndef STEPS_H
#define STEPS_H

#include "checks/checks.h"
#include "shared/segment.h"

/*
 * An operation: what the survivor does before each child, what the child does
 * before the operation, the operation, and what the survivor finds after the
 * child's death: the old state (0), the new one (1), or neither (-1).
 */

typedef struct Operation {
    const char *name;
    size_t size;		/* of the object, for Kind.begin */
    void (*prepare)(void);
    void (*ready)(void);
    void (*run)(void);
    int (*check)(pid_t child);
    bool isLong;		/* only where something has changed */
} Operation;

typedef struct Kind {
    const char *prefix;		/* of its file, before the name */
    const Operation *operations;
    size_t count;
    OsSegment *(*begin)(size_t size);
				/* creates the object and returns that of the
				 * survivor */
    void (*end)(void);		/* removes it */
} Kind;

extern const Kind lockKind, ringKind, topicKind;

extern OsSegment *segment;	/* the survivor's */

/*
 * beside --
 *
 *	If prepare sets this, the child is not killed but stopped: the survivor
 *	calls beside, then the child completes its operation.
 */

extern void (*beside)(void);

#endif /* STEPS_H */
