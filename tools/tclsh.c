/*
 * tclsh.c --
 *
 *	A tclsh to run the tests of a library under a sanitizer, which must be
 *	in the program too, or under valgrind.
 *
 *	Tcl's own allocator keeps what is freed, and hides from both what is
 *	used after its end, or lost. So Tcl gets its memory from malloc(3):
 *	libtcl finds these functions here before its own.
 */

#include <stdlib.h>
#include <tcl.h>
#include <unistd.h>

/*
 * The handling of SIGBUS is the library's, so a sanitizer leaves it alone. A
 * thread that was cancelled has left marks on its stack, among which its
 * signal stack can't be taken away.
 */

const char *
__asan_default_options(void)
{
    return "handle_sigbus=0:use_sigaltstack=0";
}

const char *
__tsan_default_options(void)
{
    return "handle_sigbus=0";
}

/*
 * A forked process is without the threads of its parent: what is theirs would
 * be taken for leaks.
 */

static pid_t started;

int
__lsan_is_turned_off(void)
{
    return getpid() != started;
}

/*
 * A mutex of Tcl is made when it is locked first, and Tcl_MutexLock looks without
 * a lock whether that is done. The sanitizer sees of Tcl the calls to the C
 * library alone. (Mutexes of this library are looked at by make check-unix, which
 * knows no exception.)
 */

const char *
__tsan_default_suppressions(void)
{
    return "race:pthread_mutex_lock\n";
}

#if TCL_MAJOR_VERSION > 8
typedef size_t Size;
#else
typedef unsigned int Size;
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
 * main --
 *
 *	A tclsh. Where TCLSH names a program that starts this one, that is the
 *	name it knows itself by, and its children are started with.
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
    Tcl_Main(argc, argv, Tcl_Init);
    return 0;
}
