# SPDX-License-Identifier: BSD-3-Clause
"""POSIX semaphores and message queues of the C library, for programs in Python.

Python's own library has only shared memory. The C library is called by ctypes, so
these are the same calls that any program in C makes: sem_overview(7), mq_overview(7).
A call that fails raises OSError.
"""
import ctypes
import os
import time

_libc = ctypes.CDLL(None, use_errno=True)
_libc.sem_open.restype = ctypes.c_void_p
_libc.mq_receive.restype = ctypes.c_ssize_t
_libc.mq_timedreceive.restype = ctypes.c_ssize_t


class _Timespec(ctypes.Structure):
    _fields_ = [("tv_sec", ctypes.c_long), ("tv_nsec", ctypes.c_long)]


class Attributes(ctypes.Structure):
    """struct mq_attr, mq_getattr(3)."""
    _fields_ = [("flags", ctypes.c_long), ("maxmsg", ctypes.c_long),
                ("msgsize", ctypes.c_long), ("curmsgs", ctypes.c_long),
                ("reserved", ctypes.c_long * 4)]


def _checked(result, failure=-1):
    if result == failure:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


def _deadline(seconds):
    moment = time.time() + seconds
    return ctypes.byref(_Timespec(int(moment), int(moment % 1 * 1e9)))


class Semaphore:
    def __init__(self, name, flags=0, mode=0o600, value=0):
        self._name = name.encode()
        self._sem = ctypes.c_void_p(_checked(
            _libc.sem_open(self._name, flags, ctypes.c_uint(mode), ctypes.c_uint(value)), None))

    def acquire(self, seconds=60):
        _checked(_libc.sem_timedwait(self._sem, _deadline(seconds)))

    def release(self):
        _checked(_libc.sem_post(self._sem))

    @property
    def value(self):
        value = ctypes.c_int()
        _checked(_libc.sem_getvalue(self._sem, ctypes.byref(value)))
        return value.value

    def unlink(self):
        _checked(_libc.sem_unlink(self._name))


class Queue:
    def __init__(self, name, flags=os.O_RDWR, mode=0o600, maxmsg=4, msgsize=64):
        self._name = name.encode()
        wanted = Attributes(0, maxmsg, msgsize)
        self._mq = _checked(_libc.mq_open(self._name, flags, ctypes.c_uint(mode), ctypes.byref(wanted)))

    @property
    def attributes(self):
        attributes = Attributes()
        _checked(_libc.mq_getattr(self._mq, ctypes.byref(attributes)))
        return attributes

    def send(self, message, priority=0):
        _checked(_libc.mq_send(self._mq, message, ctypes.c_size_t(len(message)), ctypes.c_uint(priority)))

    def receive(self, seconds=60):
        """A pair: the message and its priority."""
        buffer = ctypes.create_string_buffer(self.attributes.msgsize)
        priority = ctypes.c_uint()
        length = _checked(_libc.mq_timedreceive(
            self._mq, buffer, ctypes.c_size_t(len(buffer)), ctypes.byref(priority), _deadline(seconds)))
        return buffer.raw[:length], priority.value

    def unlink(self):
        _checked(_libc.mq_unlink(self._name))
