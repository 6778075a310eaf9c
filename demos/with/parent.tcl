#!/usr/bin/env tclsh
# Three child processes (child.tcl) want the same semaphore. `with` holds it for
# one at a time, and lets go of it even when the child that has it fails.

source [file join [file dirname [info script]] .. utils.tcl]

demo::run {
    set name /with-[pid]
    demo::makes sem semaphore $name
    posix_ipc::sem open $name -flags CREX -value 1 -as semaphore

    # All children speak into one pipe: their lines come in the order in which
    # they were said.
    lassign [chan pipe] lines mouth
    set child [file join [file dirname [info script]] child.tcl]
    foreach number {1 2 3} {
        exec [info nameofexecutable] $child $name $number >@ $mouth &
    }
    close $mouth

    set turns 0
    set inside 0
    while {[gets $lines line] >= 0} {
        puts $line
        flush stdout
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

    semaphore acquire -timeout 0
    semaphore unlink
    semaphore destroy
    demo::say "$turns turns, one at a time, and the semaphore is free"
}
