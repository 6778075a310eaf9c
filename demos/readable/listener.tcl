#!/usr/bin/env tclsh
# Makes a queue, and shows each message that transmitter.tcl sends. The event
# loop tells when there is one, so a clock goes on ticking meanwhile. An empty
# message is the end.

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
    demo::makesInLoop mq queue $MESSAGE_QUEUE_NAME
    posix_ipc::mq open $MESSAGE_QUEUE_NAME -flags CREX -mode 0o$PERMISSIONS \
        -maxmessages 4 -maxmessagesize 256 -encoding utf-8 -as queue

    demo::say "I listen"
    set seconds 0
    after 1000 tick
    queue event readable hear
    vwait silence

    queue unlink
    queue destroy
}
