# The bytes of the chosen segment, as hexadecimal numbers and as text. Only what
# is in sight is read, so a segment of gigabytes costs no more than a small one.
# For each look the segment is opened and closed again: the monitor does not
# become a holder of what it watches. Bytes that changed since the last look are
# marked.

namespace eval hex {
    variable text
    variable bar
    variable top 0          ;# the offset of the first row
    variable goto ""
    variable note ""
    variable last {0 ""}    ;# the last look: offset and bytes
    variable perRow 16
}

proc hex::build {frame} {
    variable text $frame.text
    variable bar $frame.y
    ttk::frame $frame
    ttk::frame $frame.foot
    text $text -font TkFixedFont -wrap none -width 10 -height 2 -state disabled \
        -borderwidth 0 -highlightthickness 1 -cursor arrow -takefocus 1
    ttk::scrollbar $bar -command hex::scroll
    ttk::label $frame.foot.at -text "Go to"
    ttk::entry $frame.foot.goto -width 12 -textvariable hex::goto
    ttk::label $frame.foot.note -textvariable hex::note -style Faint.TLabel
    tooltip::add $frame.foot.goto "An offset such as 4096 or 0x1000, and Enter"
    pack $frame.foot.at $frame.foot.goto -side left -padx [list 0 [theme::px 4]]
    pack $frame.foot.note -side left -fill x -expand 1
    pack $frame.foot -side bottom -fill x -pady [list [theme::px 3] 0]
    pack $bar -side right -fill y
    pack $text -side left -fill both -expand 1
    theme::paintText $text
    bind $frame.foot.goto <Return> hex::jump
    bind $text <Configure> hex::show
    bind $text <Button-1> {focus %W}
    foreach {key script} {
        <Up>    {hex::scroll scroll -1 units}  <Down> {hex::scroll scroll 1 units}
        <Prior> {hex::scroll scroll -1 pages}  <Next> {hex::scroll scroll 1 pages}
        <Home>  {hex::scroll moveto 0}         <End>  {hex::scroll moveto 1}
        <Button-4> {hex::scroll scroll -3 units}
        <Button-5> {hex::scroll scroll 3 units}
    } {
        bind $text $key "$script; break"
    }
}

proc hex::reset {} {
    variable top 0
    variable last {0 ""}
}

# One look ----------------------------------------------------------------------

proc hex::show {} {
    variable top
    variable last
    variable note
    set object [side::shown]
    if {[lindex $object 0] ne "shm" || ![side::isTab bytes] || [side::gone]} return
    try {
        lassign [look [lindex $object 1]] size bytes
    } trap POSIXIPC {message options} {
        write ""
        set note [words::failure $message $options]
        return
    }
    write $bytes [changed $top $bytes]
    set last [list $top $bytes]
    set note "bytes $top to [expr {$top + [string length $bytes]}] of $size"
    moveBar $size
}

# Reads what is in sight. Returns the size of the segment, and the bytes.
proc hex::look {name} {
    variable top
    set segment [posix_ipc::shm open $name -readonly 1]
    try {
        set size [$segment cget -size]
        keepInside $size
        set length [expr {min([page], $size - $top)}]
        return [list $size [$segment read $top $length]]
    } finally {
        $segment destroy
    }
}

# How many bytes are in sight. A row has 16, or 8 where the window is narrow, or
# 32 where it is wide.
proc hex::page {} {
    variable text
    variable perRow
    set columns [expr {[winfo width $text] / [font measure TkFixedFont 0]}]
    set perRow [expr {$columns >= 142 ? 32 : $columns >= 77 ? 16 : 8}]
    set rows [expr {[winfo height $text] / [font metrics TkFixedFont -linespace]}]
    return [expr {max(1, $rows) * $perRow}]
}

proc hex::keepInside {size} {
    variable top
    variable perRow
    set page [page]
    set last [expr {max(0, ($size + $perRow - 1) / $perRow * $perRow - $page)}]
    set top [expr {max(0, min($top, $last)) / $perRow * $perRow}]
}

# Which of the bytes differ from the last look, as indices.
proc hex::changed {offset bytes} {
    variable last
    lassign $last lastOffset lastBytes
    set first [expr {max(0, $lastOffset - $offset)}]
    set end [expr {min([string length $bytes],
        $lastOffset + [string length $lastBytes] - $offset)}]
    if {$first >= $end} return
    set shift [expr {$offset - $lastOffset}]
    if {[string range $bytes $first $end-1] eq
        [string range $lastBytes [expr {$first + $shift}] [expr {$end + $shift - 1}]]} return
    set indices {}
    for {set i $first} {$i < $end} {incr i} {
        if {[string index $bytes $i] ne [string index $lastBytes [expr {$i + $shift}]]} {
            lappend indices $i
        }
    }
    return $indices
}

# Writing -----------------------------------------------------------------------

proc hex::write {bytes {marked {}}} {
    variable text
    variable top
    variable perRow
    $text configure -state normal
    $text delete 1.0 end
    for {set i 0} {$i < [string length $bytes]} {incr i $perRow} {
        set row [string range $bytes $i [expr {$i + $perRow - 1}]]
        $text insert end [format %09llx [expr {$top + $i}]] faint "  [row $row]\n"
    }
    foreach i $marked {
        set line [expr {$i / $perRow + 1}]
        set column [expr {$i % $perRow}]
        set byte [expr {11 + 3 * $column}]
        set character [expr {11 + 3 * $perRow + 1 + $column}]
        $text tag add mark $line.$byte $line.[expr {$byte + 2}] \
            $line.$character $line.[expr {$character + 1}]
    }
    $text configure -state disabled
}

# The bytes of a row as numbers and as text, which has a dot for what ASCII
# cannot show.
proc hex::row {bytes} {
    variable perRow
    binary scan $bytes H* digits
    regsub -all {..} $digits {& } digits
    regsub -all {[^\x20-\x7e]} $bytes . characters
    return [format "%-*s %s" [expr {3 * $perRow}] $digits $characters]
}

# Moving ------------------------------------------------------------------------

proc hex::moveBar {size} {
    variable bar
    variable top
    set size [expr {double(max(1, $size))}]
    $bar set [expr {$top / $size}] [expr {min(1, ($top + [page]) / $size)}]
}

# What a scrollbar asks for: "moveto fraction" or "scroll count units|pages".
proc hex::scroll {how number {unit ""}} {
    variable top
    variable perRow
    if {$how eq "moveto"} {
        set size [model get [side::shown] size 0]
        set top [expr {int($number * $size) / $perRow * $perRow}]
    } else {
        incr top [expr {$number * ($unit eq "pages" ? [page] : $perRow)}]
    }
    show
}

proc hex::jump {} {
    variable goto
    variable top
    variable note
    if {![string is wideinteger -strict $goto] || $goto < 0} {
        set note "\"[printable $goto]\" is no offset: 4096 or 0x1000 would be"
        return
    }
    set top $goto
    show
}
