#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# Mrs. Premise makes a message queue, and speaks first: she sends the time. Mrs.
# Conclusion (conclusion.tcl) answers with the MD5 of that, through the same
# queue, she with the MD5 of the answer, and so on.

source [file join [file dirname [info script]] talk.tcl]

demo::run {
    demo::params {ITERATIONS MESSAGE_QUEUE_NAME PERMISSIONS}
    posix_ipc::cleanup
    posix_ipc::cleanup [posix_ipc::mq open $MESSAGE_QUEUE_NAME -flags CREX \
        -mode 0o$PERMISSIONS -maxmessages 4 -maxmessagesize 64 -as queue]

    set said [clock format [clock seconds]]
    queue send $said
    for {set i 0} {$i < $ITERATIONS} {incr i} {
        set said [demo::answer [hear $said] $said]
        queue send $said
    }

    queue unlink
    queue destroy
    demo::report
}
