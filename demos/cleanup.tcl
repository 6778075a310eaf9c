#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# Removes what a killed program left behind: cleanup.tcl ?family name ...?
# For example: cleanup.tcl sem /wuthering_heights shm /four_yorkshiremen

source [file join [file dirname [info script]] load.tcl]
package require posix_ipc::cleanup

set families $::posix_ipc::families::all
if {[llength $argv] % 2} {
    puts stderr "usage: [file tail $argv0] ?family name ...?, where a family is [join $families {, }]"
    exit 2
}
foreach {family name} $argv {
    if {$family ni $families} {
        puts stderr "unknown family \"$family\": must be [join $families {, }]"
        exit 2
    }
    try {
        posix_ipc::$family unlink $name
        puts "$family $name: removed"
    } trap {POSIXIPC EXISTENTIAL ENOENT} {} {
        puts "$family $name: not there"
    }
}
