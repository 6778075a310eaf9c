# SPDX-License-Identifier: BSD-3-Clause
# compiler.tcl --
#
#       Programs in C, for tests that compare how Tcl and C read the same memory.
#
#       compiler::program source ?bits ?option ...??
#               compiles a program whose pointers have this number of bits (as many as
#               Tcl's, by default), and returns the command that runs it. The compiler
#               is the one that the environment variable CC names, or a usual one
#       compiler::clean
#               removes the programs
#
#       The constraint compiler says that there is a compiler for as many bits as Tcl
#       has, 32 or 64; otherCompiler, that there is one for the other number.

namespace eval compiler {
    variable own [expr {8 * $::tcl_platform(pointerSize)}]
    variable commands {}        ;# bits, {compiler launcher}
    variable made {}
}

# compiler::make --
#
#       Compiles and links statically, because the libraries of another kind of
#       machine need not be installed. Returns the path of the program.

proc compiler::make {command source {options {}}} {
    variable made
    set path [makeFile $source program[llength $made].c]
    set program [file rootname $path]
    lappend made $program
    exec {*}$command -std=gnu11 -O1 -static -pthread -o $program $path {*}$options 2>@1
    return $program
}

proc compiler::clean {} {
    variable made
    foreach program $made {
        file delete $program
        removeFile [file tail $program].c
    }
    set made {}
}

# compiler::find --
#
#       A compiler for this number of bits, and the command that runs its programs
#       here; "" if there is none. A shell tries each program, because valgrind ends a
#       process whose execve(2) the kernel refuses.

proc compiler::find {bits} {
    set source "#include <stdio.h>
        int main(void) { return puts(\"\") < 0 || sizeof(void *) * 8 != $bits; }\n"
    set commands {cc gcc {gcc -m32} i686-linux-gnu-gcc}
    if {[info exists ::env(CC)]} {
        set commands [linsert $commands 0 $::env(CC)]
    }
    foreach command $commands {
        foreach launcher {"" qemu-i386-static} {
            if {![catch {exec sh -c {exec "$@"} sh {*}$launcher [make $command $source]}]} {
                clean
                return [list $command $launcher]
            }
            clean
        }
    }
}

proc compiler::program {source {bits ""} args} {
    variable own
    variable commands
    lassign [dict get $commands [expr {$bits eq "" ? $own : $bits}]] command launcher
    return [list {*}$launcher [make $command $source $args]]
}

foreach {constraint bits} [list compiler $compiler::own otherCompiler [expr {96 - $compiler::own}]] {
    dict set compiler::commands $bits [compiler::find $bits]
    testConstraint $constraint [expr {[dict get $compiler::commands $bits] ne ""}]
}
