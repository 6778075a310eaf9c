# SPDX-License-Identifier: BSD-3-Clause
# The history of the chosen object, drawn on a canvas: value, depth or size over
# time, with axes and units. Keys and buttons choose the span of time; the pointer
# shows the values at a time. For a queue, its limit is drawn, and its bytes as a
# second line with an axis of its own at the right; other kinds have such a second
# figure too.

namespace eval plot {
    variable canvas
    # The units of the first and of the second figure, if they are not the names of the facts.
    variable units {
        sem "units"  shm "bytes"  mq {"messages" "bytes"}  lock {"permits free" "waiting"}
        topic {"a second" "bytes"}
    }
    variable spans {60 "1 min" 600 "10 min" 3600 "1 h"}
    variable span 60        ;# seconds that are seen
    variable samples {}     ;# those that are drawn
    variable area           ;# left, top, right, bottom of the plot; times
}

proc plot::build {frame} {
    variable canvas $frame.canvas
    ttk::frame $frame
    variable spans
    canvas $canvas -width 10 -height 10 -borderwidth 0 -highlightthickness 0
    ttk::frame $frame.spans
    foreach {seconds label} $spans {
        ttk::radiobutton $frame.spans.s$seconds -text $label -value $seconds \
            -variable plot::span -style Toolbutton -command plot::draw
        pack $frame.spans.s$seconds -side top -fill x
    }
    pack $frame.spans -side right -fill y
    pack $canvas -side left -fill both -expand 1
    bind $canvas <Motion> {plot::point %x}
    bind $canvas <Leave> {%W delete pointed}
    bind $canvas <Configure> plot::draw
    bind $canvas <<ThemeChanged>> plot::draw
}

proc plot::draw {} {
    variable canvas
    $canvas delete all
    $canvas configure -background [theme::color field]
    set object [side::shown]
    if {$object eq "" || ![model exists $object]} return
    variable units
    variable samples [recent [trend::samples $object]]
    if {![layOut $samples]} return
    lassign [dict get [dict merge $::posix_ipc::families::figures $units] [lindex $object 0]] first second
    set limit [model get $object maxmessages ""]
    set scale [scale [concat $limit [lmap sample $samples {lindex $sample 1}]] $first]
    drawTimes
    drawAxis left $scale $first
    if {$second ne ""} {
        set other [scale [lmap sample $samples {lindex $sample 2}] $second]
        drawAxis right $other $second
        drawLine $samples 2 $other second 1
    }
    if {$limit ne ""} {
        drawLimit $limit $scale
    }
    drawLine $samples 1 $scale accent 2
}

# The samples in the span, and the value with which it begins.
proc plot::recent {all} {
    variable span
    if {![llength $all]} return
    set start [expr {[lindex $all end 0] - $span}]
    set first [llength $all]
    while {$first > 0 && [lindex $all $first-1 0] > $start} {
        incr first -1
    }
    set seen [lrange $all $first end]
    if {$first > 0} {
        set seen [linsert $seen 0 [lreplace [lindex $all $first-1] 0 0 $start]]
    }
    return $seen
}

# Computes the place of the plot on the canvas, and the times that it shows.
# Returns whether there is anything to see, and room for it.
proc plot::layOut {samples} {
    variable canvas
    variable area
    variable span
    if {[llength $samples] == 0} {
        return 0
    }
    set line [font metrics TkSmallCaptionFont -linespace]
    set margin [font measure TkSmallCaptionFont "00000 KiB"]
    array set area [list line $line left $margin top [expr {1.6 * $line}] \
        right [expr {[winfo width $canvas] - $margin}] \
        bottom [expr {[winfo height $canvas] - 1.6 * $line}]]
    set area(end) [lindex $samples end 0]
    set area(start) [expr {$area(end) - $span}]
    return [expr {$area(right) > $area(left) + $margin
                  && $area(bottom) > $area(top) + $line}]
}

proc plot::x {time} {
    variable area
    return [expr {$area(left) + ($area(right) - $area(left))
        * ($time - $area(start)) / ($area(end) - $area(start))}]
}

# From 0 to top, in steps that are round numbers.
proc plot::y {value scale} {
    variable area
    return [expr {$area(bottom)
        - ($area(bottom) - $area(top)) * $value / double([dict get $scale top])}]
}

# A scale for values from 0 on: its step, and its end, which is a whole number
# of steps.
proc plot::scale {values {unit ""}} {
    variable area
    set most [tcl::mathfunc::max 1 {*}$values]
    set lines [expr {max(1, min(5, int(($area(bottom) - $area(top)) / $area(line) / 1.8)))}]
    set step [roundUp [expr {$most / double($lines)}] $unit]
    return [dict create step $step top [expr {ceil($most / double($step)) * $step}]]
}

# The next of 1, 2, 5, 10, 20, 50 ... or of bytes, the next power of 2, which is
# round in KiB and MiB too.
proc plot::roundUp {number unit} {
    if {$unit eq "bytes"} {
        return [expr {2 ** max(0, int(ceil(log($number) / log(2) - 1e-9)))}]
    }
    set power [expr {max(1, 10 ** int(floor(log10($number))))}]
    foreach factor {1 2 5 10} {
        if {$factor * $power >= $number} {
            return [expr {$factor * $power}]
        }
    }
}

# The parts of the picture ------------------------------------------------------

proc plot::drawAxis {side scale unit} {
    variable canvas
    variable area
    set isLeft [expr {$side eq "left"}]
    set color [theme::color [expr {$isLeft ? "accent" : "second"}]]
    set anchor [expr {$isLeft ? "e" : "w"}]
    set gap [expr {$isLeft ? -4 : 4}]
    $canvas create text $area($side) [expr {$area(line) * 0.6}] -fill $color \
        -text $unit -font TkSmallCaptionFont -anchor [expr {$isLeft ? "w" : "e"}] \
        -tags unit
    set step [dict get $scale step]
    for {set value 0} {$value <= [dict get $scale top]} {incr value $step} {
        set y [y $value $scale]
        if {$isLeft} {
            $canvas create line $area(left) $y $area(right) $y \
                -fill [theme::color line] -tags grid
        }
        $canvas create text [expr {$area($side) + $gap}] $y -fill $color \
            -text [inUnits $value $unit] -font TkSmallCaptionFont -anchor $anchor
    }
}

# A number for an axis. Bytes have the units of sizes (KiB, MiB); the steps are
# round in the unit of their scale.
proc plot::inUnits {value unit} {
    if {$unit eq "bytes"} {
        return [words::size $value]
    }
    return $value
}

# Clock times, at round distances.
proc plot::drawTimes {} {
    variable canvas
    variable area
    set span [expr {$area(end) - $area(start)}]
    set y [expr {$area(bottom) + $area(line) * 0.8}]
    set room [expr {($area(right) - $area(left)) / [font measure TkSmallCaptionFont "00:00:00   "]}]
    foreach step {1 2 5 10 15 30 60 120 300 600 900 1800 3600} {
        if {$span / $step <= $room} break
    }
    for {set time [expr {ceil($area(start) / $step) * $step}]} {$time <= $area(end)} {
        set time [expr {$time + $step}]
    } {
        set x [x $time]
        $canvas create line $x $area(bottom) $x [expr {$area(bottom) + 3}] -fill [theme::color line]
        $canvas create text $x $y -fill [theme::color faint] -anchor center -tags time \
            -font TkSmallCaptionFont -text [clock format [expr {int($time)}] -format %T]
    }
}

# Shows the values at the time under the pointer.
proc plot::point {x} {
    variable canvas
    variable area
    variable samples
    $canvas delete pointed
    if {![llength $samples] || ![info exists area(left)] || $x < $area(left) || $x > $area(right)} return
    set time [expr {$area(start) + ($area(end) - $area(start)) * double($x - $area(left))
                    / ($area(right) - $area(left))}]
    set at [lindex $samples 0]
    foreach sample $samples {
        if {[lindex $sample 0] > $time} break
        set at $sample
    }
    set text "[clock format [expr {int($time)}] -format %T]  [describe [lrange $at 1 end]]"
    set isRight [expr {$x > ($area(left) + $area(right)) / 2}]
    $canvas create line $x $area(top) $x $area(bottom) -fill [theme::color faint] -tags pointed
    $canvas create text [expr {$x + ($isRight ? -5 : 5)}] [expr {$area(top) + 2}] -text $text \
        -anchor [expr {$isRight ? "ne" : "nw"}] -fill [theme::color ink] \
        -font TkSmallCaptionFont -tags {pointed words}
}

proc plot::describe {values} {
    lassign $values first bytes
    switch [lindex [side::shown] 0] {
        sem   {return [words::count $first unit]}
        shm   {return "$first bytes"}
        lock  {return "[words::count $first permit] free, $bytes waiting"}
        topic {return "[format %.1f $first] a second, $bytes bytes"}
    }
    return "[words::count $first message], $bytes bytes"
}

# Between two samples, the value is that of the earlier one.
proc plot::drawLine {samples index scale color width} {
    variable canvas
    variable area
    set points {}
    foreach sample $samples {
        set x [x [lindex $sample 0]]
        if {[llength $points]} {
            lappend points $x $y
        }
        set y [y [lindex $sample $index] $scale]
        lappend points $x $y
    }
    lappend points $area(right) $y
    $canvas create line $points -fill [theme::color $color] \
        -width [theme::px $width] -tags "curve curve$index"
}

proc plot::drawLimit {limit scale} {
    variable canvas
    variable area
    set y [y $limit $scale]
    $canvas create line $area(left) $y $area(right) $y -dash {6 4} \
        -fill [theme::color bad] -tags limit
    $canvas create text [expr {$area(right) - 4}] [expr {$y + 2}] -anchor ne \
        -fill [theme::color bad] -font TkSmallCaptionFont -text "limit $limit" \
        -tags limit
}
