#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# A pool of worker processes that factor numbers, which they take from a ring. A
# semaphore counts the places that are free in the pool. The worker that takes the
# fifth number is killed: its place is filled, and its number returns to the ring
# by itself, for another worker, because only acknowledging removes a job.

source [file join [file dirname [info script]] utils.tcl]

# A worker: this program once more, with the words "work" and a name ----------

# Takes one number after the other, until its input ends, because the pool has
# ended.
proc work {name} {
    posix_ipc::ring open $name -as jobs
    chan event stdin readable exit
    coroutine worker apply {{} {
        while 1 {
            lassign [posix_ipc::await jobs take] number token attempts
            tell takes $number
            if {$number == 1000000000005 && $attempts == 1} {
                exec sh -c "kill -KILL [pid]"
            }
            tell says $number [factors $number]
            jobs ack $token
        }
    }}
    vwait forever
}

proc tell {args} {
    if {[catch {puts $args; flush stdout}]} exit
}

proc factors {number} {
    set factors {}
    for {set n 2} {$n * $n <= $number} {} {
        if {$number % $n == 0} {
            lappend factors $n
            set number [expr {$number / $n}]
        } else {
            incr n
        }
    }
    return [lappend factors $number]
}

# The pool: coroutines that wait for the semaphore and for the workers --------

# Hires a worker for each place that is free.
proc hire {name} {
    while 1 {
        posix_ipc::await places acquire
        coroutine employer[incr ::hired] employ $name
    }
}

# Hears what a new worker says, until it dies. Then its place is free.
proc employ {name} {
    set worker [open |[list [info nameofexecutable] $::argv0 work $name] r+]
    set who "worker [pid $worker]"
    demo::say "$who is hired"
    set taken ""
    while {[hear $worker line] >= 0} {
        lassign $line verb number factors
        if {$verb eq "takes"} {
            demo::say "$who takes $number"
            set taken ", $number goes back"
        } else {
            demo::say "$who says $number = [join $factors { * }]"
            set taken ""
            dict set ::done $number $factors
        }
    }
    demo::say "$who is dead$taken"
    catch {close $worker}
    places release
}

proc hear {worker lineVar} {
    upvar 1 $lineVar line
    chan event $worker readable [info coroutine]
    yield
    chan event $worker readable {}
    return [gets $worker line]
}

proc pool {} {
    set name /workers-[pid]
    posix_ipc::cleanup
    posix_ipc::cleanup [posix_ipc::sem open $name -flags CREX -value 3 -as places]
    posix_ipc::cleanup [posix_ipc::ring open $name -flags CREX -size 4096 -as jobs]

    set ::done {}
    jobs sendlist {
        1000000000001 1000000000002 1000000000003 1000000000004
        1000000000005 1000000000006 1000000000007 1000000000008
        1000000000009 1000000000010 1000000000011 1000000000012
    }
    coroutine hirer hire $name
    while {[dict size $::done] < 12} {
        vwait done
    }
    demo::say "[dict size $::done] numbers are factored, by $::hired workers"

    foreach handle {places jobs} {
        $handle unlink
        $handle destroy
    }
}

demo::run {
    if {[lindex $argv 0] eq "work"} {
        work [lindex $argv 1]
    } else {
        pool
    }
}
