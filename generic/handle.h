/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * handle.h --
 *
 *	What the handles of all families share. A handle is an open object of
 *	the system, as one interpreter knows it.
 */

#ifndef IPC_HANDLE_H
#define IPC_HANDLE_H

#include "family.h"
#include "loop.h"

typedef struct IpcPending IpcPending;

/*
 * Pending calls in the order of their deadlines; with equal deadlines, the
 * oldest first.
 */

typedef struct IpcTimed {
    IpcPending *soonest;
    IpcPending *latest;
} IpcTimed;

struct IpcHandle {
    IpcItem item;		/* first: what the event loop serves */
    const IpcFamily *family;
    IpcPackage *package;
    Tcl_Command token;
    Tcl_Obj *name;
    Tcl_Obj *objectName;	/* the name of the object in the system, if
				 * that differs; else NULL */
    OsObject object;		/* identifies the object in the system */
    IpcPending *firstPending;	/* calls that have not ended, in the order in
				 * which they were made */
    IpcPending *lastPending;
    IpcTimed overdue;		/* those past their deadline */
    int refCount;		/* the command's, and that of each use in
				 * which scripts may run */
    bool isOpen;
    IpcHandle *previous;	/* in the list of its interpreter */
    IpcHandle *next;
};

/*
 * IpcNameHandle --
 *
 *	Returns a call without words. Code that runs after a call has returned
 *	uses it to report errors for a handle.
 */

static inline IpcCall
IpcNameHandle(
    const IpcHandle *handle,
    const char *verb)
{
    return (IpcCall) {
	.interp = handle->item.interp, .package = handle->package,
	.verb = verb, .family = handle->family, .name = handle->name
    };
}

Tcl_Obj *IpcExplain(IpcHandle *handle, const void *request, int err);
int	IpcFailHandle(const IpcCall *call, IpcHandle *handle,
	    const void *request, int err);
void	IpcHoldHandle(IpcHandle *handle);
void	IpcDropHandle(IpcHandle *handle);
bool	IpcIsUsable(const IpcHandle *handle);
void	IpcMakeReady(IpcHandle *handle, int events);
int	IpcEvaluate(IpcHandle *handle, Tcl_Obj *script, const char *what);
Tcl_Obj *IpcNewCommandObj(const IpcHandle *handle);

#endif /* IPC_HANDLE_H */
