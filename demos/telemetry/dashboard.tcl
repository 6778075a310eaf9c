#!/usr/bin/env wish
# SPDX-License-Identifier: BSD-3-Clause
# A window on a station (station.c), a program in C that keeps what its sensors
# measure in a struct in shared memory. The window follows without polling: it
# waits, in the event loop, for the sequence number to change.
#
#     dashboard.tcl ?name?          /telemetry by default

set here [file dirname [file normalize [info script]]]
source [file join [file dirname $here] load.tcl]
package require Tk
source [file join $here struct.tcl]

set shm [openStation $name]
wm title . "Telemetry: $name"
pack [canvas .c -width 640 -height 400 -background white] -fill both -expand 1
set history {}

# draw --
#
#       Each sensor has a strip: its name and value, its healthy range in gray, and the
#       last values as a line, red while there is an alarm.

proc draw {sensors} {
    set width [winfo width .c]
    set height [expr {[winfo height .c] / [llength $sensors]}]
    .c delete all
    set top 0
    foreach sensor $sensors {
        dict with sensor {
            dict lappend ::history $name $value
            set values [lrange [dict get $::history $name] end-199 end]
            dict set ::history $name $values
            set scale [expr {($high - $low) * 2}]
            set y [list apply {{top height low high scale value} {
                expr {$top + $height * (0.5 - ($value - ($low + $high) / 2) / $scale)}
            }} $top $height $low $high $scale]
            .c create rectangle 150 [{*}$y $high] $width [{*}$y $low] -fill gray92 -outline ""
            .c create text 10 [expr {$top + $height / 2}] -anchor w \
                -text [format "%s\n%.1f" $name $value] -fill [expr {$alarm ? "red" : "black"}]
            set line {}
            foreach value $values {
                lappend line [expr {150 + [llength $line] / 2 * ($width - 150) / 200.0}] [{*}$y $value]
            }
            if {[llength $values] > 1} {
                .c create line $line -width 2 -fill [expr {$alarm ? "red" : "steelblue"}]
            }
        }
        incr top $height
    }
}

# follow --
#
#       Draws the present values, and waits until the sequence number changes.

proc follow {args} {
    set now [$::shm get 0 $::station]
    draw [dict get $now sensors]
    $::shm wait $::offset [dict get $now sequence] -command follow
}
follow
