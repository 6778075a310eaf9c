#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# One of the cashiers of parent.tcl: cashier.tcl name number. Each moves 10 from the
# first account to the second. The first cashier is killed halfway.

source [file join [file dirname [info script]] .. utils.tcl]

demo::run {
    lassign $argv name number
    set demo::name "Cashier $number"
    posix_ipc::lock open $name -as lock
    posix_ipc::shm open $name -as accounts
    set type {first int64 second int64}
    set second [dict get [posix_ipc::layout $type] offsets second]
    lock with -timeout 10 -recover {
        set missing [expr {100 - [accounts get 0 int64] - [accounts get $second int64]}]
        accounts incr $second int64 $missing
        demo::say "a cashier has died: I find the $missing that were on their way"
    } {
        demo::say "I go in"
        accounts incr 0 int64 -10
        if {$number == 1} {
            exec sh -c "kill -KILL [pid]"
        }
        accounts incr $second int64 10
        demo::say "I go out"
    }
}
