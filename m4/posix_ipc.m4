# SPDX-License-Identifier: BSD-3-Clause
# posix_ipc.m4 --
#
#	The switches of this package, and what they mean for the compiler.
#	CFLAGS is the user's. What the package itself needs is in
#	PACKAGE_CFLAGS and PACKAGE_LDFLAGS.

# POSIX_IPC_SWITCHES
#
#	Chooses CFLAGS if the user has not, so it must come before AC_PROG_CC.

AC_DEFUN([POSIX_IPC_SWITCHES], [
    AC_ARG_ENABLE([symbols],
	[AS_HELP_STRING([--enable-symbols], [compile for a debugger])])
    AC_ARG_ENABLE([werror],
	[AS_HELP_STRING([--enable-werror], [treat warnings as errors])])
    AC_ARG_ENABLE([coverage],
	[AS_HELP_STRING([--enable-coverage], [count for gcov how often each line runs])])
    AC_ARG_ENABLE([sanitizer],
	[AS_HELP_STRING([--enable-sanitizer=LIST],
	    [compile with -fsanitize=LIST, for example address,undefined])])
    AS_CASE([$enable_sanitizer],
	[yes], [AC_MSG_ERROR([--enable-sanitizer needs a list, for example address,undefined])],
	[no], [enable_sanitizer=])

    AS_IF([test "${enable_symbols:-no} ${enable_coverage:-no} ${enable_sanitizer:-no}" = "no no no"],
	[: ${CFLAGS="-O2"}], [: ${CFLAGS="-g -O0"}])
])

# POSIX_IPC_WIDE_TIME
#
#	Times after 2038: where a long has 32 bits, glibc leaves the choice to
#	the program. It then also requires 64-bit offsets, so this must come
#	after AC_SYS_LARGEFILE.

AC_DEFUN([POSIX_IPC_WIDE_TIME], [
    AC_MSG_CHECKING([whether times have 64 bits])
    AC_COMPILE_IFELSE([_POSIX_IPC_WIDE_TIME_PROGRAM], [posix_ipc_wide_time=yes],
	[AC_DEFINE([_TIME_BITS], [64], [the bits of a time])
	 AC_COMPILE_IFELSE([_POSIX_IPC_WIDE_TIME_PROGRAM],
	    [posix_ipc_wide_time='with _TIME_BITS=64'], [posix_ipc_wide_time=no])])
    AC_MSG_RESULT([$posix_ipc_wide_time])
])

AC_DEFUN([_POSIX_IPC_WIDE_TIME_PROGRAM], [AC_LANG_PROGRAM(
    [[#include <time.h>]],
    [[extern char wide@<:@sizeof(time_t) >= 8 ? 1 : -1@:>@; (void) wide;]])])

# POSIX_IPC_FLAGS
#
#	glibc loads libgcc_s at the first pthread_cancel(3), and ends the process
#	if it cannot, for example because no descriptor is left. So the package
#	links it.

AC_DEFUN([POSIX_IPC_FLAGS], [
    AC_MSG_CHECKING([which flags the compiler has])
    for posix_ipc_flag in -std=c11 -fvisibility=hidden \
	    -Wall -Wextra -Wshadow -Wstrict-prototypes -Wvla; do
	_POSIX_IPC_ADD_FLAGS([$posix_ipc_flag], [])
    done
    AS_IF([test "$enable_coverage" = yes],
	[_POSIX_IPC_ADD_FLAGS([--coverage -fprofile-update=atomic], [--coverage],
	    [AC_MSG_ERROR([$CC has no --coverage])])])
    AS_IF([test -n "$enable_sanitizer"],
	[SANITIZER="-fsanitize=$enable_sanitizer -fno-sanitize-recover=all -fno-omit-frame-pointer"
	 _POSIX_IPC_ADD_FLAGS([$SANITIZER], [-fsanitize=$enable_sanitizer],
	    [AC_MSG_ERROR([$CC has no -fsanitize=$enable_sanitizer])])])
    _POSIX_IPC_ADD_FLAGS([], [-Wl,-z,defs])
    AC_PREPROC_IFELSE([_POSIX_IPC_GLIBC_PROGRAM], [_POSIX_IPC_ADD_FLAGS([],
	[-Wl,--push-state,--no-as-needed,-lgcc_s,--pop-state])])
    AS_IF([test "$enable_werror" = yes], [PACKAGE_CFLAGS="$PACKAGE_CFLAGS -Werror"])
    PACKAGE_CFLAGS=`echo $PACKAGE_CFLAGS`
    PACKAGE_LDFLAGS=`echo $PACKAGE_LDFLAGS`
    AC_MSG_RESULT([$PACKAGE_CFLAGS $PACKAGE_LDFLAGS])
    AC_SUBST([PACKAGE_CFLAGS])
    AC_SUBST([PACKAGE_LDFLAGS])
    AC_SUBST([SANITIZER])
])

AC_DEFUN([_POSIX_IPC_GLIBC_PROGRAM], [AC_LANG_SOURCE([[
#include <limits.h>
#ifndef __GLIBC__
#   error not glibc
#endif
]])])

# _POSIX_IPC_ADD_FLAGS(CFLAGS, LDFLAGS, OTHERWISE)
#
#	Adds them to those of the package if a shared library can be made with
#	them without a warning. The probe calls the C library, because OpenBSD's
#	compilers do not link that to a shared library, so -z defs fails there.
#	It exports a function, because Zig's linker crashes on a library for
#	macOS that exports none.

AC_DEFUN([_POSIX_IPC_ADD_FLAGS], [
    posix_ipc_cflags=$CFLAGS
    posix_ipc_ldflags=$LDFLAGS
    CFLAGS="$CFLAGS $PACKAGE_CFLAGS -fPIC -Werror $1"
    LDFLAGS="$LDFLAGS $PACKAGE_LDFLAGS -shared $2"
    AC_LINK_IFELSE(
	[AC_LANG_SOURCE([[
#include <unistd.h>
__attribute__((visibility("default"))) int probe(int *p);
int probe(int *p) { return *p + getpid(); }]])],
	[PACKAGE_CFLAGS="$PACKAGE_CFLAGS $1"
	 PACKAGE_LDFLAGS="$PACKAGE_LDFLAGS $2"
	 posix_ipc_added=yes],
	[posix_ipc_added=no])
    CFLAGS=$posix_ipc_cflags
    LDFLAGS=$posix_ipc_ldflags
    AS_IF([test $posix_ipc_added = no], [:; $3])
])

# POSIX_IPC_MANUAL
#
#	Sets MANUAL to the directory of the manual pages that are installed:
#	formatted here, or those that a tarball brings. PAGES is the page to be
#	made, if any.

AC_DEFUN([POSIX_IPC_MANUAL], [
    AC_MSG_CHECKING([for the manual pages])
    AS_IF([test -n "$TCLSH_PROG" && echo 'exit @<:@catch {package require doctools}@:>@' |
		eval "$TCLSH_ENV \"\$TCLSH_PROG\"" 2>/dev/null],
	    [MANUAL=doc
	     PAGES=doc/posix_ipc.n],
	[test -r "$srcdir/doc/posix_ipc.n"],
	    [MANUAL='$(srcdir)/doc'],
	[MANUAL=])
    AC_MSG_RESULT([${MANUAL:-none, because tcllib is missing}])
    AC_SUBST([MANUAL])
    AC_SUBST([PAGES])
])

# POSIX_IPC_TEST_TCLSH
#
#	Sets TEST_TCLSH to the tclsh that runs the tests. It is OWN_TCLSH,
#	built here, if it must contain the sanitizer or the static library.

AC_DEFUN([POSIX_IPC_TEST_TCLSH], [
    AS_IF([test -n "$enable_sanitizer" || test "$LINKAGE" = static], [OWN_TCLSH=./tclsh])
    AS_IF([test -n "$OWN_TCLSH"], [TEST_TCLSH=$OWN_TCLSH], [TEST_TCLSH='$(TCLSH_PROG)'])
    AC_SUBST([OWN_TCLSH])
    AC_SUBST([TEST_TCLSH])
])

# POSIX_IPC_LIBRARIES
#
#	The libraries of threads, semaphores, segments and queues. Without queues
#	there is still something to build. Some compilers for RISC-V leave atomic
#	operations on bytes to a library.

AC_DEFUN([POSIX_IPC_LIBRARIES], [
    AC_SEARCH_LIBS([pthread_create], [pthread], [],
	[AC_MSG_ERROR([this system has no POSIX threads: pthread_create is in no library. The package cannot be built here])])
    AC_SEARCH_LIBS([sem_open], [pthread rt], [],
	[AC_MSG_ERROR([this system has no named semaphores: sem_open is in no library. The package cannot be built here])])
    AC_SEARCH_LIBS([shm_open], [rt], [],
	[AC_MSG_ERROR([this system has no POSIX shared memory: shm_open is in no library. The package cannot be built here])])
    AC_SEARCH_LIBS([mq_open], [rt])
    AC_CACHE_CHECK([for the library of atomic operations], [posix_ipc_cv_lib_atomic], [
	AC_LINK_IFELSE([_POSIX_IPC_ATOMIC_PROGRAM], [posix_ipc_cv_lib_atomic=none], [
	    posix_ipc_libs=$LIBS
	    LIBS="$LIBS -latomic"
	    AC_LINK_IFELSE([_POSIX_IPC_ATOMIC_PROGRAM], [posix_ipc_cv_lib_atomic=-latomic],
		[posix_ipc_cv_lib_atomic=missing])
	    LIBS=$posix_ipc_libs
	])
    ])
    AS_CASE([$posix_ipc_cv_lib_atomic],
	[none], [],
	[missing], [AC_MSG_ERROR([$CC has no atomic operations on bytes. Install the compiler's libatomic])],
	[LIBS="$LIBS $posix_ipc_cv_lib_atomic"])
])

AC_DEFUN([_POSIX_IPC_ATOMIC_PROGRAM], [AC_LANG_PROGRAM([[
#include <stdint.h>
static volatile uint8_t one;
static volatile uint16_t two;
]], [[
    uint8_t first = 0;
    uint16_t second = 0;
    return __atomic_exchange_n(&one, 1, __ATOMIC_SEQ_CST) + __atomic_exchange_n(&two, 1, __ATOMIC_SEQ_CST)
	+ __atomic_compare_exchange_n(&one, &first, 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
	+ __atomic_compare_exchange_n(&two, &second, 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);]])])

# POSIX_IPC_QUEUES
#
#	Whether a mqd_t is a descriptor: FreeBSD has one inside it, illumos none.

AC_DEFUN([POSIX_IPC_QUEUES], [
    AC_CHECK_FUNCS([mq_open mq_getfd_np])
    AC_CACHE_CHECK([whether a mqd_t is a descriptor], [posix_ipc_cv_mqd_is_descriptor],
	[AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <mqueue.h>
static mqd_t mqd;]], [[return _Generic(mqd, int: mqd);]])],
	    [posix_ipc_cv_mqd_is_descriptor=yes], [posix_ipc_cv_mqd_is_descriptor=no])])
    AS_IF([test $posix_ipc_cv_mqd_is_descriptor = yes],
	[AC_DEFINE([MQD_T_IS_DESCRIPTOR], [1], [mqd_t is a file descriptor])])
])

# POSIX_IPC_SEMAPHORES
#
#	What a named semaphore is. It can be guarded against truncation only on
#	the systems that are known to map the sem_t itself from a file: NetBSD
#	and macOS return a number of the kernel's, OpenBSD a pointer to one.
#	macOS declares sem_getvalue as deprecated, because it fails.

AC_DEFUN([POSIX_IPC_SEMAPHORES], [
    AC_CACHE_CHECK([whether a named semaphore is memory in a file], [posix_ipc_cv_sem_memory],
	[AC_PREPROC_IFELSE([AC_LANG_SOURCE([[
#if !defined __linux__ && !defined __FreeBSD__ && !defined __DragonFly__
#   error not known
#endif
]])], [posix_ipc_cv_sem_memory=yes], [posix_ipc_cv_sem_memory=no])])
    AS_IF([test $posix_ipc_cv_sem_memory = yes],
	[AC_DEFINE([OS_SEM_IS_MEMORY], [1], [a named semaphore is memory in a file])])

    AC_CACHE_CHECK([for sem_getvalue], [ac_cv_func_sem_getvalue], [
	posix_ipc_cflags=$CFLAGS
	CFLAGS="$CFLAGS -Werror"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <semaphore.h>]],
	    [[static sem_t sem; static int value; return sem_getvalue(&sem, &value);]])],
	    [ac_cv_func_sem_getvalue=yes], [ac_cv_func_sem_getvalue=no])
	CFLAGS=$posix_ipc_cflags
    ])
    AS_IF([test $ac_cv_func_sem_getvalue = yes],
	[AC_DEFINE([HAVE_SEM_GETVALUE], [1], [sem_getvalue is there, and not deprecated])])
])

# POSIX_IPC_SYSTEM
#
#	Chooses which files of unix/ are compiled beside those that every system
#	has: SYSTEM_SOURCES with their directories, SYSTEM_OBJECTS without. Tests
#	emulate another system with --with-system=posix.

AC_DEFUN([POSIX_IPC_SYSTEM], [
    AC_ARG_WITH([system],
	[AS_HELP_STRING([--with-system=linux|posix],
	    [what may be used besides POSIX (default: what this system has)])])
    AC_MSG_CHECKING([for the system])
    AS_CASE([$with_system],
	[linux|posix], [],
	['' | yes], [AC_PREPROC_IFELSE([AC_LANG_SOURCE([[
#ifndef __linux__
#   error not Linux
#endif
]])], [with_system=linux], [with_system=posix])],
	[AC_MSG_ERROR([--with-system must be linux or posix])])
    AC_MSG_RESULT([$with_system])

    AS_IF([test $with_system = linux],
	[AC_DEFINE([OS_IS_LINUX], [1], [the files of unix/linux/ are compiled])
	 AC_CHECK_FUNCS([epoll_create1 eventfd timerfd_create])
	 posix_ipc_system='linux/osBlocked.c linux/osCredentials.c linux/osFolder.c linux/osHolders.c linux/osLifeline.c linux/osLinux.c linux/osMappings.c linux/osMqStatus.c linux/osProc.c linux/osSegmentFile.c linux/osSemFile.c linux/osShmFile.c'
	 AC_PREPROC_IFELSE([_POSIX_IPC_GLIBC_PROGRAM],
	    [posix_ipc_system="$posix_ipc_system linux/osNamesGlibc.c"],
	    [AC_DEFINE([OS_NAMES_ARE_SHARED], [1], [a semaphore and a segment cannot have the same name])
	     posix_ipc_system="$posix_ipc_system linux/osNamesMusl.c"])],
	[posix_ipc_system='posix/osLifelinePid.c posix/osPosix.c posix/osSegmentFileShm.c posix/osShmFilePosix.c'])
    AS_IF([test "$ac_cv_func_epoll_create1 $ac_cv_func_eventfd $ac_cv_func_timerfd_create" = "yes yes yes"],
	[posix_ipc_system="$posix_ipc_system linux/osEpoll.c"],
	[posix_ipc_system="$posix_ipc_system posix/osPoll.c"])
    AS_IF([test "$with_system $ac_cv_func_mq_open" = "linux yes"],
	[posix_ipc_system="$posix_ipc_system linux/osNetlink.c linux/osQueues.c"],
	[posix_ipc_system="$posix_ipc_system posix/osNotifyThread.c posix/osQueuesMissing.c"])

    for posix_ipc_file in $posix_ipc_system; do
	SYSTEM_SOURCES="$SYSTEM_SOURCES \$(srcdir)/unix/$posix_ipc_file"
	SYSTEM_OBJECTS="$SYSTEM_OBJECTS `expr $posix_ipc_file : '.*/\(.*\)c$'`o"
    done
    AC_SUBST([SYSTEM_SOURCES])
    AC_SUBST([SYSTEM_OBJECTS])
])
