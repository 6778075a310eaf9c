#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# Publishes the measurements of a station (station.c) on a topic: the struct in shared memory has only the latest
# measurement, but a subscriber of the topic gets all of them, and learns if it was too slow.
#
#     publish.tcl ?name?            /telemetry by default, of the segment and the topic
#
# It ends with the station.

set here [file dirname [file normalize [info script]]]
source [file join [file dirname $here] load.tcl]
source [file join $here struct.tcl]

# The station removes the name when it ends.
proc hasStation {} {
    return [expr {![catch {[posix_ipc::shm open $::name -readonly 1] destroy}]}]
}

set shm [openStation $name]
set topic [posix_ipc::topic open $name -flags CREAT -encoding utf-8]
while 1 {
    set now [$shm get 0 $station]
    $topic publish $now
    if {[catch {$shm wait $offset [dict get $now sequence] -timeout 1}] && ![hasStation]} break
}
$topic publish end
$topic unlink -nocomplain
