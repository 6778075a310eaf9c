#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# One notification in the event loop: a line that you type is sent to an empty queue,
# and the callback shows it.

source [file join [file dirname [info script]] notification.tcl]

proc noticed {queue} {
    show
}

demo::run {
    set line [ask]
    makeQueue
    queue notify -command noticed
    queue send $line
    vwait shown

    queue unlink
    queue destroy
}
