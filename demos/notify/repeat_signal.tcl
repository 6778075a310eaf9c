#!/usr/bin/env tclsh
# Notices by a signal, again and again: each line that you type is sent to an
# empty queue, the system sends SIGUSR1, and its trap shows the line. An empty
# line is the end.

source [file join [file dirname [info script]] notice.tcl]

# One registration gives one signal. We ask for the next before we empty the
# queue: the other way round, a message that comes in between gives none.
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
