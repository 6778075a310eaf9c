#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# Sends each line that you type to listener.tcl. An empty line, or the end of
# the input, ends both programs.

source [file join [file dirname [info script]] .. utils.tcl]

demo::run {
    demo::params MESSAGE_QUEUE_NAME
    demo::whenThere {
        posix_ipc::mq open $MESSAGE_QUEUE_NAME -encoding utf-8 -as queue
    }

    demo::say "type what the listener should hear"
    set line -
    while {$line ne ""} {
        gets stdin line
        queue send $line -timeout 5
    }

    queue close
}
