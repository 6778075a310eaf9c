#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# Makes a queue, and shows each message that transmitter.tcl sends. The event
# loop reports each message, so a clock can tick meanwhile. An empty message
# ends the program.

source [file join [file dirname [info script]] .. utils.tcl]

proc hear {} {
    lassign [queue receive -timeout 0] message
    if {$message eq ""} {
        set ::silence 1
    } else {
        demo::say "after $::seconds s I hear \"$message\""
    }
}

proc tick {} {
    incr ::seconds
    after 1000 tick
}

demo::run {
    demo::params {MESSAGE_QUEUE_NAME PERMISSIONS}
    posix_ipc::cleanup
    posix_ipc::cleanup [posix_ipc::mq open $MESSAGE_QUEUE_NAME -flags CREX \
        -mode 0o$PERMISSIONS -maxmessages 4 -maxmessagesize 256 -encoding utf-8 -as queue]

    demo::say "I listen"
    set seconds 0
    after 1000 tick
    queue event readable hear
    vwait silence

    queue unlink
    queue destroy
}
