# SPDX-License-Identifier: BSD-3-Clause
# people.tcl --
#
#       Names processes as people know them: by the script that an interpreter runs, or by
#       the program and its arguments. The kernel's name of a process, such as tclsh8.6, does
#       not distinguish two scripts. The text comes from other programs as it is: it can
#       contain line breaks and other control characters.

namespace eval ::posix_ipc::people {
    variable interpreters {^(tclsh|wish|expect|python|perl|ruby|node|bash|dash|sh|lua|php)[0-9.]*$}
    variable most 60        ;# characters of a command line
}

# The name of a process. The caller may not read the command line of every
# process, and a kernel thread or a process that has just ended has none; then
# the result is the kernel's name.
proc ::posix_ipc::people::name {pid command} {
    set words [describe [commandLine $pid]]
    return [expr {[llength $words] ? [shorten [join $words]] : $command}]
}

# The same without arguments.
proc ::posix_ipc::people::shortName {pid command} {
    set words [describe [commandLine $pid]]
    return [expr {[llength $words] ? [shorten [lindex $words 0]] : $command}]
}

# The words of a command line; empty if there is none or it may not be read.
proc ::posix_ipc::people::commandLine {pid} {
    try {
        set file [open /proc/$pid/cmdline rb]
        try {
            set line [read $file 4096]
        } finally {
            close $file
        }
    } trap POSIX {} {
        return {}
    }
    set words [split [string trimright $line \0] \0]
    return [expr {[lindex $words 0] eq "" ? {} : [lmap word $words {decode $word}]}]
}

# The name of an interpreter is omitted if its script is known, which is the
# first word that is not an option. With an option such as -c there is no
# script, and the whole line is kept.
proc ::posix_ipc::people::describe {words} {
    variable interpreters
    set script [lindex $words 1]
    if {[regexp $interpreters [tail [lindex $words 0]]]
            && $script ne "" && [string index $script 0] ne "-"} {
        set words [lrange $words 1 end]
    }
    if {[llength $words]} {
        lset words 0 [tail [lindex $words 0]]
    }
    return $words
}

# The last part of a path. In Tcl 8.6, "file tail" fails if the path begins with a tilde that
# no user's name follows.
proc ::posix_ipc::people::tail {path} {
    return [lindex [split [string trimright $path /] /] end]
}

# The bytes come from another program: invalid UTF-8 must not be an error in
# Tcl 9.
proc ::posix_ipc::people::decode {bytes} {
    if {[catch {encoding convertfrom -profile replace utf-8 $bytes} text]} {
        set text [encoding convertfrom utf-8 $bytes]
    }
    return $text
}

proc ::posix_ipc::people::shorten {text} {
    variable most
    if {[string length $text] > $most} {
        set text [string range $text 0 $most-2]\u2026
    }
    return $text
}
