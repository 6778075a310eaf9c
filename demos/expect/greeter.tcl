#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# A program for minimal.exp to test: greeter.tcl semaphore. It prints more than a terminal
# holds, releases the semaphore when it is ready, and greets until an empty line.

source [file join [file dirname [info script]] .. load.tcl]

puts [string repeat "starting\n" 3000]
posix_ipc::sem open [lindex $argv 0] -as ready
ready release
while {[gets stdin name] > 0} {
    puts "Hello, $name"
}
