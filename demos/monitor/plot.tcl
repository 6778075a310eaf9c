# The history of the chosen object, drawn on a canvas: value, depth or size over
# time, with axes and units. A queue has its limit drawn in, and its bytes as a
# second line, with an axis of their own at the right.

namespace eval plot {
    variable canvas
    variable units {sem "units" shm "bytes" mq "messages"}
    variable area           ;# left, top, right, bottom of the plot; times
}

proc plot::build {frame} {
    variable canvas $frame.canvas
    ttk::frame $frame
    canvas $canvas -width 10 -height 10 -borderwidth 0 -highlightthickness 0
    pack $canvas -fill both -expand 1
    bind $canvas <Configure> plot::draw
    bind $canvas <<ThemeChanged>> plot::draw
}

proc plot::draw {} {
    variable canvas
    $canvas delete all
    $canvas configure -background [theme::colour field]
    set object [side::shown]
    if {$object eq "" || ![model exists $object]} return
    set samples [model history $object]
    if {![layOut $samples]} return
    set type [lindex $object 0]
    set limit [model get $object maxmessages ""]
    set scale [scale [concat $limit [lmap sample $samples {lindex $sample 1}]]]
    drawTimes
    drawAxis left $scale [list words::number] $type
    if {$type eq "mq"} {
        set scaleOfBytes [scale [lmap sample $samples {lindex $sample 2}]]
        drawAxis right $scaleOfBytes [list words::number] $type
        drawLine $samples 2 $scaleOfBytes second 1
        drawLimit $limit $scale
    }
    drawLine $samples 1 $scale accent 2
}

# Where the plot is on the canvas, and which times it shows. Returns whether
# there is anything to see, and room for it.
proc plot::layOut {samples} {
    variable canvas
    variable area
    if {[llength $samples] == 0} {
        return 0
    }
    set line [font metrics TkSmallCaptionFont -linespace]
    set margin [font measure TkSmallCaptionFont "0000000"]
    array set area [list line $line left $margin top [expr {1.6 * $line}] \
        right [expr {[winfo width $canvas] - $margin}] \
        bottom [expr {[winfo height $canvas] - 1.6 * $line}]]
    set area(end) [lindex $samples end 0]
    set area(start) [expr {min([lindex $samples 0 0], $area(end) - 10)}]
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
proc plot::scale {values} {
    variable area
    set most [tcl::mathfunc::max 1 {*}$values]
    set lines [expr {max(1, min(5, int(($area(bottom) - $area(top)) / $area(line) / 1.8)))}]
    set step [roundUp [expr {$most / double($lines)}]]
    return [dict create step $step top [expr {ceil($most / double($step)) * $step}]]
}

# The next of 1, 2, 5, 10, 20, 50 ...
proc plot::roundUp {number} {
    set power [expr {max(1, 10 ** int(floor(log10($number))))}]
    foreach factor {1 2 5 10} {
        if {$factor * $power >= $number} {
            return [expr {$factor * $power}]
        }
    }
}

# The parts of the picture ------------------------------------------------------

proc plot::drawAxis {side scale form type} {
    variable canvas
    variable area
    variable units
    set isLeft [expr {$side eq "left"}]
    set colour [theme::colour [expr {$isLeft ? "accent" : "second"}]]
    set anchor [expr {$isLeft ? "e" : "w"}]
    set gap [expr {$isLeft ? -4 : 4}]
    set unit [expr {$isLeft ? [dict get $units $type] : "bytes"}]
    $canvas create text $area($side) [expr {$area(line) * 0.6}] -fill $colour \
        -text $unit -font TkSmallCaptionFont -anchor [expr {$isLeft ? "w" : "e"}] \
        -tags unit
    set step [dict get $scale step]
    for {set value 0} {$value <= [dict get $scale top]} {incr value $step} {
        set y [y $value $scale]
        if {$isLeft} {
            $canvas create line $area(left) $y $area(right) $y \
                -fill [theme::colour line] -tags grid
        }
        $canvas create text [expr {$area($side) + $gap}] $y -fill $colour \
            -text [short $value] -font TkSmallCaptionFont -anchor $anchor
    }
}

# A number for an axis: 1500 is 1.46k, by powers of 1024 as sizes are.
proc plot::short {value} {
    if {$value < 10000} {
        return $value
    }
    lassign [words::size $value] number unit
    return $number[string range $unit 0 0]
}

proc plot::drawTimes {} {
    variable canvas
    variable area
    set span [expr {$area(end) - $area(start)}]
    set y [expr {$area(bottom) + $area(line) * 0.8}]
    foreach {part anchor} {0.0 w 0.5 center 1.0 e} {
        set x [x [expr {$area(start) + $part * $span}]]
        set ago [expr {round((1 - $part) * $span)}]
        $canvas create text $x $y -fill [theme::colour faint] -anchor $anchor \
            -font TkSmallCaptionFont -text [expr {$ago ? "$ago s ago" : "now"}]
    }
}

# Between two samples the value is that of the earlier.
proc plot::drawLine {samples index scale colour width} {
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
    $canvas create line $points -fill [theme::colour $colour] \
        -width [theme::px $width] -tags "curve curve$index"
}

proc plot::drawLimit {limit scale} {
    variable canvas
    variable area
    set y [y $limit $scale]
    $canvas create line $area(left) $y $area(right) $y -dash {6 4} \
        -fill [theme::colour bad] -tags limit
    $canvas create text [expr {$area(right) - 4}] [expr {$y + 2}] -anchor ne \
        -fill [theme::colour bad] -font TkSmallCaptionFont -text "limit $limit" \
        -tags limit
}
