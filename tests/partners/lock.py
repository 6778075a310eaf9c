# SPDX-License-Identifier: BSD-3-Clause
# lock.py --
#
#       Reads the state of a lock from its file with ctypes: lock.py FILE. The
#       layout is that of posixIpcLayout.h. Prints the number of permits, the
#       pid of the owner of all of them or 0, and the permits of each slot with
#       fewer.

import ctypes
import mmap
import sys

u32, u64 = ctypes.c_uint32, ctypes.c_uint64


class Header(ctypes.Structure):
    _fields_ = [("magic", u64), ("version", u32), ("order", u32), ("kind", u32), ("slots", u32),
                ("size", u64), ("fileSize", u64), ("waits", u32), ("lives", u32), ("creator", u64),
                ("damage", u32), ("resetting", u32), ("spare1", u32 * 16), ("latch", u32), ("slotsUsed", u32),
                ("spare2", u32 * 14), ("bells", u32 * 8), ("spare3", u32 * 8),
                ("owner", u32), ("deadPid", u32)]


class Slot(ctypes.Structure):
    _fields_ = [("generation", u32), ("life", u32), ("claim", u64), ("place", u32), ("pid", u32),
                ("grant", u32), ("want", u32), ("ticket", u64), ("operation", u32),
                ("notifications", u32), ("waits", u32), ("spare", u32 * 3)]


with open(sys.argv[1], "rb") as file:
    memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
header = Header.from_buffer_copy(memory)
slots = (Slot * 1023).from_buffer_copy(memory, 4096)
assert header.magic == 0x0a63706978697370 and header.version == 1 and header.order == 0x01020304
number = header.owner & 0x3ff
print(header.size, slots[number - 1].pid if number else 0,
      *(slot.grant for slot in slots[:header.slotsUsed] if slot.grant))
