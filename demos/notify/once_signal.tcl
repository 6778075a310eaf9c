#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# One notification by a signal: a line that you type is sent to an empty queue, the
# system sends SIGUSR1, and its trap shows the line.

source [file join [file dirname [info script]] notification.tcl]

demo::run {
    set line [ask]
    makeQueue
    onSignal SIGUSR1 show
    queue notify -signal SIGUSR1
    queue send $line
    vwait shown

    queue unlink
    queue destroy
}
