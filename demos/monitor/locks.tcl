# SPDX-License-Identifier: BSD-3-Clause
# Locks. A grant belongs to a handle, so the handle with which this window has
# acquired a lock stays open until the lock is released here. Quitting releases
# it; a lock that was taken over and not released stays abandoned.

namespace eval locks {
    variable acquired       ;# object -> 1: the handle is kept for the grant alone
    array set acquired {}
}

# How many permits this window holds.
proc locks::held {object} {
    if {[lindex $object 0] ne "lock" || ![handles::isKept $object]} {
        return 0
    }
    try {
        return [[handles::kept $object] cget -held]
    } trap POSIXIPC {} {
        return 0
    }
}

# Whether nobody has held it since its owner died. Also true if that is not
# known.
proc locks::maybeAbandoned {object} {
    if {![model exists $object]} {
        return 0
    }
    set facts [model get $object]
    return [expr {![dict exists $facts free] || ([dict get $facts free] == 0 && [dict get $facts owners] eq "")}]
}

# The handle of a call that has acquired the lock.
proc locks::keep {object handle} {
    variable acquired
    if {![handles::isKept $object]} {
        set acquired($object) 1
    }
    handles::keep $object $handle
}

# Gives the grant back, before a handle is closed.
proc locks::giveUp {object} {
    variable acquired
    unset -nocomplain acquired($object)
    if {[held $object]} {
        set handle [handles::kept $object]
        catch {$handle release -abandon [expr {[$handle cget -abandoned] != 0}]}
    }
}

# The owners in words.
proc locks::owners {facts} {
    set commands [concat {*}[objects::lookup $facts holders {}]]
    set permits [dict get $facts permits]
    set named [lmap owner [lrange [dict get $facts owners] 0 2] {
        lassign $owner pid count
        set name [expr {$pid == [pid] ? "this window" : [people::name $pid [objects::lookup $commands $pid "process"]]}]
        string cat $name " (" $pid [expr {$count == $permits ? "" : ": $count"}] ")"
    }]
    if {[llength [dict get $facts owners]] > 3} {
        lappend named "[expr {[llength [dict get $facts owners]] - 3}] more"
    }
    return [expr {$named eq "" ? "nobody" : [join $named ", "]}]
}

# The process that died or gave up and so left the lock abandoned.
proc locks::death {facts} {
    set pid [dict get $facts abandoned]
    return [expr {$pid ? "process $pid died or gave up holding it" : "it was corrupt"}]
}

# Actions -----------------------------------------------------------------------

proc actions::acquirePermits {object} {
    if {[locks::held $object]} {
        throw {POSIXIPC DEADLOCK} "this window already holds it: release it first"
    }
    later $object {} acquire [value acquirePermits timeout] -permits [value acquirePermits permits]
}

proc actions::takeOver {object} {
    if {[locks::held $object]} {
        throw {POSIXIPC DEADLOCK} "this window already holds it: release it first"
    }
    set facts [model get $object]
    set cause [expr {[dict exists $facts abandoned] ? "[string totitle [locks::death $facts] 0 0]. " : ""}]
    confirm::ask $object "Take over the lock?" "${cause}What it protects may be half changed. This window then holds\
        it, with all permits, while you repair that. Once released, it is clean, and the\
        programs that use it trust the data." \
        "Take over" [list actions::attempt actions::takeOverNow $object]
}

# Another process may have taken it over meanwhile; then we do not wait.
proc actions::takeOverNow {object} {
    later $object {} acquire 0 -permits all -takeover 1
}

proc actions::releaseGrant {object} {
    if {![locks::held $object]} {
        throw {POSIXIPC PERMISSIONS} "this window does not hold it"
    }
    set how [value releaseGrant leave]
    [handles::kept $object] release -abandon [expr {$how eq "abandoned"}]
    tell $object good [expr {$how eq "abandoned" ? "released, and left abandoned" : "released"}]
    if {[info exists ::locks::acquired($object)]} {
        handles::close $object
    }
    applyStates
}

# The outcome of an acquire: the pid of the dead owner if the lock was taken over.
proc actions::acquired {object handle pid} {
    locks::keep $object $handle
    if {$pid ne "" && $pid > 0} {
        tell $object good "taken over from process $pid: repair what it protects, then release it"
    } elseif {$pid ne "" && [$handle cget -abandoned] == 0 && [$handle cget -held]} {
        tell $object good "acquired: it was not abandoned"
    } else {
        tell $object good "acquired: this window holds [words::count [$handle cget -held] permit]"
    }
    applyStates
}
