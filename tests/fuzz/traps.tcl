# SPDX-License-Identifier: BSD-3-Clause
# traps.tcl --
#
#       The signals that a player traps in its main thread with TclX: SIGUSR1, which
#       interrupts system calls, and SIGUSR2, after which they continue.
#
#       traps::begin        sets the traps, before there is a second thread
#       traps::allow        admits signals while it evaluates a script
#       traps::defer        holds them back meanwhile
#       traps::areAllowed   whether they are admitted now
#
#       The handler of a trapped signal takes locks of Tcl: that of the notifier and
#       that of asynchronous events. In Tcl 8.6 it waits forever for a lock that the
#       interrupted thread holds. So signals are admitted while calls are made and
#       callbacks run; not in the event loop, not while Tcl does what takes these
#       locks, and not in a second thread. They come some milliseconds apart, because
#       Tcl also takes a lock when it looks for asynchronous events.
#
#       Expect's trap is left out, because memory that Expect allocates when it is
#       loaded would count as a leak. Its handler does the same as that of TclX with
#       -restart.

namespace eval traps {
    variable signals {}
    variable mode block

    # An error can escape from a compiled catch if a trap comes just after the error
    # was caught. Tcl does not compile a catch that is called through a variable.

    variable catch catch
}

# traps::begin --
#
#       TclX runs a trap in the interpreter that is active, which may be one that Tcl
#       is just creating.

proc traps::begin {} {
    variable signals
    if {[catch {package require Tclx}]} return
    set signals {SIGUSR1 SIGUSR2}
    signal block $signals
    foreach {signal restart} {SIGUSR1 {} SIGUSR2 -restart} {
        signal {*}$restart trap $signal "if {\[llength \[info commands trapped]]} {trapped $signal}"
    }
}

proc traps::allow {script} {
    tailcall In unblock $script
}

proc traps::defer {script} {
    tailcall In block $script
}

proc traps::areAllowed {} {
    variable mode
    return [expr {$mode eq "unblock"}]
}

# traps::In --
#
#       Evaluates a script in the caller's frame with the signals blocked or not.

proc traps::In {how script} {
    variable mode
    set before $mode
    Change $how
    $traps::catch {uplevel 1 $script} result options
    Change $before
    dict incr options -level
    return -options $options $result
}

proc traps::Change {how} {
    variable signals
    variable mode $how
    if {$signals ne ""} {
        signal $how $signals
    }
}
