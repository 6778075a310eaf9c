/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * field.h --
 *
 *	Getters for fields of records, for tables of attributes and of info's
 *	keys. None of them fails. Also Tcl values of integers.
 */

#ifndef IPC_FIELD_H
#define IPC_FIELD_H

#include "family.h"

IpcGetter IpcGetInt, IpcGetLong, IpcGetWide;

/*
 * IpcNewInteger --
 *
 *	Returns a new Tcl value of an integer. In Tcl 8.6, making one from a
 *	long takes a third of the instructions.
 */

static inline Tcl_Obj *
IpcNewInteger(
    int64_t value)
{
    return ((long) value == value) ? Tcl_NewLongObj((long) value)
	    : Tcl_NewWideIntObj(value);
}

#endif /* IPC_FIELD_H */
