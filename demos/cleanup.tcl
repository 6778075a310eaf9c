#!/usr/bin/env tclsh
# Removes what a killed program left behind: cleanup.tcl ?family name ...?
# For one, `cleanup.tcl sem /wuthering_heights shm /four_yorkshiremen`.

package require posix_ipc

foreach {family name} $argv {
    try {
        posix_ipc::$family unlink $name
        puts "$family $name: removed"
    } trap {POSIXIPC EXISTENTIAL ENOENT} {} {
        puts "$family $name: not there"
    }
}
