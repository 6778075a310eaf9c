/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * family.h --
 *
 *	A family of objects (semaphores, rings and so on): its tables, and the
 *	few procedures that the shared code calls. The family's own file defines
 *	them; posixIpc.c lists the families.
 */

#ifndef IPC_FAMILY_H
#define IPC_FAMILY_H

#include "call.h"

#include <stddef.h>

/*
 * A subcommand of the family's ensemble, such as posix_ipc::sem open.
 */

typedef struct IpcSubcommand {
    const char *name;		/* NULL ends a table */
    int (*proc)(IpcCall *call);
    const char *verb;		/* as in "couldn't open" */
    int least;			/* words after the subcommand's name */
    int most;			/* -1: no limit */
    const char *usage;
} IpcSubcommand;

/*
 * A method of the family's handles, such as $sem acquire.
 */

typedef int IpcMethodProc(IpcHandle *handle, const IpcCall *call);

typedef struct IpcMethod {
    const char *name;		/* NULL ends a table */
    IpcMethodProc *proc;
    const char *verb;
    int least;			/* words after the method's name */
    int most;			/* -1: no limit */
    const char *usage;
    int flags;			/* IPC_WHEN_CLOSED ... */
} IpcMethod;

#define IPC_WHEN_CLOSED	1	/* works on a closed handle too */
#define IPC_CAN_AWAIT	2	/* takes -command, so it can be awaited */

/*
 * A getter makes a Tcl value from a field of a record. It returns 0 and stores
 * a new object, or returns an errno value: ENOSYS if the platform cannot report
 * the field.
 */

typedef int IpcGetter(void *record, size_t offset, Tcl_Obj **valuePtr);

/*
 * A setter checks value, and stores it if commit is true. It returns TCL_OK
 * or TCL_ERROR.
 */

typedef int IpcSetter(IpcHandle *handle, const IpcCall *call, size_t offset,
	    Tcl_Obj *value, bool commit);

/*
 * An attribute of the family's handles: cget and configure. The record passed
 * to its getter is the handle. A read-only attribute has no setter.
 */

typedef struct IpcAttribute {
    const char *name;		/* NULL ends a table */
    IpcGetter *get;
    size_t offset;		/* for the getter and the setter */
    IpcSetter *set;		/* or NULL */
    bool whenClosed;		/* is known for a closed handle too */
} IpcAttribute;

/*
 * A key that info reports for this family alone. The record passed to its
 * getter is an OsInfo.
 */

typedef struct IpcInfoKey {
    const char *name;		/* NULL ends a table */
    int known;			/* the bit of OsInfo.known: OS_INFO_SIZE ... */
    IpcGetter *get;
    size_t offset;
} IpcInfoKey;

/*
 * The options of open that all families share. A family with options of its
 * own has a record that begins with this one.
 */

typedef struct IpcOpenOptions {
    int flags;			/* OS_CREAT ... */
    int64_t mode;
    Tcl_Obj *command;		/* NULL: the package chooses the name */
} IpcOpenOptions;

#define IPC_OPEN_DEFAULTS { .flags = 0, .mode = 0600, .command = NULL }

struct IpcFamily {
    const OsFamily *os;		/* its description in unix/ */
    const char *noun;		/* in messages */
    const char *prefix;		/* of the handles' names, and the ensemble */
    size_t handleSize;		/* bytes of the record that begins with an
				 * IpcHandle */
    const IpcSubcommand *subcommands;
    const IpcMethod *methods;
    const IpcAttribute *attributes;
    const IpcInfoKey *infoKeys;	/* or NULL */

    /*
     * These return errno values, unless they say otherwise. If objects have no
     * names, open, fail and unlink are NULL. If no call of a handle completes
     * in the event loop, watch and serve are NULL.
     */

    int (*open)(IpcHandle *handle, const char *name,
	    const IpcOpenOptions *options);
    int (*fail)(const IpcCall *call, int err, const IpcOpenOptions *options);
				/* fails an open, or, with options NULL, an
				 * inspect: TCL_ERROR; or NULL */
    int (*close)(IpcHandle *handle);	/* closes it even if it fails */
    int (*unlink)(const char *name);
    int (*watch)(IpcHandle *handle);	/* makes unix/ report to the event loop
				 * what pending calls wait for */
    void (*serve)(IpcHandle *handle, int events);
				/* runs at most one callback */
    Tcl_Obj *(*explain)(IpcHandle *handle, const void *request, int err);
				/* returns what a message about err adds, for
				 * the attempt with a request (or NULL) that
				 * has just failed: a new object, or NULL; or
				 * is NULL */
    void (*refine)(IpcHandle *handle, Tcl_Interp *interp, int err);
				/* adds to the error of a pending call that
				 * has failed for err; or NULL */
    int (*inspect)(const char *name, Tcl_Obj *keys, Tcl_Obj *waiters);
				/* appends to the lists, if not NULL, the keys
				 * of info and the waiters (IpcAddWaiter) of an
				 * object; NULL: unix/ knows them all */
};

#endif /* IPC_FAMILY_H */
