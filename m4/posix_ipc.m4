# posix_ipc.m4 --
#
#	The switches of this package, and what they mean for the compiler.
#	CFLAGS is the user's. What the package itself needs is in
#	PACKAGE_CFLAGS and PACKAGE_LDFLAGS.

# POSIX_IPC_SWITCHES
#
#	Chooses CFLAGS where the user has not, so it stands before AC_PROG_CC.

AC_DEFUN([POSIX_IPC_SWITCHES], [
    AC_ARG_ENABLE([symbols],
	[AS_HELP_STRING([--enable-symbols], [compile for a debugger])])
    AC_ARG_ENABLE([werror],
	[AS_HELP_STRING([--enable-werror], [take warnings as errors])])
    AC_ARG_ENABLE([coverage],
	[AS_HELP_STRING([--enable-coverage], [count for gcov what runs])])
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
#	Times after 2038: glibc leaves the choice where a long has 32 bits. It
#	wants 64 bits for offsets too, so this stands after AC_SYS_LARGEFILE.

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
#	where it can't, as with no descriptor left. So it comes with the package.

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
#	them without a warning.

AC_DEFUN([_POSIX_IPC_ADD_FLAGS], [
    posix_ipc_cflags=$CFLAGS
    posix_ipc_ldflags=$LDFLAGS
    CFLAGS="$CFLAGS $PACKAGE_CFLAGS -fPIC -Werror $1"
    LDFLAGS="$LDFLAGS $PACKAGE_LDFLAGS -shared $2"
    AC_LINK_IFELSE(
	[AC_LANG_SOURCE([[int probe(int *p); int probe(int *p) { return *p; }]])],
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
#	Sets MANUAL to the manual page that is installed: formatted here, or
#	the one that a tarball brings.

AC_DEFUN([POSIX_IPC_MANUAL], [
    AC_MSG_CHECKING([for the manual page])
    AS_IF([test -n "$TCLSH" && echo 'exit @<:@catch {package require doctools}@:>@' | "$TCLSH"],
	    [MANUAL=doc/posix_ipc.n],
	[test -r "$srcdir/doc/posix_ipc.n"],
	    [MANUAL='$(srcdir)/doc/posix_ipc.n'],
	[MANUAL=])
    AC_MSG_RESULT([${MANUAL:-none, for tcllib is missing}])
    AC_SUBST([MANUAL])
])

# POSIX_IPC_TEST_TCLSH
#
#	Sets TEST_TCLSH to the tclsh that loads what is built: with a sanitizer
#	one that has it too, and is made here.

AC_DEFUN([POSIX_IPC_TEST_TCLSH], [
    AS_IF([test -n "$enable_sanitizer"], [TEST_TCLSH=./tclsh], [TEST_TCLSH=$TCLSH])
    AC_SUBST([TEST_TCLSH])
])
