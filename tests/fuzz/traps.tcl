# traps.tcl --
#
#       The signals that a player traps in its main thread, by TclX: SIGUSR1, which
#       interrupts calls of the system, and SIGUSR2, after which they go on.
#
#       traps::begin        sets the traps, before there is a second thread
#       traps::allow        lets signals come while it evaluates a script
#       traps::defer        holds them back meanwhile
#       traps::areAllowed   whether they may come now
#
#       The handler of a trapped signal takes locks of Tcl: those of the notifier
#       and that of what is to be done later. In Tcl 8.6 it waits for ever for one
#       that the interrupted thread has. So signals come while calls are made and
#       callbacks run; not in the event loop itself, not while Tcl does what takes
#       these locks, and not in a second thread. They come some milliseconds apart,
#       for Tcl also takes a lock where it looks for what they have marked.
#
#       Expect's trap is left out: what Expect has made when it was loaded is a
#       leak at the end. Its handler does what TclX's does with -restart.

namespace eval traps {
    variable signals {}
    variable mode block

    # From a catch that Tcl has compiled, an error escapes where a trap comes just
    # when it was caught. It compiles none that is called by a variable.

    variable catch catch
}

# traps::begin --
#
#       TclX runs a trap in the interpreter that is at work, and that may be one that
#       Tcl is making just now.

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
