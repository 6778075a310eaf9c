/*
 * tclsh.c --
 *
 *	A tclsh to run the tests of a library that was compiled with a
 *	sanitizer, which must be in the program too. The handling of SIGBUS
 *	is the library's, so the sanitizer leaves it alone.
 */

#include <tcl.h>

const char *
__asan_default_options(void)
{
    return "handle_sigbus=0";
}

const char *
__tsan_default_options(void)
{
    return "handle_sigbus=0";
}

int
main(
    int argc,
    char *argv[])
{
    Tcl_Main(argc, argv, Tcl_Init);
    return 0;
}
