#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# Repeated notifications by a signal: each line that you type is sent to an
# empty queue, the system sends SIGUSR1, and its trap shows the line. An empty
# line ends the demo.

source [file join [file dirname [info script]] notification.tcl]

# One registration gives one signal. We register again before we empty the
# queue; in the other order, a message that arrives in between would cause no
# signal.
proc noticed {} {
    queue notify -signal SIGUSR1
    show
}

demo::run {
    makeQueue
    onSignal SIGUSR1 noticed
    queue notify -signal SIGUSR1
    while {[set line [ask]] ne ""} {
        queue send $line
        vwait shown
    }

    queue unlink
    queue destroy
}
