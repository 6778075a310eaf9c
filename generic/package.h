/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * package.h --
 *
 *	The state of the package in one interpreter. posixIpc.c makes and frees
 *	it.
 */

#ifndef IPC_PACKAGE_H
#define IPC_PACKAGE_H

#include "call.h"

typedef struct IpcNameCache {
    unsigned long id;		/* of a user or a group */
    Tcl_Obj *name;		/* or NULL */
} IpcNameCache;

struct IpcPackage {
    IpcHandle *handles;		/* the newest first */
    unsigned tokens;		/* tokens of pending calls that were given */
    bool usesLoop;
    bool isEnding;		/* the thread exits */
    Tcl_HashTable numbers;	/* by family: the number in the name of the
				 * next handle */
    Tcl_HashTable words;	/* by family: lists of constant words of info */
    IpcNameCache owner;		/* the last ones that info has looked up */
    IpcNameCache group;
};

#endif /* IPC_PACKAGE_H */
