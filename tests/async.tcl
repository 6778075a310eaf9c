# SPDX-License-Identifier: BSD-3-Clause
# async.tcl --
#
#       Helpers for tests of the event loop. A test file sources this after common.tcl.
#
#       loopUntil, loopFor      the event loop runs until something is true, or
#                               for a while in which nothing should happen
#       note                    a callback that keeps what it is called with
#       came, nextNote          what was kept
#       uptime                  a clock that nobody can set
#       catchBackground         keeps what goes to interp bgerror
#       asyncCalls              the calls that take -command, for loops over tests
#       subject                 makes one of them the subject of a test
#       do, scriptOf, start     parts of the subject: evaluated, as a script, and
#                               with callbacks
#       another, opening        the subject's object opened once more, here or elsewhere

# loopUntil, loopFor --
#
#       Run the event loop: until an expression in the caller's frame is true,
#       and for a number of milliseconds.

proc loopUntil {condition {milliseconds 60000}} {
    set end [expr {[clock milliseconds] + $milliseconds}]
    while {![uplevel 1 [list expr $condition]]} {
        if {[clock milliseconds] > $end} {
            error "the condition \"$condition\" did not become true in $milliseconds ms"
        }
        loopFor 1
    }
}

proc loopFor {milliseconds} {
    set over ::kept::over([incr kept::loops])
    after $milliseconds [list set $over 1]
    vwait $over
    unset $over
}

# note, came, forget --
#
#       note is for -command: it keeps its tag, the code, and the result or the errorCode. came
#       returns all notes; with a number, it first waits until there are that many. forget lets
#       outstanding notes come, and drops all.

namespace eval kept {
    variable notes {}
    variable errors {}
    variable loops 0
}

proc note {tag code result options} {
    lappend kept::notes [list $tag $code \
        [expr {$code ? [dict get $options -errorcode] : $result}]]
}

proc came {{count 0}} {
    loopUntil {[llength $kept::notes] >= $count}
    return $kept::notes
}

proc forget {} {
    update
    set kept::notes {}
    set kept::errors {}
}

# nextNote --
#
#       Waits for a note, in a loop that nothing else wakes in the next 20 s, and returns the
#       notes.

proc nextNote {} {
    set guard [after 20000 {}]
    set elapsed [seconds {vwait kept::notes}]
    after cancel $guard
    if {$elapsed > 15} {
        error "nothing woke the loop"
    }
    return $kept::notes
}

# catchBackground, releaseBackground --
#
#       Begin and end a test of errors in callbacks. In between, kept::errors collects their
#       messages and their options.

proc catchBackground {} {
    variable backgroundBefore [interp bgerror {}]
    interp bgerror {} {apply {{message options} {
        lappend kept::errors $message $options
    }}}
}

proc releaseBackground {} {
    variable backgroundBefore
    interp bgerror {} $backgroundBefore
}

# asyncCalls --
#
#       The calls that take -command. Each has the constraints of its tests and the
#       result of a call that succeeds.

set asyncCalls {
    acquire {}     {}
    receive queues {word 2}
    send    queues {}
}

# async::parts --
#
#       The parts of a test of a call, on the handle in the variable h. object is the object's
#       family and the options of open; block makes the call wait; call makes it; unblock ends the
#       wait of one call; leftover fails unless what unblock gave is still available to another
#       call. fetched runs no event loop; after it, the unit has been fetched for a call but not
#       delivered. (A message stays in its queue until it is delivered.)

namespace eval async {
    variable parts {
        acquire {
            object {sem}
            block {}
            call {$h acquire}
            unblock {$h release}
            leftover {$h acquire -timeout 0}
            fetched {waitUntil {![testConstraint semValue] || [$h cget -value] == 0}}
        }
        receive {
            object {mq}
            block {}
            call {$h receive}
            unblock {$h send word -priority 2}
            leftover {$h receive -timeout 0}
            fetched {}
        }
        send {
            object {mq -maxmessages 1}
            block {$h send full}
            call {$h send word}
            unblock {$h receive}
            leftover {$h send more -timeout 0}
            fetched {}
        }
    }
    variable subject {}
}

# subject --
#
#       Makes a call the subject of a test, by its name, and drops earlier notes. Returns a handle
#       of a new object, on which the call waits.

proc subject {call} {
    set async::subject [dict get $async::parts $call]
    set h [fresh {*}[dict get $async::subject object]]
    do block
    forget
    return $h
}

# do, scriptOf --
#
#       do evaluates a part of the subject in the caller's frame, with more words; scriptOf
#       returns it as a script, for another process or interpreter.

proc do {part args} {
    uplevel 1 [scriptOf $part {*}$args]
}

proc scriptOf {part args} {
    return "[dict get $async::subject $part] $args"
}

# another, opening --
#
#       another opens the object of a handle once more; opening returns a script that does so in
#       another process or interpreter, as h.

proc another {h} {
    return [posix_ipc::[lindex [dict get $async::subject object] 0] open [$h cget -name]]
}

proc opening {h} {
    return "set h \[posix_ipc::[lindex [dict get $async::subject object] 0] open [$h cget -name]\]"
}

# start --
#
#       Makes the subject's call a number of times, with more options. Their
#       callbacks note the numbers 1, 2 and so on. Returns the tokens.

proc start {count args} {
    set tokens {}
    for {set n 1} {$n <= $count} {incr n} {
        lappend tokens [uplevel 1 [scriptOf call {*}$args -command [list note $n]]]
    }
    return $tokens
}

# startTimed --
#
#       Makes a call with each of some timeouts, in seconds, and with that as its
#       tag. All calls are made within a number of milliseconds, less than the
#       difference of two timeouts, so the deadlines are in the order of the timeouts.
#       If a busy machine takes longer, the calls are canceled and made again.

proc startTimed {within args} {
    upvar 1 h h
    while 1 {
        set start [clock milliseconds]
        set tokens [lmap seconds $args {do call -timeout $seconds -command [list note $seconds]}]
        if {[clock milliseconds] - $start < $within} return
        foreach token $tokens {
            $h cancel $token
        }
        forget
    }
}

# Without epoll, the first queue that is watched starts a thread of the loop, and the first
# notification one of the C library. Both stay, so they are started before anything is counted.

if {[testConstraint queues]} {
    apply {{} {
        set mq [fresh mq]
        $mq notify -command {note notice 0 {}}
        $mq event readable [list apply {mq {note message 0 [$mq receive] {}}} $mq]
        $mq send word
        came 2
        drop $mq
        forget
    }}
}
if {[testConstraint procfs]} {
    resources::mark
}
