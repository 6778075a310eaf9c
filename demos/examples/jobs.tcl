#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# The README's example of a message queue.
source [file join [file dirname [info script]] .. load.tcl]

package require posix_ipc

set jobs [posix_ipc::mq open /example-jobs -flags CREAT -encoding utf-8]

$jobs send "sweep the yard" -timeout 5
$jobs send "put out the fire" -priority 9 -timeout 5
foreach turn {1 2} {
    lassign [$jobs receive -timeout 5] job priority
    puts "$job (priority $priority)"
}
$jobs destroy
