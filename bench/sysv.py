"""sysv.py WHAT SIZE: System V objects, measured in a process of their own.

Reads counts, line by line; does WHAT so many times, and prints the seconds that took.
"""

import os
import sys
import time

import sysv_ipc


def semaphore(size):
    sem = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX, initial_value=1)

    def work(count):
        for _ in range(count):
            sem.acquire()
            sem.release()

    return work, sem.remove


def read(size):
    memory = sysv_ipc.SharedMemory(None, sysv_ipc.IPC_CREX, size=size)

    def work(count):
        for _ in range(count):
            memory.read(size)

    return work, memory.remove


def write(size):
    memory = sysv_ipc.SharedMemory(None, sysv_ipc.IPC_CREX, size=size)
    data = b"x" * size

    def work(count):
        for _ in range(count):
            memory.write(data)

    return work, memory.remove


def send_receive(size):
    queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
    message = b"x" * size

    def work(count):
        for _ in range(count):
            queue.send(message)
            queue.receive()

    return work, queue.remove


def round_trip(size):
    """The other side is a process of its own too."""
    there = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
    back = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
    message = b"x" * size
    child = os.fork()
    if child == 0:
        while True:
            message, _ = there.receive()
            if not message:
                os._exit(0)
            back.send(message)

    def work(count):
        for _ in range(count):
            there.send(message)
            back.receive()

    def end():
        there.send(b"")
        os.waitpid(child, 0)
        there.remove()
        back.remove()

    return work, end


def main():
    ways = {way.__name__: way for way in (semaphore, read, write, send_receive, round_trip)}
    work, end = ways[sys.argv[1]](int(sys.argv[2]))
    try:
        for line in sys.stdin:
            began = time.perf_counter()
            work(int(line))
            print(time.perf_counter() - began, flush=True)
    finally:
        end()


main()
