# SPDX-License-Identifier: BSD-3-Clause
"""talk.py conversation|queue premise|conclusion NAME ITERATIONS

One side of the demos conversation and queue, by the calls of the C library: what the
demos of the Python module of the same name do. The two sides send each other the MD5
of what they heard last. Ends with an error if they hear anything else.
"""
import hashlib
import mmap
import os
import sys
import time

import _posixshmem
import libc

demo, part, name, iterations = sys.argv[1:]
CREX = os.O_CREAT | os.O_EXCL
SIZE = 4096


def when_there(open_object):
    """The other side makes the objects, and may begin later."""
    end = time.monotonic() + 60
    while True:
        try:
            return open_object()
        except FileNotFoundError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


class Segment:
    """Text in shared memory; a semaphore is 0 while one side has its turn."""

    def __init__(self):
        if part == "premise":
            fd = _posixshmem.shm_open(name, CREX | os.O_RDWR, mode=0o600)
            os.ftruncate(fd, SIZE)
            self.semaphore = libc.Semaphore(name, CREX)
        else:
            self.semaphore = when_there(lambda: libc.Semaphore(name))
            self.semaphore.acquire()
            fd = _posixshmem.shm_open(name, os.O_RDWR, mode=0)
            self.semaphore.release()
        self.memory = mmap.mmap(fd, os.fstat(fd).st_size)
        if part == "conclusion":
            self.semaphore.acquire()

    def say(self, text):
        self.memory[:len(text) + 1] = text + b"\0"

    def hear(self, said):
        while True:
            heard = self.memory[:].split(b"\0")[0]
            if heard != said:
                return heard
            self.give_turn()

    def give_turn(self):
        self.semaphore.release()
        time.sleep(0.001)
        self.semaphore.acquire()

    def finish(self):
        self.semaphore.release()
        if part == "premise":
            self.semaphore.unlink()
            _posixshmem.shm_unlink(name)


class Queue:
    """One queue for both directions: a message of our own goes back."""

    def __init__(self):
        self.queue = (libc.Queue(name, CREX | os.O_RDWR) if part == "premise"
                      else when_there(lambda: libc.Queue(name)))

    def say(self, text):
        self.queue.send(text)

    def hear(self, said):
        while True:
            heard, _ = self.queue.receive()
            if heard != said:
                return heard
            self.queue.send(heard)
            time.sleep(0.001)

    def finish(self):
        if part == "premise":
            self.queue.unlink()


channel = Segment() if demo == "conversation" else Queue()
said = b""
if part == "premise":
    said = b"time " + str(time.time()).encode()
    channel.say(said)
for _ in range(int(iterations)):
    if part == "premise" and demo == "conversation":
        channel.give_turn()
    heard = channel.hear(said)
    if said and heard != hashlib.md5(said).hexdigest().encode():
        sys.exit("corruption: heard %r after %r" % (heard, said))
    said = hashlib.md5(heard).hexdigest().encode()
    channel.say(said)
    if part == "conclusion" and demo == "conversation":
        channel.give_turn()
if part == "premise" and demo == "conversation":
    channel.give_turn()
channel.finish()
print("done")
