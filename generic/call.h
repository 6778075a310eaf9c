/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * call.h --
 *
 *	A call that a script has made. A call flows one way: args.c reads the
 *	words of a Tcl command into a request, the family's file (sem.c, shm.c,
 *	mq.c) passes the request to one function of unix/os.h, waiting in wait.c
 *	if need be, and error.c turns the errno value into a result.
 */

#ifndef IPC_CALL_H
#define IPC_CALL_H

#include "os.h"

#include <limits.h>
#include <tcl.h>

#ifndef TCL_SIZE_MAX
typedef int Tcl_Size;
#   define TCL_SIZE_MAX INT_MAX
#endif

typedef struct IpcHandle IpcHandle;
typedef struct IpcFamily IpcFamily;
typedef struct IpcPackage IpcPackage;
typedef struct IpcReceiver IpcReceiver;

/*
 * The words of a call, and the names that its error messages use.
 */

typedef struct IpcCall {
    Tcl_Interp *interp;
    IpcPackage *package;
    Tcl_Size objc;
    Tcl_Obj *const *objv;
    Tcl_Size prefix;		/* words before those that usage describes */
    const char *usage;		/* as Tcl_WrongNumArgs takes it */
    const char *verb;		/* as in "couldn't open" */
    const IpcFamily *family;
    Tcl_Obj *name;		/* of the object, as the script gave it; a
				 * subcommand sets this once it has read it */
    IpcReceiver *receiver;	/* gets the result later, or NULL */
} IpcCall;

/*
 * IpcHasWords --
 *
 *	Returns whether the number of words after the prefix is within the
 *	bounds that a row of a table gives.
 */

static inline bool
IpcHasWords(
    const IpcCall *call,
    int least,
    int most)			/* -1: no limit */
{
    Tcl_Size words = call->objc - call->prefix;

    return words >= least && (most < 0 || words <= most);
}

#endif /* IPC_CALL_H */
