# tcl.m4 --
#
#	Finds Tcl through the file that it installs for builders of
#	extensions, tclConfig.sh, and the folders where it looks for packages.

# TCL_FIND
#
#	--with-tcl, --with-tclinclude. Reads tclConfig.sh and sets TCLSH, what
#	compiler and linker need, and LIBRARY, the name of what is built.

AC_DEFUN([TCL_FIND], [
    AC_ARG_WITH([tcl],
	[AS_HELP_STRING([--with-tcl=FOLDER], [where tclConfig.sh is])])
    AC_ARG_WITH([tclinclude],
	[AS_HELP_STRING([--with-tclinclude=FOLDER], [where tcl.h is])])

    AC_MSG_CHECKING([for tclConfig.sh])
    AS_IF([test -n "$with_tcl"], [tcl_folder=$with_tcl], [_TCL_SEARCH])
    AS_IF([test ! -r "$tcl_folder/tclConfig.sh"], [AC_MSG_ERROR(
	[not found. Install the development files of Tcl, or name their folder in --with-tcl])])
    AC_MSG_RESULT([$tcl_folder])
    . "$tcl_folder/tclConfig.sh"

    AS_CASE([$TCL_VERSION],
	[8.6], [LIBRARY=lib],
	[[[1-8].*]], [AC_MSG_ERROR([Tcl $TCL_VERSION is too old, 8.6 is needed])],
	[LIBRARY=libtcl$TCL_MAJOR_VERSION])
    LIBRARY=$LIBRARY$PACKAGE_NAME$PACKAGE_VERSION$TCL_SHLIB_SUFFIX
    AS_IF([test -n "$with_tclinclude"], [TCL_INCLUDE_SPEC="-I$with_tclinclude"])
    AC_SUBST([LIBRARY])
    AC_SUBST([TCL_INCLUDE_SPEC])
    AC_SUBST([TCL_LIB_SPEC])
    AC_SUBST([TCL_STUB_LIB_SPEC])
    AC_SUBST([TCL_SHLIB_CFLAGS])
    AC_SUBST([TCL_SHLIB_LD])

    AC_ARG_VAR([TCLSH], [the tclsh that runs the tests and formats the manual])
    AC_PATH_PROGS([TCLSH], [tclsh$TCL_VERSION], [],
	[$TCL_EXEC_PREFIX/bin$PATH_SEPARATOR$PATH])
    AS_IF([test -z "$TCLSH"],
	[AC_MSG_WARN([there is no tclsh$TCL_VERSION to run the tests])])
])

# _TCL_SEARCH
#
#	Sets tcl_folder to the first of the usual folders with a tclConfig.sh.
#	On Debian that is the one where the compiler finds its libraries: the
#	file in /usr/lib/tcl8.6 needs a tool that may not be installed. Where
#	a folder serves two versions, 8.6 comes first.

AC_DEFUN([_TCL_SEARCH], [
    tcl_system=`$CC $CFLAGS -print-file-name=libc.so`
    tcl_system=`dirname "$tcl_system"`
    for tcl_lib in "$exec_prefix/lib" "$prefix/lib" \
	    /usr/local/lib "`cd "$tcl_system" && pwd -P`" /usr/lib; do
	for tcl_folder in "$tcl_lib/tcl8.6" "$tcl_lib" "$tcl_lib/tcl9.0"; do
	    test -r "$tcl_folder/tclConfig.sh" && break 2
	done
    done
])

# TCL_FIND_TK
#
#	--with-tk. Sets WISH. Nothing is built with Tk: it is for programs with
#	windows that use the package.

AC_DEFUN([TCL_FIND_TK], [
    AC_ARG_WITH([tk],
	[AS_HELP_STRING([--with-tk=FOLDER],
	    [where tkConfig.sh is, if a wish is wanted that is not beside tclsh])])
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
#	it: beside Tcl, or into lib/tcltk where Tcl is one of a distribution
#	that keeps packages there, those from elsewhere in /usr/local.

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

# _TCL_IF_LOOKS_IN(FOLDER, COMMANDS)
#
#	TCL_PACKAGE_PATH is a Tcl list in Tcl 8, divided by colons in Tcl 9.

AC_DEFUN([_TCL_IF_LOOKS_IN], [
    AS_CASE([" $TCL_PACKAGE_PATH "], [[*[\ :{]"$1"[\ :}]*]], [$2])
])
