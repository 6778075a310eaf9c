#!/usr/bin/env tclsh
# A pool of worker processes that factor numbers. The numbers come through a
# message queue, where coroutines fetch them, one for each worker. A semaphore
# counts the places that are free in the pool. One worker is killed at work: its
# place is filled, and its number goes back into the queue, for another worker.

source [file join [file dirname [info script]] utils.tcl]

# A worker: this program once more, with the argument "work" ------------------

proc work {} {
    while {[gets stdin number] > 0} {
        puts [factors $number]
        flush stdout
    }
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

# The pool: coroutines that wait for the queue, the semaphore and the workers --

# Brings the numbers, and waits whenever the queue is full.
proc bring {numbers} {
    foreach number $numbers {
        posix_ipc::await jobs send $number
    }
}

# Hires a worker for each place that is free.
proc hire {} {
    while 1 {
        posix_ipc::await places acquire
        coroutine employer[incr ::hired] employ
    }
}

# Gives a new worker one number after the other, until it dies. Then its place
# is free, and its number goes back, to be fetched before all others.
proc employ {} {
    set worker [open |[list [info nameofexecutable] $::argv0 work] r+]
    set name "worker [pid $worker]"
    demo::say "$name is hired"
    while 1 {
        lassign [posix_ipc::await jobs receive] number
        demo::say "$name gets $number"
        set factors [ask $worker $number]
        if {$factors eq ""} break
        demo::say "$name says $number = [join $factors { * }]"
        incr ::done
    }
    demo::say "$name is dead, $number goes back"
    catch {close $worker}
    places release
    posix_ipc::await jobs send $number -priority 1
}

# Returns the answer of a worker, "" when it is dead. The fifth that is asked is
# killed at work.
proc ask {worker number} {
    catch {
        puts $worker $number
        flush $worker
    }
    if {[incr ::asked] == 5} {
        exec kill -KILL [pid $worker]
    }
    chan event $worker readable [info coroutine]
    yield
    chan event $worker readable {}
    return [gets $worker]
}

proc pool {} {
    set name /workers-[pid]
    demo::makesInLoop sem places $name mq jobs $name
    posix_ipc::sem open $name -flags CREX -value 3 -as places
    posix_ipc::mq open $name -flags CREX -maxmessages 4 -maxmessagesize 64 \
        -as jobs

    set ::done 0
    coroutine bringer bring {
        1000000000001 1000000000002 1000000000003 1000000000004
        1000000000005 1000000000006 1000000000007 1000000000008
        1000000000009 1000000000010 1000000000011 1000000000012
    }
    coroutine hirer hire
    while {$::done < 12} {
        vwait done
    }
    demo::say "$::done numbers are factored, by $::hired workers"

    foreach handle {places jobs} {
        $handle unlink
        $handle destroy
    }
}

demo::run {
    if {$argv eq "work"} work else pool
}
