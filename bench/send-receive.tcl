# SPDX-License-Identifier: BSD-3-Clause
# send-receive.tcl --
#
#       send and receive of 64 bytes, in one process: against the calls in C, and
#       against the barest commands that make them.

source [file join [file dirname [info script]] rivals.tcl]

set name /bench-[pid]
posix_ipc::mq open $name -flags CREX -maxmessages 4 -maxmessagesize 64 -as mq
set ours [bench::script {mq send $message; mq receive} $rivals::message]
bench::compare "send + receive, 64 B" {} $ours \
    [list [list floor::seconds roundTrip $name $name]] [rivals::senders]
floor::queue $name
bench::compare "send + receive, to bare commands" 1.10 $ours \
    [list [bench::script {floor::send send $message; floor::receive receive} \
        $rivals::message]]
