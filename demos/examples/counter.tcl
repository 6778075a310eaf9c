#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# The README's example of shared memory.
source [file join [file dirname [info script]] .. load.tcl]

package require posix_ipc

set turn  [posix_ipc::lock open /example-turn -flags CREAT]
set count [posix_ipc::shm open /example-count -flags CREAT -size 8]

$turn with -timeout 5 -recover {} {
    binary scan [$count read 0 8] w n
    $count write 0 [binary format w [incr n]]
}
puts "This has run $n times."

$turn destroy
$count destroy
