#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# Mrs. Conclusion opens the queue that Mrs. Premise (premise.tcl) has made, and
# answers each of her messages with its MD5.

source [file join [file dirname [info script]] talk.tcl]

demo::run {
    demo::params {ITERATIONS MESSAGE_QUEUE_NAME}
    demo::whenThere {posix_ipc::mq open $MESSAGE_QUEUE_NAME -as queue}

    set said ""
    for {set i 0} {$i < $ITERATIONS} {incr i} {
        set said [demo::answer [hear $said] $said]
        queue send $said
    }

    queue close
    demo::report
}
