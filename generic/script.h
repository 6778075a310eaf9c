/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * script.h --
 *
 *	Scripts that run repeatedly while an object is readable or writable:
 *	the method event.
 */

#ifndef IPC_SCRIPT_H
#define IPC_SCRIPT_H

#include "handle.h"

/*
 * The events that a family's handles can report. For each row, a handle has a
 * script or NULL.
 */

typedef struct IpcEvent {
    const char *name;		/* NULL ends a table */
    int event;			/* OS_READABLE or OS_WRITABLE */
    const char *what;		/* in errorInfo */
} IpcEvent;

extern const IpcEvent ipcBothEvents[];	/* readable, writable */
extern const IpcEvent ipcReadableEvent[];

void	IpcSetScript(Tcl_Obj **where, Tcl_Obj *script);
void	IpcEvaluateScript(IpcHandle *handle, const IpcEvent *event,
	    Tcl_Obj **where);
int	IpcGetWanted(const IpcHandle *handle, Tcl_Obj *const *scripts);
int	IpcEventMethod(IpcHandle *handle, const IpcCall *call,
	    const IpcEvent *events, Tcl_Obj **scripts, int allowed);

#endif /* IPC_SCRIPT_H */
