#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# Subscribes to the topic of publish.tcl, and reports when an alarm begins and ends. Any user who may read the topic can start
# as many of these as needed: a subscriber disturbs no other program.
#
#     alarms.tcl ?name?             /telemetry by default

source [file join [file dirname [file dirname [file normalize [info script]]]] load.tcl]

set name [expr {$argc ? [lindex $argv 0] : "/telemetry"}]
try {
    set topic [posix_ipc::topic open $name -readonly 1 -from latest -encoding utf-8]
} trap {POSIXIPC EXISTENTIAL} {message} {
    puts stderr "$message. Start demos/telemetry/publish.tcl first"
    exit 1
}
chan configure stdout -buffering line
set alarms {}
while {[lassign [$topic receive] now missed; expr {$now ne "end"}]} {
    if {$missed} {
        puts "$missed measurements were missed"
    }
    foreach sensor [dict get $now sensors] {
        dict with sensor {
            if {$alarm != [expr {$name in $alarms}]} {
                puts [format "%d: %s %.1f, %s" [dict get $now sequence] $name $value \
                    [expr {$alarm ? "an alarm" : "all is well again"}]]
                set alarms [expr {$alarm ? [concat $alarms $name] : [lsearch -all -inline -not -exact $alarms $name]}]
            }
        }
    }
}
