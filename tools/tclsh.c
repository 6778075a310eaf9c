/*
 * tclsh.c --
 *
 *	A tclsh to run the tests of a library that was compiled with a
 *	sanitizer, which must be in the program too.
 */

#include <tcl.h>

int
main(
    int argc,
    char *argv[])
{
    Tcl_Main(argc, argv, Tcl_Init);
    return 0;
}
