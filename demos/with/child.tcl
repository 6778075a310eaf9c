#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# One of the children of parent.tcl: child.tcl name number. The second fails in
# the middle of its turn.

source [file join [file dirname [info script]] .. utils.tcl]

demo::run {
    lassign $argv name number
    set demo::name "Child $number"
    posix_ipc::sem open $name -as semaphore
    demo::say "I wait"
    try {
        semaphore with -timeout 10 {
            demo::say "I go in"
            after 50
            demo::say "I go out"
            if {$number == 2} {
                error "I stumbled"
            }
        }
    } trap NONE message {
        demo::say "the error \"$message\" came out of `with`"
    }
}
