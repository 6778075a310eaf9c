#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# Repeated notifications in the event loop: each line that you type is sent to
# an empty queue, and the callback shows it. An empty line ends the demo.

source [file join [file dirname [info script]] notification.tcl]

# One registration gives one notification. We register again before we empty the
# queue; in the other order, a message that arrives in between would cause no
# notification.
proc noticed {queue} {
    $queue notify -command noticed
    show
}

demo::run {
    makeQueue
    queue notify -command noticed
    while {[set line [ask]] ne ""} {
        queue send $line
        vwait shown
    }

    queue unlink
    queue destroy
}
