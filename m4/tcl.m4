# SPDX-License-Identifier: BSD-3-Clause
# tcl.m4 --
#
#	Finds Tcl through tclConfig.sh, the file that it installs for builders
#	of extensions, and finds the directories where it looks for packages.

# TCL_FIND
#
#	--with-tcl, --with-tclinclude. Reads tclConfig.sh and sets TCLSH_PROG,
#	what compiler and linker need, and LIBRARY, the name of what is built.

AC_DEFUN([TCL_FIND], [
    AC_ARG_WITH([tcl],
	[AS_HELP_STRING([--with-tcl=PATH],
	    [tclConfig.sh, its directory, or a prefix with lib/tclConfig.sh; the directory may be one where
	     Tcl was built])])
    AC_ARG_WITH([tclinclude],
	[AS_HELP_STRING([--with-tclinclude=DIR], [where tcl.h is])])

    AC_MSG_CHECKING([for tclConfig.sh])
    AS_CASE([$with_tcl],
	[''|yes], [
	    AS_IF([test "$cross_compiling" = yes], [AC_MSG_ERROR(
		[compiling for $host_alias needs the Tcl of that system: name the directory of its tclConfig.sh in --with-tcl])])
	    _TCL_SEARCH],
	[no], [AC_MSG_ERROR([this is an extension of Tcl: it cannot be built without Tcl])],
	[_TCL_GIVEN([$with_tcl])])
    AS_IF([test ! -r "$tcl_folder/tclConfig.sh"], [
	AS_IF([test -e "$tcl_folder/tclConfig.sh"],
	    [AC_MSG_ERROR([$tcl_folder/tclConfig.sh: you have no permission to read it])])
	AC_MSG_ERROR(
	    [no tclConfig.sh was found${with_tcl:+ in $with_tcl}. Install the development files of Tcl, or name their directory in --with-tcl])])
    _TCL_READS([$tcl_folder], [], [AC_MSG_ERROR(
	[$tcl_folder/tclConfig.sh cannot be read: $tcl_said. Install what it needs, or name another in --with-tcl])])
    AC_MSG_RESULT([$tcl_folder])
    . "$tcl_folder/tclConfig.sh"

    AS_CASE([$TCL_VERSION],
	[8.6|8.7], [LIBRARY=lib],
	[[[0-8].*]], [AC_MSG_ERROR(
	    [Tcl $TCL_VERSION, of $tcl_folder/tclConfig.sh, is too old: 8.6 or later is needed. Name another Tcl in --with-tcl])],
	[LIBRARY=libtcl$TCL_MAJOR_VERSION])
    LIBRARY=$LIBRARY$PACKAGE_NAME$PACKAGE_VERSION
    _TCL_UNINSTALLED
    AS_IF([test -n "$with_tclinclude"], [
	AS_IF([test ! -r "$with_tclinclude/tcl.h"],
	    [AC_MSG_ERROR([there is no tcl.h in $with_tclinclude])])
	TCL_INCLUDE_SPEC="-I$with_tclinclude"])
    tcl_cppflags=$CPPFLAGS
    CPPFLAGS="$CPPFLAGS $TCL_INCLUDE_SPEC"
    AC_PREPROC_IFELSE([AC_LANG_SOURCE([[#include <tcl.h>]])], [], [AC_MSG_ERROR(
	[there is no tcl.h where $tcl_folder/tclConfig.sh says: $TCL_INCLUDE_SPEC. Name its directory in --with-tclinclude])])
    CPPFLAGS=$tcl_cppflags
    _TCL_LINKAGE
    AC_SUBST([LIBRARY])
    AC_SUBST([TCL_INCLUDE_SPEC])
    AC_SUBST([TCL_LIB_SPEC])
    AC_SUBST([TCL_STUB_LIB_SPEC])
    AC_SUBST([TCL_SHLIB_CFLAGS])
    AC_SUBST([TCL_SHLIB_LD])

    AC_ARG_VAR([TCLSH_PROG], [the tclsh that runs the tests and formats the manual])
    AC_PATH_PROGS([TCLSH_PROG], [tclsh$TCL_VERSION], [],
	[$TCL_EXEC_PREFIX/bin$PATH_SEPARATOR$PATH])
    AS_IF([test -z "$TCLSH_PROG"],
	[AC_MSG_WARN([there is no tclsh$TCL_VERSION to run the tests])])
])

# _TCL_GIVEN(PATH)
#
#	Sets tcl_folder to the directory of the tclConfig.sh that the user means
#	by naming the file, its directory, a prefix, or a macOS framework.

AC_DEFUN([_TCL_GIVEN], [
    AS_IF([test -f "$1"], [tcl_folder=`dirname "$1"`], [
	for tcl_folder in "$1/lib" "$1/Tcl.framework" "$1"; do
	    test -r "$tcl_folder/tclConfig.sh" && break
	done
    ])
])

# _TCL_READS(DIRECTORY, COMMANDS, OTHERWISE)
#
#	Whether the tclConfig.sh there works; if not, tcl_said has its output.
#	Debian has one that calls dpkg-architecture, which need not be installed;
#	a shell may exit where a file that it reads fails.

AC_DEFUN([_TCL_READS], [
    AS_IF([(. "$1/tclConfig.sh" && { test -n "$TCL_VERSION" || echo it sets no TCL_VERSION >&2; } &&
	    test -n "$TCL_VERSION") >/dev/null 2>conftest.said], [:; $2],
	[tcl_said=`sed 1q conftest.said`; $3])
    rm -f conftest.said
])

# _TCL_UNINSTALLED
#
#	A Tcl that was built and not installed has its headers in its source
#	directory, and its libraries in the directory of tclConfig.sh. TCLSH_ENV tells
#	its tclsh where its scripts and its library are.

AC_DEFUN([_TCL_UNINSTALLED], [
    AS_IF([test -r "$tcl_folder/Makefile" && test -r "$TCL_SRC_DIR/generic/tcl.h"], [
	TCL_INCLUDE_SPEC="-I$TCL_SRC_DIR/generic"
	TCL_LIB_SPEC=$TCL_BUILD_LIB_SPEC
	TCL_STUB_LIB_SPEC=$TCL_BUILD_STUB_LIB_SPEC
	tcl_folder=`cd "$tcl_folder" && pwd`
	: ${TCLSH_PROG=$tcl_folder/tclsh}
	TCLSH_ENV="TCL_LIBRARY='$TCL_SRC_DIR/library' LD_LIBRARY_PATH='$tcl_folder' DYLD_LIBRARY_PATH='$tcl_folder'"
    ])
    AC_SUBST([TCLSH_ENV])
])

# _TCL_LINKAGE
#
#	--enable-shared, --disable-shared, --enable-threads, --enable-64bit, as
#	in other extensions. Sets LINKAGE to shared or static, and the suffix of
#	LIBRARY. A static library takes Tcl's functions from stubs too; the
#	program that it is linked into calls Tcl_StaticPackage.

AC_DEFUN([_TCL_LINKAGE], [
    AC_ARG_ENABLE([shared],
	[AS_HELP_STRING([--disable-shared], [build a static library, to be linked into a program])])
    AS_IF([test "$enable_shared" = no],
	[LINKAGE=static
	 LIBRARY=$LIBRARY.a],
	[LINKAGE=shared
	 LIBRARY=$LIBRARY$TCL_SHLIB_SUFFIX])
    AC_SUBST([LINKAGE])
    AC_CHECK_TOOL([AR], [ar])
    AC_PROG_RANLIB

    AC_ARG_ENABLE([threads],
	[AS_HELP_STRING([--enable-threads], [the default: threads are always supported])])
    AS_IF([test "$enable_threads" = no],
	[AC_MSG_ERROR([the package always supports threads: omit --disable-threads])])
])

# TCL_64BIT
#
#	--enable-64bit. It changes CC, so it stands after AC_PROG_CC and before
#	all that compiles.

AC_DEFUN([TCL_64BIT], [
    AC_ARG_ENABLE([64bit],
	[AS_HELP_STRING([--enable-64bit], [build for 64 bits, where the compiler would build for 32])])
    AS_IF([test "${enable_64bit:-no}" != no], [
	_TCL_IF_64BIT([], [
	    CC="$CC -m64"
	    _TCL_IF_64BIT([], [AC_MSG_ERROR([$CC cannot build for 64 bits])])])])
])

AC_DEFUN([_TCL_IF_64BIT], [AC_LINK_IFELSE(
    [AC_LANG_PROGRAM([], [[extern char wide@<:@sizeof(void *) == 8 ? 1 : -1@:>@; (void) wide;]])],
    [$1], [$2])])

# _TCL_SEARCH
#
#	Sets tcl_folder to the first of the usual directories that has a
#	tclConfig.sh. First comes the directory of the compiler's libraries, as on
#	Debian. Then come pkgsrc, OpenBSD, MacPorts, Homebrew on both processors
#	and on Linux, and the frameworks of macOS. If a directory serves two
#	versions, 8.6 comes first. A file that cannot be read is skipped as long
#	as there may be another.

AC_DEFUN([_TCL_SEARCH], [
    tcl_unread=
    tcl_system=`$CC $CFLAGS -print-file-name=libc.so`
    tcl_system=`dirname "$tcl_system"`
    for tcl_lib in "$exec_prefix/lib" "$prefix/lib" \
	    /usr/local/lib "`cd "$tcl_system" && pwd -P`" /usr/lib \
	    /usr/pkg/lib /opt/pkg/lib /usr/local/lib/tcl /opt/local/lib \
	    /opt/homebrew/opt/tcl-tk@8/lib /opt/homebrew/opt/tcl-tk/lib \
	    /usr/local/opt/tcl-tk@8/lib /usr/local/opt/tcl-tk/lib \
	    /home/linuxbrew/.linuxbrew/opt/tcl-tk@8/lib \
	    /home/linuxbrew/.linuxbrew/opt/tcl-tk/lib \
	    "$HOME/Library/Frameworks/Tcl.framework" \
	    /Library/Frameworks/Tcl.framework; do
	for tcl_folder in "$tcl_lib/tcl8.6" "$tcl_lib" "$tcl_lib/tcl9.0"; do
	    test -r "$tcl_folder/tclConfig.sh" || continue
	    _TCL_READS([$tcl_folder], [rm -f conftest.said; break 2], [: ${tcl_unread:=$tcl_folder}])
	    tcl_folder=
	done
    done
    : ${tcl_folder:=$tcl_unread}
])

# TCL_FIND_TK
#
#	--with-tk. Sets WISH. Nothing is built with Tk: it is for programs with
#	windows that use the package.

AC_DEFUN([TCL_FIND_TK], [
    AC_ARG_WITH([tk],
	[AS_HELP_STRING([--with-tk=DIR],
	    [where tkConfig.sh is, to use a wish that is not next to tclsh])])
    TK_EXEC_PREFIX=$TCL_EXEC_PREFIX
    AS_CASE([$with_tk],
	[''|no], [],
	[AS_IF([test -r "$with_tk/tkConfig.sh"], [. "$with_tk/tkConfig.sh"],
	    [AC_MSG_ERROR([there is no tkConfig.sh in $with_tk])])])

    AC_ARG_VAR([WISH], [the wish of make wish])
    AC_PATH_PROGS([WISH], [wish$TCL_VERSION], [],
	[$TK_EXEC_PREFIX/bin$PATH_SEPARATOR$PATH])
])

# TCL_INSTALL_FOLDERS
#
#	Without --prefix and --libdir the package goes where tclsh looks for
#	it: beside Tcl, or in lib/tcltk if Tcl belongs to a distribution that
#	keeps packages there, and packages from elsewhere in /usr/local.

AC_DEFUN([TCL_INSTALL_FOLDERS], [
    AS_IF([test "$prefix" = NONE], [
	prefix=$TCL_PREFIX
	_TCL_IF_LOOKS_IN([/usr/local/lib/tcltk], [prefix=/usr/local])
    ])
    AS_IF([test "$exec_prefix" = NONE], [exec_prefix='${prefix}'])
    AS_IF([test "$libdir" = '${exec_prefix}/lib'], [
	eval "tcl_folder=\"$exec_prefix/lib/tcltk\""
	_TCL_IF_LOOKS_IN([$tcl_folder], [libdir='${exec_prefix}/lib/tcltk'])
    ])
])

# _TCL_IF_LOOKS_IN(DIRECTORY, COMMANDS)
#
#	TCL_PACKAGE_PATH is a Tcl list in Tcl 8, divided by colons in Tcl 9.

AC_DEFUN([_TCL_IF_LOOKS_IN], [
    AS_CASE([" $TCL_PACKAGE_PATH "], [[*[\ :{]"$1"[\ :}]*]], [$2])
])
