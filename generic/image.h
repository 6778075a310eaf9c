/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * image.h --
 *
 *	Converts C values in memory to Tcl values, and back: image.c.
 */

#ifndef IPC_IMAGE_H
#define IPC_IMAGE_H

#include "args.h"
#include "types.h"

#define IMAGE_BYTES 512
#define IMAGE_PIECES 16

/*
 * A value that a script has given for a type: the bytes of the type, and
 * which pieces of them are set. Fields that the script left out, and padding,
 * are not set.
 */

typedef struct IpcImage {
    unsigned char *bytes;
    OsPiece *pieces;		/* in the order of their offsets */
    size_t count;		/* of pieces, */
    size_t room;		/* and how many more fit */
    _Alignas(8) unsigned char space[IMAGE_BYTES];
    OsPiece few[IMAGE_PIECES];
} IpcImage;

int	IpcMakeImage(const IpcCall *call, const IpcType *type, Tcl_Obj *value,
	    int64_t offset, IpcImage *image);
void	IpcFreeImage(IpcImage *image);
int	IpcParseScalar(const IpcCall *call, const IpcType *type,
	    Tcl_Obj *value, int64_t offset, uint64_t *bitsPtr);
Tcl_Obj *IpcNewScalar(const IpcType *type, uint64_t bits);
int	IpcFailRange(const IpcCall *call, const IpcType *type, int64_t offset,
	    const char *number);
int	IpcCheckMemory(const IpcCall *call, const IpcType *type);
Tcl_Obj *IpcNewValue(const IpcType *type, const unsigned char *bytes);

/*
 * IpcReadScalar --
 *
 *	Reads a Tcl value as a scalar of a type, for offset in the segment. The
 *	bits above those of the type are undefined.
 */

static inline int
IpcReadScalar(
    const IpcCall *call,
    const IpcType *type,
    Tcl_Obj *value,
    int64_t offset,
    uint64_t *bitsPtr)
{
    int64_t number;

    if (IpcIsInteger(type) && IpcHasInteger(value, &number)
	    && ((number < 0) ? number >= type->least
		    : (uint64_t) number <= type->most)) {
	*bitsPtr = (uint64_t) number;
	return TCL_OK;
    }
    return IpcParseScalar(call, type, value, offset, bitsPtr);
}

#endif /* IPC_IMAGE_H */
