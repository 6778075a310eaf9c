# SPDX-License-Identifier: BSD-3-Clause
# The table, printed again at each interval.

proc watch {model options} {
    $model configure -interval [dict get $options seconds]
    $model listen [list redraw $model $options] refreshed
    $model start
    vwait forever
}

# A terminal shows one table at a time, as much of it as it has lines for.
proc redraw {model options event object detail} {
    lassign [screen] height
    set objects [chosen $model $options]
    set time [clock format [clock seconds] -format %T]
    set lines [table $model $objects]
    set errors [dict values [dict get $detail errors]]
    if {![llength $objects] && ![llength $errors]} {
        lappend lines [nothing $model $options]
    }
    lappend lines {*}[lmap message $errors {
        printable $message
    }]
    if {[llength $lines] > $height - 2} {
        set more [expr {[llength $lines] - ($height - 3)}]
        set lines [list {*}[lrange $lines 0 [expr {$height - 4}]] \
            [clipped "$more more: a pattern, --problems or --sort shows others" [lindex [screen] 1]]]
    }
    if {[isTerminal stdout]} {
        puts -nonewline "\x1b\[H[join [list $time {*}$lines ""] "\x1b\[K\n"]\x1b\[J"
    } else {
        puts [join [list $time {*}$lines ""] \n]
    }
    flush stdout
}
