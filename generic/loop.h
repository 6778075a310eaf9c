/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * loop.h --
 *
 *	Delivers events from outside to the event loop of a thread. The loop
 *	serves items without knowing what they are.
 */

#ifndef IPC_LOOP_H
#define IPC_LOOP_H

#include "os.h"

#include <tcl.h>

/*
 * An item that can be served. It is the first field of the record that it
 * stands for.
 */

typedef struct IpcItem IpcItem;

typedef struct IpcItemType {
    void (*hold)(IpcItem *item);	/* it is ready, so it must last; or
				 * NULL */
    void (*serve)(IpcItem *item, int events);
				/* runs at most one callback */
    void (*drop)(IpcItem *item);	/* it was served, or never will be */
} IpcItemType;

struct IpcItem {
    const IpcItemType *type;
    Tcl_Interp *interp;		/* that of its callbacks */
    int events;			/* OS_READABLE ...: those since it was served */
    bool isReady;		/* is queued to be served */
    IpcItem *next;		/* of the ready items */
};

void	IpcOpenLoop(void);
void	IpcCloseLoop(void);
OsWatch *IpcGetWatch(void);
void	IpcQueueItem(IpcItem *item, int events);
void	IpcDropItems(Tcl_Interp *interp);

/*
 * A thread has one alarm: proc is called soon after the moment, unless that is
 * OS_NEVER.
 */

void	IpcSetAlarm(OsTime moment, void (*proc)(void));

#endif /* IPC_LOOP_H */
