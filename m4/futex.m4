# SPDX-License-Identifier: BSD-3-Clause
# futex.m4 --
#
#	How processes wait for a word of shared memory.

# POSIX_IPC_FUTEX
#
#	Chooses the files in unix/ that implement osFutex.h: FUTEX_SOURCE with
#	their directory, FUTEX_OBJECT without. Except on Linux, what decides is
#	which calls can be compiled and linked. --with-futex=poll emulates a
#	system without such a call.

AC_DEFUN([POSIX_IPC_FUTEX], [
    AC_ARG_WITH([futex],
	[AS_HELP_STRING([--with-futex=linux|umtx|bsd|mac|poll],
	    [how to wait for shared memory to change (default: what this system has)])])
    AS_CASE([$with_futex],
	[linux|umtx|bsd|mac|poll|''|yes], [],
	[AC_MSG_ERROR([--with-futex must be linux, umtx, bsd, mac or poll])])
    AC_MSG_CHECKING([how to wait for shared memory to change])
    AS_CASE([$with_futex], [''|yes], [AS_IF(
	[test "$with_system" = linux], [with_futex=linux],
	[_POSIX_IPC_FUTEX_FIND])])
    AC_MSG_RESULT([$with_futex])
    AS_CASE([$with_futex],
	[linux], [posix_ipc_futex=linux/osFutex],
	[umtx], [posix_ipc_futex=posix/osFutexUmtx],
	[bsd], [posix_ipc_futex=posix/osFutexBsd],
	[mac], [posix_ipc_futex=posix/osFutexMac],
	[posix_ipc_futex=posix/osFutexPoll])
    AS_IF([test $with_futex = mac], [AC_SEARCH_LIBS([dlsym], [dl])])
    FUTEX_SOURCE="\$(srcdir)/unix/$posix_ipc_futex.c"
    FUTEX_OBJECT="`expr $posix_ipc_futex : '.*/\(.*\)'`.o"
    AS_IF([test $with_futex != linux], [
	FUTEX_SOURCE="$FUTEX_SOURCE \$(srcdir)/unix/posix/osFutexOne.c"
	FUTEX_OBJECT="$FUTEX_OBJECT osFutexOne.o"])
    AC_SUBST([FUTEX_SOURCE])
    AC_SUBST([FUTEX_OBJECT])
])

# _POSIX_IPC_FUTEX_FIND
#
#	Sets with_futex to the first way whose calls exist. osFutexMac.c
#	declares what it calls, so for macOS the functions alone decide.

AC_DEFUN([_POSIX_IPC_FUTEX_FIND], [
    with_futex=poll
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[
#include <time.h>
#include <sys/types.h>
#include <sys/umtx.h>
static unsigned word;]], [[
    struct _umtx_time limit = { ._clockid = CLOCK_MONOTONIC };
    return _umtx_op(&word, UMTX_OP_WAIT_UINT, 0, (void *) sizeof(limit), &limit)
	+ _umtx_op(&word, UMTX_OP_WAKE, 1, 0, 0);]])], [with_futex=umtx])
    AS_IF([test $with_futex = poll], [AC_LINK_IFELSE([AC_LANG_PROGRAM([[
#include <stdint.h>
#include <unistd.h>
#include <sys/types.h>
#include <sys/time.h>
#include <sys/futex.h>
#include <sys/syscall.h>
static volatile uint32_t word;]], [[
#ifdef SYS___futex
    return syscall(SYS___futex, &word, FUTEX_WAIT, 0, 0, 0, 0, 0) + FUTEX_WAKE;
#else
    return futex(&word, FUTEX_WAIT, 0, 0, 0) + FUTEX_WAKE;
#endif]])], [with_futex=bsd])])
    AS_IF([test $with_futex = poll], [AC_LINK_IFELSE([AC_LANG_PROGRAM([[
int os_sync_wait_on_address_with_timeout(void);
int os_sync_wake_by_address_any(void);
int os_sync_wake_by_address_all(void);]], [[
    return os_sync_wait_on_address_with_timeout() + os_sync_wake_by_address_any()
	+ os_sync_wake_by_address_all();]])], [with_futex=mac])])
])
