# SPDX-License-Identifier: BSD-3-Clause
# How the figure of an object changes: a line of small bars for a row of the
# tree, and how fast a queue fills.

namespace eval trend {
    variable bars {▁ ▂ ▃ ▄ ▅ ▆ ▇ █}
    variable width 12       ;# bars
    variable span 60        ;# seconds that they stand for
    variable window 10      ;# seconds over which a rate is taken
}

# The value at a time: that of the last sample before it. Samples are searched from the end, because
# only the last ones matter.
proc trend::values {samples times} {
    set values {}
    set i [expr {[llength $samples] - 1}]
    foreach time [lreverse $times] {
        while {$i > 0 && [lindex $samples $i 0] > $time} {
            incr i -1
        }
        if {$i < 0 || [lindex $samples $i 0] > $time} break
        lappend values [lindex $samples $i 1]
    }
    return [lreverse $values]
}

# The last minute as bars. The bars of a queue are relative to its limit, those of other objects to
# their highest value. If nothing changed, there is a plain line. The time before the monitor looked is
# left blank.
proc trend::line {object} {
    variable bars
    variable width
    variable span
    set samples [samples $object]
    if {![llength $samples]} {
        return ""
    }
    set step [expr {$span / double($width)}]
    set end [expr {ceil([clock milliseconds] / 1000.0 / $step) * $step}]
    set values [values $samples [lmap i {11 10 9 8 7 6 5 4 3 2 1 0} {expr {$end - $i * $step}}]]
    set top [expr {double(max(1, [model get $object maxmessages 0],
                              [tcl::mathfunc::max 0 {*}$values]))}]
    set text [string repeat " " [expr {$width - [llength $values]}]]
    if {[lindex $object 0] ne "mq" && [llength [lsort -unique $values]] <= 1} {
        return $text[string repeat ─ [llength $values]]
    }
    foreach value $values {
        append text [lindex $bars [expr {int(ceil(7 * $value / $top))}]]
    }
    return $text
}

# The change of the figure per second, over the last seconds; "" if that is
# not known yet.
proc trend::rate {object} {
    variable window
    set samples [model history $object]
    set now [lindex $samples end 0]
    if {[llength $samples] < 2 || $now - [lindex $samples 0 0] < 2} {
        return ""
    }
    set from [expr {max($now - $window, [lindex $samples 0 0])}]
    set before [values $samples [list $from]]
    return [expr {([lindex $samples end 1] - $before) / ($now - $from)}]
}

# "+1.5 a second, full in 20 s", for a queue or a ring that fills or empties; else "". A
# topic counts published messages, so its rate is exact.
proc trend::forecast {object} {
    set rate [rate $object]
    if {$rate eq "" || abs($rate) < 0.05} {
        return ""
    }
    switch [lindex $object 0] {
        topic     {return [format "%.1f a second, counted" $rate]}
        mq - ring {set text [format "%+.1f a second" $rate]}
        default   {return ""}
    }
    set depth [model get $object [objects::figure [lindex $object 0]] 0]
    set most [model get $object maxmessages ""]
    if {$rate > 0 && $most ne "" && $depth < $most} {
        append text ", full in [words::span [expr {ceil(($most - $depth) / $rate)}]]"
    } elseif {$rate < 0 && $depth > 0} {
        append text ", empty in [words::span [expr {ceil($depth / -$rate)}]]"
    }
    return $text
}

# The samples of an object as they are drawn. For a topic, the rate is drawn instead of
# the count: a rate holds until the sample at its end.
proc trend::samples {object} {
    set samples [model history $object]
    if {[lindex $object 0] ne "topic"} {
        return $samples
    }
    set rates {}
    foreach sample [lrange $samples 0 end-1] next [lrange $samples 1 end] {
        if {$next eq ""} break
        lassign $sample time count
        set seconds [expr {max(0.001, [lindex $next 0] - $time)}]
        lappend rates [lreplace $sample 1 1 [expr {max(0, ([lindex $next 1] - $count) / $seconds)}]]
    }
    if {[llength $rates]} {
        lappend rates [lreplace [lindex $samples end] 1 1 [lindex $rates end 1]]
    }
    return $rates
}
