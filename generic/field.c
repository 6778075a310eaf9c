/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * field.c --
 *
 *	Getters for fields of records; family.h defines what a getter is. A
 *	boolean is an int field.
 */

#include "field.h"

/*
 * IpcGetInt, IpcGetLong, IpcGetWide --
 *
 *	Get an int field, a long field and an int64_t field.
 */

int
IpcGetInt(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    *valuePtr = Tcl_NewIntObj(*(int *) ((char *) record + offset));
    return 0;
}

int
IpcGetLong(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    *valuePtr = Tcl_NewLongObj(*(long *) ((char *) record + offset));
    return 0;
}

int
IpcGetWide(
    void *record,
    size_t offset,
    Tcl_Obj **valuePtr)
{
    *valuePtr = IpcNewInteger(*(int64_t *) ((char *) record + offset));
    return 0;
}
