/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * field.h --
 *
 *	Getters for fields of records, used in the tables of attributes and of
 *	info's keys. None of them fails. This file also makes Tcl values from
 *	integers.
 */

#ifndef IPC_FIELD_H
#define IPC_FIELD_H

#include "family.h"

IpcGetter IpcGetInt, IpcGetLong, IpcGetWide;

/*
 * IpcNewInteger --
 *
 *	Returns a new Tcl value for an integer. In Tcl 8.6, making it from a
 *	long takes a third of the instructions that a Tcl_WideInt takes.
 */

static inline Tcl_Obj *
IpcNewInteger(
    int64_t value)
{
    return ((long) value == value) ? Tcl_NewLongObj((long) value)
	    : Tcl_NewWideIntObj(value);
}

#endif /* IPC_FIELD_H */
