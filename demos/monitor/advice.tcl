# SPDX-License-Identifier: BSD-3-Clause
# Describes a problem in a sentence: the cause as far as it is known, and what
# can be done. The model gives the kind of a problem and when it began; the
# facts name the processes involved.

namespace eval advice {
    # problem: severity, 0 is the worst; sign; a word
    variable table {
        stuck     {0 "!!" "stuck"}
        abandoned {0 "!!" "abandoned"}
        full      {1 "!!" "full"}
        failing   {1 "!!" "failing"}
        filling   {2 "!"  "filling"}
        late      {2 "!"  "late"}
        orphaned  {3 "i"  "orphaned"}
        unclaimed {4 "?"  "unclaimed"}
    }
    variable ended          ;# object -> {pid name time}: who had it open, and ended
    array set ended {}
}

proc advice::severity {problem} {
    variable table
    return [lindex [dict get $table $problem] 0]
}

proc advice::sign {problem} {
    variable table
    return [lindex [dict get $table $problem] 1]
}

proc advice::isAlarm {problem} {
    return [expr {[severity $problem] <= 1}]
}

# Remembers the process that had an object open and has ended: others may be
# waiting for what it would have done.
proc advice::heard {event object detail} {
    variable ended
    variable holders
    switch $event {
        appeared - changed {
            set now [model holders $object]
            if {[info exists holders($object)] && $holders($object) ne $now} {
                foreach holder $holders($object) {
                    if {$holder ni $now && ![file exists /proc/[lindex $holder 0]]} {
                        set ended($object) [list {*}$holder [clock seconds]]
                    }
                }
            }
            set holders($object) $now
        }
        vanished {unset -nocomplain holders($object) ended($object)}
    }
}

# How long the problem has lasted: "at least" if it began before the monitor
# looked.
proc advice::span {detail} {
    set seconds [expr {max(0, round([clock milliseconds] / 1000.0 - [dict get $detail since]))}]
    return [expr {[dict get $detail earlier] ? "at least " : ""}][words::span $seconds]
}

proc advice::sentence {detail} {
    set object [dict get $detail object]
    if {![model exists $object]} {
        return [dict get $detail text]
    }
    set facts [model get $object]
    return "[printable [lindex $object 1]]: [[dict get $detail problem] $object $facts $detail]"
}

proc advice::stuck {object facts detail} {
    variable ended
    set count [objects::waiters $facts]
    set isLock [dict exists $facts owners]
    set text [expr {$isLock ? "[locks::owners $facts] has held it" : "it has been at 0"}]
    append text " for [span $detail], and [words::count $count call] [
        expr {$count == 1 ? "waits" : "wait"}] for it"
    append text [inBrackets [objects::lookup $facts blocked {}]]
    if {$isLock} {
        return "$text. See what its owner does. Only the owner can release it. When that process ends,\
            the others continue or get an error."
    }
    if {[info exists ended($object)]} {
        lassign $ended($object) pid command time
        append text "; process $pid ([printable $command]), which had it open, ended\
            at [words::time $time]"
    }
    return "$text. If nobody is going to release it, release it once to let the next one in."
}

proc advice::abandoned {object facts detail} {
    return "[locks::death $facts]. Repair what it protects, then take it over and release it:\
        until then nobody can acquire it without -takeover."
}

proc advice::full {object facts detail} {
    set count [llength [objects::lookup $facts blocked {}]]
    set text "it has been full for [span $detail] ([filled $facts])"
    if {$count} {
        append text ", and [words::count $count call] [expr {
            $count == 1 ? "waits" : "wait"}] to send[inBrackets [dict get $facts blocked]]"
    }
    return "$text. See whether its receiver still runs[openIn $facts]; receiving one\
        message here makes room for another."
}

proc advice::filling {object facts detail} {
    set text "it holds [filled $facts]"
    set forecast [trend::forecast $object]
    if {$forecast ne ""} {
        append text ", $forecast"
    }
    return "$text. See whether its receiver keeps up[openIn $facts]."
}

# The contents of a queue or a ring, in words.
proc advice::filled {facts} {
    if {[dict exists $facts maxmessages]} {
        return "[words::amount $facts] messages"
    }
    return "[words::count [dict get $facts messages] message], [words::size [dict get $facts bytes]] of\
        [words::size [dict get $facts size]]"
}

proc advice::late {object facts detail} {
    return "its next message has been the same for [span $detail], and it holds [filled $facts].\
        See whether its receiver still runs[openIn $facts]. Peek shows the message and leaves it there."
}

proc advice::failing {object facts detail} {
    set attempts [lindex [objects::lookup $facts oldest {- 0}] 1]
    return "its next message was taken [words::count $attempts time] and came back: its receivers[openIn $facts]\
        fail or die on it. Peek shows it; receiving it here takes it out of their way."
}

proc advice::orphaned {object facts detail} {
    return "no process has had it open for [span $detail]. If its programs have ended for\
        good, unlink it."
}

proc advice::unclaimed {object facts detail} {
    set count [model unexamined]
    set unseen [expr {$count ? "[words::count $count process es] could not be examined"
                             : "not all processes are visible from here"}]
    return "no visible process has had it open for [span $detail], and $unseen.\
        Unlink it only if you know that nobody uses it."
}

proc advice::inBrackets {processes} {
    return [expr {[llength $processes] ? ": [people::names $processes]" : ""}]
}

proc advice::openIn {facts} {
    set holders [objects::lookup $facts holders {}]
    return [expr {[llength $holders] ? " (open in [people::names $holders])" : ""}]
}
