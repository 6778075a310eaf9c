# SPDX-License-Identifier: BSD-3-Clause
# topic.py --
#
#       Reads a topic from its file with ctypes: topic.py FILE. The layout is that
#       of posixIpcLayout.h. For each line of its input, prints the messages that
#       are there, from the one after the last that it printed, with the number of
#       those that it missed before.

import ctypes
import mmap
import sys

u32, u64 = ctypes.c_uint32, ctypes.c_uint64
DATA = 69632


class Header(ctypes.Structure):
    _fields_ = [("magic", u64), ("version", u32), ("order", u32), ("kind", u32), ("slots", u32),
                ("size", u64), ("fileSize", u64), ("spare", u32 * 54), ("head", u64), ("tail", u64),
                ("bytes", u64)]


class Record(ctypes.Structure):
    _fields_ = [("serial", u64), ("length", u32), ("before", u32)]


class Topic:
    """A reader that begins with the oldest message that is there."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header = Header.from_buffer_copy(self.memory)
        assert header.magic == 0x0a63706978697370 and header.version == 1 and header.kind == 3
        self.room = header.size + 64
        self.position = header.tail
        self.serial = self.record(self.position).serial

    def record(self, position):
        return Record.from_buffer_copy(self.memory, DATA + position % self.room)

    def read(self):
        """The next message and how many were missed before it; None if there is none."""
        while True:
            if Header.from_buffer_copy(self.memory).head == self.position:
                return None
            record = self.record(self.position)
            start = (self.position + 16) % self.room
            data = self.memory[DATA + start:DATA + min(start + record.length, self.room)]
            data += self.memory[DATA:DATA + record.length - len(data)]
            tail = Header.from_buffer_copy(self.memory).tail
            if tail <= self.position:
                break
            self.position = tail
        missed = record.serial - self.serial
        self.position += 16 + record.length + 15 & ~15
        self.serial = record.serial + 1
        return data.decode(), missed


topic = Topic(sys.argv[1])
for line in sys.stdin:
    while (message := topic.read()) is not None:
        print(*message)
    print("end", flush=True)
