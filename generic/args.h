/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * args.h --
 *
 *	Argument readers, one for each kind of argument. A reader stores the
 *	value in *where and returns TCL_OK, or fails the call and returns
 *	TCL_ERROR. The parameter what is the name of the argument in messages,
 *	for example "offset". A table of options gives the reader of each
 *	option, and the field of a record in which it stores the value.
 */

#ifndef IPC_ARGS_H
#define IPC_ARGS_H

#include "call.h"

#include <stdatomic.h>
#include <stddef.h>

typedef int IpcReader(const IpcCall *call, const char *what, Tcl_Obj *value,
	    void *where);

typedef struct IpcOption {
    const char *name;		/* NULL ends a table */
    IpcReader *reader;
    size_t offset;		/* of the field in the record */
} IpcOption;

int	IpcReadGivenOptions(const IpcCall *call, Tcl_Size first,
	    const IpcOption *options, void *record);
int	IpcGetInteger(const IpcCall *call, Tcl_Obj *value, int64_t *where);
int	IpcReadNumber(const IpcCall *call, Tcl_Obj *value, OsNumber *number);
int	IpcReadDouble(const IpcCall *call, Tcl_Obj *value, double *where);
int	IpcReadCountOrAll(const IpcCall *call, const char *what,
	    Tcl_Obj *value, int64_t most, int64_t *where);
int	IpcReadInteger(const IpcCall *call, const char *what, Tcl_Obj *value,
	    int64_t least, int64_t most, int64_t *where);
int	IpcParsePlace(const IpcCall *call, const char *what, Tcl_Obj *value,
	    int64_t *where);

IpcReader IpcReadFlags;		/* int: OS_CREAT ... */
IpcReader IpcReadTruncFlags;	/* int: OS_TRUNC too */
IpcReader IpcReadMode;		/* int64_t */
IpcReader IpcReadTimeout;	/* OsTime, from now */
IpcReader IpcReadSemValue;	/* int64_t */
IpcReader IpcReadCount;		/* int64_t, at least 1 */
IpcReader IpcReadSize;		/* int64_t, at least 0 */
IpcReader IpcReadPriority;	/* int64_t */
IpcReader IpcReadBoolean;	/* int */
IpcReader IpcReadEncoding;	/* Tcl_Obj *: the name of one that exists */
IpcReader IpcReadPrefix;	/* Tcl_Obj *: a command prefix, not empty */
IpcReader IpcReadSignal;	/* int: the number of a signal */
IpcReader IpcReadWord;		/* Tcl_Obj *: anything */

/*
 * The options of a call that may wait. A record with options of its own begins
 * with this one.
 */

typedef struct IpcWaitOptions {
    OsTime timeout;
    Tcl_Obj *prefix;		/* of -command, or NULL */
} IpcWaitOptions;

#define IPC_WAIT_DEFAULTS { .timeout = OS_NEVER }
#define IPC_WAIT_OPTIONS \
    { "-timeout", IpcReadTimeout, offsetof(IpcWaitOptions, timeout) }, \
    { "-command", IpcReadPrefix, offsetof(IpcWaitOptions, prefix) }

extern const IpcOption ipcWaitOptions[];	/* these two */
extern const IpcOption ipcTimeoutOption[];	/* the first of them */

extern const Tcl_ObjType ipcRowRep;	/* of Tcl values that named a row */

void	IpcKeepRep(Tcl_Obj *value, const Tcl_ObjType *type, void *first,
	    void *second);
const void *IpcSearchRow(Tcl_Interp *interp, Tcl_Obj *word, const void *table,
	    size_t size, const char *what);

/*
 * IpcKeptRow, IpcFindRow --
 *
 *	Return the row of a table that a word names. Rows have size bytes and
 *	begin with their names. The word caches the row for the next call;
 *	IpcKeptRow returns NULL if it has cached no row of this table. On
 *	failure, IpcFindRow returns NULL and leaves an error in the interpreter.
 *	The parameter what says what kind of word it is, for example "option",
 *	and is used in this error.
 */

static inline const void *
IpcKeptRow(
    const Tcl_Obj *word,
    const void *table)
{
    return (word->typePtr == &ipcRowRep
		    && word->internalRep.twoPtrValue.ptr1 == table)
	    ? word->internalRep.twoPtrValue.ptr2 : NULL;
}

static inline const void *
IpcFindRow(
    Tcl_Interp *interp,
    Tcl_Obj *word,
    const void *table,
    size_t size,		/* bytes */
    const char *what)
{
    const void *row = IpcKeptRow(word, table);

    return (row != NULL) ? row
	    : IpcSearchRow(interp, word, table, size, what);
}

/*
 * Tcl's value types. They are compared by address, because comparing their
 * names takes longer.
 */

enum { IPC_INTEGER, IPC_DOUBLE, IPC_BYTES, IPC_TYPES };

extern _Atomic(const Tcl_ObjType *) ipcTypes[IPC_TYPES];

void	IpcInitTypes(void);

static inline bool
IpcHasType(
    const Tcl_Obj *value,
    int type)			/* IPC_INTEGER ... */
{
    return value->typePtr
	    == atomic_load_explicit(&ipcTypes[type], memory_order_relaxed);
}

/*
 * IpcHasInteger --
 *
 *	Stores the integer that a value holds, if its internal representation is
 *	already an integer. For most values it is, once they have been read. If
 *	a long has 64 bits, all versions of Tcl keep integers in the same form;
 *	otherwise this returns false.
 */

static inline bool
IpcHasInteger(
    const Tcl_Obj *value,
    int64_t *where)
{
    if (sizeof(long) < sizeof(*where) || !IpcHasType(value, IPC_INTEGER)) {
	return false;
    }
    *where = value->internalRep.wideValue;
    return true;
}

/*
 * IpcReadPlace --
 *
 *	Reads an offset or a length. A value that is impossible in any segment
 *	fails with RANGE, like one that is outside this segment.
 */

static inline int
IpcReadPlace(
    const IpcCall *call,
    const char *what,
    Tcl_Obj *value,
    int64_t *where)
{
    return (IpcHasInteger(value, where) && *where >= 0) ? TCL_OK
	    : IpcParsePlace(call, what, value, where);
}

/*
 * IpcReadOptions --
 *
 *	Reads options and their values, which are the words from first on, into
 *	the record that the table describes. Most calls have no options.
 */

static inline int
IpcReadOptions(
    const IpcCall *call,
    Tcl_Size first,
    const IpcOption *options,
    void *record)
{
    return (call->objc <= first) ? TCL_OK
	    : IpcReadGivenOptions(call, first, options, record);
}

#endif /* IPC_ARGS_H */
