#!/usr/bin/env tclsh
# Notices in the event loop, again and again: each line that you type is sent
# to an empty queue, and the callback shows it. An empty line is the end.

source [file join [file dirname [info script]] notice.tcl]

# One registration gives one notice. We ask for the next before we empty the
# queue: the other way round, a message that comes in between gives none.
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
