#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# Measures: server.tcl prefix. A request, from a queue, says how often; each
# measurement is a message in another queue. We release the semaphore PREFIX-server
# when we are ready for a request, including the first one, and hold the lock
# PREFIX-instrument while we measure. The request 0 ends the server.

source [file join [file dirname [info script]] .. load.tcl]

# How long a nap of 10 ms really takes, in microseconds.
proc measure {} {
    return [lindex [time {after 10}] 0]
}

set prefix [lindex $argv 0]
posix_ipc::sem open $prefix-server -as ready
posix_ipc::lock open $prefix-instrument -as instrument
posix_ipc::mq open $prefix-requests -write 0 -as requests
posix_ipc::mq open $prefix-measurements -read 0 -as measurements

ready release
while {[set count [lindex [requests receive] 0]] > 0} {
    instrument with {
        for {set i 0} {$i < $count} {incr i} {
            measurements send [measure]
        }
    }
    ready release
}
