# SPDX-License-Identifier: BSD-3-Clause
# faults.tcl --
#
#       faults.tcl faults.so library pattern
#
#       Every call of the library to the C library fails once with each error that
#       it may have. For each scenario that matches the pattern, a process of its
#       own runs walk.tcl. With the pattern * or ?*, each call must occur in some
#       scenario, and only few cases may be unreachable. With the pattern *, or none,
#       the table of calls must list exactly the calls of the library, which a library
#       that counts coverage cannot pass.
#
#       Prints a line for each scenario and for each failed case, and the sums.

lassign $argv faults library pattern
set here [file dirname [info script]]
set patience 120        ;# seconds for a scenario
set unreachedMost 5     ;# percent of cases that may be missed, because threads differ in pace
load $faults Faults
source [file join $here scenarios.tcl]

set passed 0
set failed 0
set unreached 0
set tried {}            ;# a dict: call, errno, whether it has come

# report --
#
#       One more check that has failed.

proc report {what} {
    incr ::failed
    puts "FAIL  $what"
}

# checkTable --
#
#       Compares the table with the symbols that the library imports: nm(1).

proc checkTable {} {
    set known [list {*}[dict keys [fault::calls]] {*}[dict keys [fault::safe]]]
    set needed [lmap line [split [exec nm -D -u $::library] \n] {
        regsub {@.*} [lindex $line end] {}
    }]
    foreach {what names others} [list "not in the table" $needed $known "in the table alone" $known $needed] {
        foreach name $names {
            if {$name in $others} {
                incr ::passed
            } else {
                report "$name: $what"
            }
        }
    }
}

# The command that runs a scenario, depending on its -as.

set kinds {
    usual {}
    bare  {}
    plain {setpriv --bounding-set=-all --inh-caps=-all}
    full  {sh -euc {mount -t tmpfs -o size=16k,mode=1777 tmpfs /dev/shm; exec "$@"} full}
    tuned {sh -euc {echo 77 >/proc/sys/fs/mqueue/msg_max; echo 7 >/proc/sys/fs/mqueue/msg_default; exec "$@"} tuned}
}
dict set kinds mounted [list sh -euc {mount -t mqueue mqueue /mnt; exec "$@"} mounted {*}[dict get $kinds plain]]

# command --
#
#       The command that walks through a scenario, in namespaces of its own: the
#       fewer processes /proc has, the fewer calls are made.

proc command {name} {
    set kind [dict get $scenarios::all $name -as]
    return [list timeout -s KILL $::patience [file join $::here .. .. tools apart] {*}[dict get $::kinds $kind] \
        env LD_PRELOAD=$::faults [info nameofexecutable] [file join $::here walk.tcl] $::faults $::library $name]
}

# note --
#
#       Notes the outcome of one case. Returns whether the case was reached.

proc note {name call turn errno wrong} {
    if {$wrong eq "not reached"} {
        incr ::unreached
        return 0
    }
    dict set ::tried $call $errno 1
    if {$wrong eq ""} {
        incr ::passed
    } else {
        report "$name: $call, turn $turn, $errno: $wrong"
    }
    return 1
}

# walk --
#
#       Walks through a scenario. A process that does not finish counts as a
#       failure; its last line names the case.

proc walk {name} {
    set cases 0
    set ended ""
    set pipe [open |[list {*}[command $name] 2>@stderr] r]
    while {[gets $pipe line] >= 0} {
        set ended $line
        if {[llength $line] == 4} {
            incr cases [note $name {*}$line]
        }
    }
    if {[catch {close $pipe} message] || $ended ne "done" || $cases == 0} {
        report "$name: $message, in: $ended"
    }
    puts [format "%-22s %5d cases" $name $cases]
}

foreach name [dict keys $scenarios::all $pattern] {
    set need [dict get $scenarios::all $name -needs]
    if {$need eq "" || [dict exists [fault::calls] $need]} {
        walk $name
    } else {
        puts [format "%-22s left out: this library does not call %s" $name $need]
    }
}
if {$pattern in {* ""}} {
    checkTable
}
if {$pattern in {* ?*}} {
    foreach call [dict keys [fault::calls]] {
        if {![dict exists $tried $call]} {
            report "$call: no scenario calls it"
        }
    }
    if {$unreached * 100 > ($passed + $failed) * $unreachedMost} {
        report "more than $unreachedMost % of the cases were not reached"
    }
}
if {[dict size $tried] == 0 && $pattern ne ""} {
    report "no case of a scenario like $pattern"
}
set pairs 0
dict for {call errnos} $tried {
    incr pairs [dict size $errnos]
}
puts "[dict size $tried] calls, $pairs pairs of a call and an errno; not reached because of the pace of threads: $unreached"
puts "$passed passed, $failed failed"
exit [expr {$failed > 0}]
