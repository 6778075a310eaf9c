/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * steps.h --
 *
 *	The interface between steps.c, which makes children die in operations,
 *	and the kinds of objects that have these operations. Each kind has a
 *	file of its own.
 */

#ifndef STEPS_H
#define STEPS_H

#include "checks/checks.h"
#include "shared/segment.h"

/*
 * An operation: what the survivor does before each child starts, what the child
 * does before the operation, the operation itself, and the check that the
 * survivor makes after the child's death. The check returns 0 for the old
 * state, 1 for the new state, and -1 for any other.
 */

typedef struct Operation {
    const char *name;
    size_t size;		/* of the object, for Kind.begin */
    void (*prepare)(void);
    void (*ready)(void);
    void (*run)(void);
    int (*check)(pid_t child);
    bool isLong;		/* try only steps that may have an effect */
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
 *	If prepare sets this, the child is stopped, not killed. The survivor
 *	calls beside, and then the child completes its operation.
 */

extern void (*beside)(void);

#endif /* STEPS_H */
