/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * object.h --
 *
 *	The attributes of handles that describe the object itself, in every
 *	family: -created, -linked, -mode, -owner, -group.
 */

#ifndef IPC_OBJECT_H
#define IPC_OBJECT_H

#include "family.h"

IpcGetter IpcGetCreated, IpcGetLinked, IpcGetMode, IpcGetOwner, IpcGetGroup;
IpcSetter IpcSetMode, IpcSetGroup;

#endif /* IPC_OBJECT_H */
