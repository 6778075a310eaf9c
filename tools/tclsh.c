/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * tclsh.c --
 *
 *	A tclsh that runs the tests under a sanitizer, which must be in the
 *	program as well as in the library, or under valgrind. With
 *	STATIC_PACKAGE the package is part of the program, as in a tclkit.
 *
 *	Tcl's own allocator keeps freed memory, which hides use after free and
 *	leaks from both. So Tcl gets its memory from malloc(3): libtcl finds
 *	these functions here before its own.
 */

#include <stdlib.h>
#include <tcl.h>
#include <unistd.h>

/*
 * The library handles SIGBUS, so a sanitizer must not. A canceled thread
 * leaves its stack poisoned, so removing its signal stack would fail. If
 * memory is short, malloc(3) returns NULL, as without a sanitizer.
 */

const char *
__asan_default_options(void)
{
    return "handle_sigbus=0:use_sigaltstack=0:allocator_may_return_null=1";
}

const char *
__tsan_default_options(void)
{
    return "handle_sigbus=0";
}

/*
 * A forked process lacks the threads of its parent, so their memory would be
 * taken for leaks.
 */

static pid_t started;

int
__lsan_is_turned_off(void)
{
    return getpid() != started;
}

/*
 * Tcl creates a mutex when it is first locked, and Tcl_MutexLock checks without
 * a lock whether that has been done. The sanitizer sees only those calls of Tcl
 * that go to the C library. (make check-unix checks the mutexes of this
 * library, without any exception.)
 *
 * The sanitizer does not know mq_close(3) either: if the number of a closed
 * queue is reused for a directory that Tcl reads, it takes the two for one.
 */

const char *
__tsan_default_suppressions(void)
{
    return "race:pthread_mutex_lock\nrace:closedir\n";
}

#if TCL_MAJOR_VERSION > 8
typedef size_t Size;
#define StaticLibrary Tcl_StaticLibrary
#else
typedef unsigned int Size;
#define StaticLibrary Tcl_StaticPackage
#endif

void *
TclpAlloc(
    Size size)
{
    return malloc(size);
}

void *
TclpRealloc(
    void *memory,
    Size size)
{
    return realloc(memory, size);
}

void
TclpFree(
    void *memory)
{
    free(memory);
}

/*
 * AppInit --
 *
 *	Registers a package that is part of this program, so that "load {}
 *	Posix_ipc" finds it. Returns TCL_OK, or TCL_ERROR with a message.
 */

#ifdef STATIC_PACKAGE
int Posix_ipc_Init(Tcl_Interp *interp);
#endif

static int
AppInit(
    Tcl_Interp *interp)
{
#ifdef STATIC_PACKAGE
    StaticLibrary(NULL, "Posix_ipc", Posix_ipc_Init, NULL);
#endif
    return Tcl_Init(interp);
}

/*
 * main --
 *
 *	A tclsh. If TCLSH names a program that starts this one, info
 *	nameofexecutable returns that program, so that it starts the children
 *	too.
 */

int
main(
    int argc,
    char *argv[])
{
    started = getpid();
    if (getenv("TCLSH") != NULL) {
	argv[0] = getenv("TCLSH");
    }
    Tcl_Main(argc, argv, AppInit);
    return 0;
}
