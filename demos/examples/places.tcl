#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# The README's example of a semaphore.
source [file join [file dirname [info script]] .. load.tcl]

package require posix_ipc

set places [posix_ipc::sem open /example-places -flags CREAT -value 3]

$places with -timeout 60 {
    puts "Process [pid] works"
    after 2000
    puts "Process [pid] leaves"
}
$places destroy
