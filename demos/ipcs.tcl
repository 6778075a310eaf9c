#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# Shows what processes share through POSIX IPC, as a table, as JSON or as CSV,
# and removes what was left behind. Names come from other programs, so they must
# not control a terminal or break a format.

set folder [file dirname [file normalize [info script]]]
source [file join $folder load.tcl]
package require posix_ipc::monitor
foreach part {
    printable people objects ipcs/options ipcs/choice ipcs/cells ipcs/table ipcs/formats ipcs/contents ipcs/watch
    ipcs/removal ipcs/progress
} {
    source -encoding utf-8 [file join $folder $part.tcl]
}

# How many seconds a semaphore at 0, or a held lock, is watched while a call waits for it:
# a program that works as it should passes it on within that time.
set twice 0.3

# Returns the exit status.
proc main {words} {
    set options [options $words]
    dict with options {}
    set model [posix_ipc::monitor new -pattern $pattern]
    if {$types ne ""} {
        $model configure -types $types
    }
    set ::oldEnough [dict filter [$model limit] key orphaned unclaimed]
    foreach {problem seconds} [list orphaned 0 unclaimed 0 stuck $::twice] {
        $model limit $problem $seconds
    }
    if {$action eq "watch"} {
        watch $model $options
    }
    $model listen heed refreshed
    $model listen heedProgress progress
    look $model
    endProgress
    foreach message $::errors {
        puts stderr [printable $message]
    }
    set objects [chosen $model $options]
    if {![llength $objects] && $action in {table unlink as}} {
        if {![llength $::errors]} {
            puts stderr [nothing $model $options]
            if {[objects::hidesQueues $model]} {
                puts stderr "Queues that no process has open may be hidden: mqueue is not mounted."
            }
        }
    } else {
        switch $action {
            table  {showTable $model $objects}
            json   {showJson $model $objects}
            csv    {showCsv $model $objects}
            unlink {return [unlink $model $objects $options]}
            as     {return [showContents $objects $type]}
        }
    }
    return [expr {[llength $objects] ? 0 : [llength $::errors] ? 2 : 1}]
}

# A semaphore at 0 for which a call waits may be passed on in the next moment, and so may a
# lock. So we look twice: the model needs two looks to see that something has not changed.
proc look {model} {
    $model snapshot
    foreach object [concat [$model objects sem] [$model objects lock]] {
        set facts [$model get $object]
        if {[amount $facts] == 0 && [waiting $facts] ni {0 ?}} {
            after [expr {int(1000 * $::twice)}]
            $model snapshot
            return
        }
    }
}

# Keeps the reasons why some objects could not be looked at.
proc heed {event object detail} {
    set ::errors [dict values [dict get $detail errors]]
}

# Says that no object was found.
proc nothing {model options} {
    dict with options {}
    set what [join [lmap type [expr {$types eq "" ? $::posix_ipc::monitor::types : $types}] {
        dict get $::posix_ipc::families::shortNouns $type
    }] ", "]
    set what "no [regsub {, (\w+)$} $what { or \1}]"
    if {$pattern ne "*"} {
        append what " with a name like [printable $pattern]"
    }
    if {$isProblem} {
        append what " has a problem"
    } elseif {$isLeft && [llength [$model objects]]} {
        append what " was left: visible processes have all of them open"
    } else {
        append what " was found"
    }
    return $what
}

interp bgerror {} {apply {{message options} {fail [printable $message]}}}
try {
    set status [main $argv]
    flush stdout
} trap {POSIX EPIPE} {} {
    exit 2
} trap POSIX message - trap POSIXIPC message {
    fail [printable $message]
}
exit $status
