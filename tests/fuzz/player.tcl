# SPDX-License-Identifier: BSD-3-Clause
# player.tcl SEED CALLS ?LOG? --
#
#       Makes random calls, the same ones for the same seed, in two fields: its own
#       and that of a second thread. If TclX is installed, it traps signals and forks
#       processes in its own field. LOG receives the last calls. At the end the process
#       must hold no more than it held at the beginning.
#
#       It reports on its output, in lines of a word and a text:
#           begun       it traps its signals, where it can
#           counts      outcomes of calls since the last such line
#           failed      something that must not happen
#           waits, woke around a call that may wait forever, with the thread
#           ended       it has finished

package require Tcl 8.6-
package require Thread

set here [file dirname [file normalize [info script]]]
source [file join $here calls.tcl]
source [file join $here field.tcl]
source [file join $here .. resources.tcl]
lassign $argv seed calls log

# startThread --
#
#       A second thread with a field of its own, once it has read all its files.

proc startThread {} {
    set thread [thread::create -joinable "
        set auto_path [list $::auto_path]
        [list source [file join $::here field.tcl]]
        thread::wait
    "]
    thread::send $thread {}
    return $thread
}

# left --
#
#       The resources that are held in addition to those of the beginning, once
#       everything that is about to end has ended.

proc left {before} {
    for {set n 0} {$n < 500} {incr n} {
        set left [lmap one [resources::now] {
            if {$one in $before} continue
            set one
        }]
        if {$left eq ""} break
        after 10
    }
    return $left
}

# write --
#
#       Writes a call to the log, which begins anew now and then.

proc write {log n place call} {
    if {$n % 5000 == 0} {
        chan truncate $log 0
        chan seek $log 0
    }
    puts $log [list $n $place $call]
}

# play --
#
#       Makes the calls, and reports them.

proc play {thread calls log} {
    for {set n 0} {$n < $calls} {incr n} {
        set call [calls::next]
        set mayStay [calls::mayStay $call]
        set place [expr {[calls::chance .2] ? "thread" : "own"}]
        write $log $n $place $call
        if {$place eq "own"} {
            field::play $call $mayStay
            if {[forks::isForked]} forks::live
        } else {
            thread::send -async $thread [list field::play $call $mayStay]
        }
        if {$n % 250 == 249} {
            field::Tell counts [field::take]
            field::Tell counts [thread::send $thread field::take]
        }
    }
    field::Tell counts [field::take]
    field::Tell counts [thread::send $thread field::take]
}

traps::begin
calls::trapped $traps::signals
field::Tell begun
set log [open [expr {$log eq "" ? "/dev/null" : $log}] w]
chan configure $log -buffering line -encoding utf-8
after 1 {set warm 1}
vwait warm
set before [resources::now]
expr {srand($seed)}
set thread [startThread]
forks::begin $thread $log
play $thread $calls $log
thread::send $thread field::end
field::end
thread::release $thread
thread::join $thread
set left [left $before]
if {$left ne ""} {
    field::Fail "still held: $left"
}
field::Tell ended
