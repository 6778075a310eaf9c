#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# Three child processes (child.tcl) share a semaphore. `with` holds it for one
# at a time, and releases it even when the child that has it fails.
#
# A child that is killed releases nothing, so its semaphore stays taken. A lock tells
# the next owner instead, whose `with -recover` repairs what was left half done. Two
# children (cashier.tcl) show that.

source [file join [file dirname [info script]] .. utils.tcl]

# Starts a child, which speaks into a pipe.
proc start {program name number mouth} {
    set script [file join [file dirname [info script]] $program]
    exec [info nameofexecutable] $script $name $number >@ $mouth 2>@ stderr &
}

proc hear {lines} {
    if {[gets $lines line] < 0} {
        return ""
    }
    puts $line
    flush stdout
    return $line
}

demo::run {
    set name /with-[pid]
    posix_ipc::cleanup
    posix_ipc::cleanup [posix_ipc::sem open $name -flags CREX -value 1 -as semaphore]

    # All children speak into one pipe: their lines come in the order in which
    # they were said.
    lassign [chan pipe] lines mouth
    foreach number {1 2 3} {
        start child.tcl $name $number $mouth
    }
    close $mouth

    set turns 0
    set inside 0
    while {[set line [hear $lines]] ne ""} {
        switch -glob -- $line {
            "*: I go in" {
                incr turns
                if {[incr inside] > 1} {
                    throw {DEMO CROWD} "two children are inside at once"
                }
            }
            "*: I go out" {
                incr inside -1
            }
        }
    }
    close $lines

    semaphore acquire -timeout 0
    semaphore unlink
    semaphore destroy
    demo::say "$turns turns, one at a time, and the semaphore is free"

    # Two accounts contain 100 together.
    posix_ipc::cleanup [posix_ipc::lock open $name -flags CREX -as lock]
    posix_ipc::cleanup [posix_ipc::shm open $name -flags CREX -size 16 -as accounts]
    set type {first int64 second int64}
    accounts set 0 $type {first 100 second 0}
    lassign [chan pipe] lines mouth
    start cashier.tcl $name 1 $mouth
    hear $lines
    start cashier.tcl $name 2 $mouth
    close $mouth
    while {[hear $lines] ne ""} {}
    close $lines

    lock acquire -timeout 0
    set balance [accounts get 0 $type]
    foreach handle {lock accounts} {
        $handle unlink
        $handle destroy
    }
    demo::say "the accounts have [dict get $balance first] and [dict get $balance second], although a cashier died"
}
