# SPDX-License-Identifier: BSD-3-Clause
# forks.tcl --
#
#       The child processes that a player forks in its main thread with TclX: in a
#       call, a callback, a body of "with" or a trap. A child makes some calls, there
#       or after it has returned from there, and ends. Its parent waits for that.
#
#       forks::begin      processes can be forked from now on
#       forks::fork       forks a child, and judges how it ends
#       forks::isForked   whether this is a child
#       forks::live       the rest of a child's life
#       forks::release    before the process waits for events
#
#       The other threads of the parent rest meanwhile. Tcl and the sanitizer have
#       locks that fork(2) does not wait for: a child would wait forever for one that
#       another thread of its parent held. (tests/unix tests the package's own lock.)
#
#       Tcl 8.6 ends a process that has no descriptors for the pipe of its notifier,
#       and a child needs a new pipe. So the player reserves two descriptors.

namespace eval forks {
    variable thread ""      ;# the second one
    variable log            ;# of the calls
    variable ending ""      ;# of this process, where it was forked
    variable spare {}       ;# ends of a pipe
    variable mostCalls 20
    variable mostSeconds 10

    # The ways to end: the script, and the expected status.

    variable endings {
        exit    {{exit}             {EXIT 0}}
        kill    {{kill KILL [pid]}  {SIG SIGKILL}}
        program {{execl true}       {EXIT 0}}
    }
}

proc forks::begin {second file} {
    variable thread
    variable log $file
    if {[llength [info commands ::fork]]} {
        set thread $second
        tsv::array set forks [list mutex [thread::mutex create] changed [thread::cond create] isResting 0]
    }
}

proc forks::isForked {} {
    variable ending
    return [expr {$ending ne ""}]
}

# forks::fork --
#
#       Forks a process that lives here and now, or once its player has returned from
#       the current call.

proc forks::fork {} {
    variable thread
    if {$thread eq "" || [isForked]} return
    traps::defer Split
    if {![isForked]} return
    if {[calls::chance .5]} live
    if {$field::depth > 0} release
}

# forks::Split --
#
#       Forks a process, if there are descriptors. The parent waits for its end.

proc forks::Split {} {
    variable endings
    variable ending
    variable spare
    variable mostSeconds
    set chosen [calls::OneOf [dict keys $endings]]
    Calm
    if {[catch {resources::rest; chan pipe} pipe]} {
        Wake
        return
    }
    set id [::fork]
    if {$id == 0} {
        alarm $mostSeconds
        set spare $pipe
        set ending $chosen
        field::forked
    } else {
        Wake
        close [lindex $pipe 0]
        close [lindex $pipe 1]
        Judge $chosen [lrange [wait $id] 1 2]
    }
}

# forks::release --
#
#       Gives the reserved descriptors to Tcl's notifier.

proc forks::release {} {
    variable spare
    foreach end $spare {
        close $end
    }
    set spare {}
}

# forks::Calm, forks::Rest, forks::Wake --
#
#       Make the second thread rest, that is, wait without holding a lock, and wake
#       it. The mutex makes it wait.

proc forks::Calm {} {
    variable thread
    thread::mutex lock [tsv::get forks mutex]
    thread::send -async $thread forks::Rest
    while {![tsv::get forks isResting]} {
        thread::cond wait [tsv::get forks changed] [tsv::get forks mutex]
    }
}

proc forks::Rest {} {
    thread::mutex lock [tsv::get forks mutex]
    tsv::set forks isResting 1
    thread::cond notify [tsv::get forks changed]
    while {[tsv::get forks isResting]} {
        thread::cond wait [tsv::get forks changed] [tsv::get forks mutex]
    }
    thread::mutex unlock [tsv::get forks mutex]
}

proc forks::Wake {} {
    tsv::set forks isResting 0
    thread::cond notify [tsv::get forks changed]
    thread::mutex unlock [tsv::get forks mutex]
}

# forks::Judge --
#
#       Compares how a process ended, according to TclX, with how it should end. A
#       process that hangs ends by SIGALRM; one that a sanitizer has stopped, with a
#       status of its own.

proc forks::Judge {chosen status} {
    variable endings
    field::Count [list fork $chosen]
    if {$status ne [lindex [dict get $endings $chosen] 1]} {
        field::Fail "a forked process should end by $chosen, and ended with $status"
    }
}

# forks::live --
#
#       Makes some more calls, none of which can wait forever, serves events now and
#       then, and ends.

proc forks::live {} {
    variable mostCalls
    variable endings
    variable ending
    variable log
    for {set n [expr {int(rand() * $mostCalls)}]} {$n > 0} {incr n -1} {
        set call [expr {[calls::chance .2] ? "turn" : [calls::next]}]
        if {![calls::mayStay $call]} {
            puts $log [list $n forked $call]
            field::play $call 0
        }
    }
    field::Tell counts [field::take]
    traps::defer [lindex [dict get $endings $ending] 0]
}
