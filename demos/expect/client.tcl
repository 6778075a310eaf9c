#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# A client for people, or for an Expect script in their place: client.tcl
# prefix. The command "measure 5" makes the server measure five times; "quit"
# ends both. Releasing the semaphore PREFIX-client means that we are ready for
# a command.

source [file join [file dirname [info script]] .. load.tcl]

set prefix [lindex $argv 0]
posix_ipc::sem open $prefix-server -as server
posix_ipc::sem open $prefix-client -as ready
posix_ipc::mq open $prefix-requests -read 0 -as requests

# When the server is ready again, it has finished.
proc measure {count} {
    requests send $count
    try {
        server acquire -timeout [expr {1 + $count * 0.1}]
        puts "served"
    } trap {POSIXIPC BUSY} {} {
        puts "the server does not answer"
    }
}

set command ""
while {$command ne "quit"} {
    ready release
    puts -nonewline "> "
    flush stdout
    gets stdin command
    switch -regexp -matchvar word $command {
        {^measure ([1-9]\d{0,3})$} {measure [lindex $word 1]}
        {^quit$} {requests send 0}
        default  {puts "say \"measure 5\" or \"quit\""}
    }
}
