# SPDX-License-Identifier: BSD-3-Clause
# struct.tcl --
#
#       What the Tcl programs know about a station: the structs of station.c, word for word, and how to open its
#       segment.

set sensor {name {chars[16]} value double low float high float alarm uint8}
set station [list sequence int32 period int32 sensors [list array 4 $sensor]]
set offset [dict get [posix_ipc::layout $station] offsets sequence]

set name [expr {$argc ? [lindex $argv 0] : "/telemetry"}]

proc openStation {name} {
    try {
        return [posix_ipc::shm open $name -readonly 1]
    } trap {POSIXIPC EXISTENTIAL} {message} {
        puts stderr "$message. Start a station first: make demos; ./telemetry-station"
        exit 1
    }
}
