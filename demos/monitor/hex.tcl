# SPDX-License-Identifier: BSD-3-Clause
# The bytes of the chosen segment, as hexadecimal numbers and as text. Only visible
# bytes are read, so a segment of gigabytes costs no more than a small one. For
# each look the segment is opened and closed, so that the monitor does not become a
# holder. Bytes that changed since the last look are marked. On request each row is
# also decoded, by any type that "shm get" takes; a type longer than a row is
# decoded once, where the view begins.

namespace eval hex {
    variable text
    variable bar
    variable top 0          ;# the offset of the first row
    variable goto ""
    variable note ""
    variable last {0 ""}    ;# the last look: offset and bytes
    variable perRow 16
    variable columns 76     ;# the characters of a row of 16 bytes
    variable type ""        ;# the type by which the bytes are decoded, or ""
}

proc hex::build {frame} {
    variable text $frame.text
    variable bar $frame.y
    ttk::frame $frame
    ttk::frame $frame.foot
    text $frame.head -font MonitorBytes -wrap none -width 10 -height 1 -borderwidth 0 \
        -highlightthickness 1 -state disabled -takefocus 0 -cursor arrow
    text $text -font MonitorBytes -wrap none -width 10 -height 2 -state disabled \
        -borderwidth 0 -highlightthickness 1 -cursor arrow -takefocus 1
    ttk::scrollbar $bar -command hex::scroll
    ttk::scrollbar $frame.x -orient horizontal -command hex::scrollSideways
    $text configure -xscrollcommand [list tree::fitBar $frame.x]
    ttk::label $frame.foot.at -text "Go to"
    ttk::entry $frame.foot.goto -width 9 -textvariable hex::goto
    ttk::label $frame.foot.note -textvariable hex::note -style Faint.TLabel
    tooltip::add $frame.foot.goto "An offset such as 4096 or 0x1000, and Enter"
    ttk::label $frame.foot.as -text "Decode as"
    ttk::combobox $frame.foot.type -width 9 -textvariable hex::type \
        -values {"" int32 uint32 int64 double float int16 chars[16]}
    tooltip::add $frame.foot.type "A type of \"shm get\", such as int32, double or {id int32 name chars\[8\]}"
    bind $frame.foot.type <Return> hex::redraw
    bind $frame.foot.type <<ComboboxSelected>> hex::redraw
    grid $frame.foot.at $frame.foot.goto $frame.foot.as $frame.foot.type \
        -padx [list 0 [theme::px 4]]
    grid columnconfigure $frame.foot 4 -weight 1
    bind $frame.foot <Configure> {hex::placeNote %w}
    grid $frame.head - -sticky ew
    grid $text $bar -sticky nsew
    grid $frame.x -sticky ew
    grid $frame.foot - -sticky ew -pady [list [theme::px 3] 0]
    grid rowconfigure $frame 1 -weight 1
    grid columnconfigure $frame 0 -weight 1
    foreach part [list $frame.head $text] {
        theme::paintText $part
    }
    bind $frame.foot.goto <Return> hex::jump
    bind $text <Configure> hex::show
    bind $text <Button-1> {focus %W}
    foreach {key script} {
        <Up>    {hex::scroll scroll -1 units}  <Down> {hex::scroll scroll 1 units}
        <Prior> {hex::scroll scroll -1 pages}  <Next> {hex::scroll scroll 1 pages}
        <Home>  {hex::scroll moveto 0}         <End>  {hex::scroll moveto 1}
        <Button-4> {hex::scroll scroll -3 units}
        <Button-5> {hex::scroll scroll 3 units}
        <Left>  {hex::scrollSideways scroll -4 units}
        <Right> {hex::scrollSideways scroll 4 units}
        <Shift-Button-4> {hex::scrollSideways scroll -4 units}
        <Shift-Button-5> {hex::scrollSideways scroll 4 units}
    } {
        bind $text $key "$script; break"
    }
}

# The note is beside the fields, or below them if there is no room.
proc hex::placeNote {width} {
    variable text
    set foot [winfo parent $text].foot
    set fields 0
    foreach part {at goto as type} {
        incr fields [expr {[winfo reqwidth $foot.$part] + [theme::px 4]}]
    }
    if {$width - $fields >= [font measure TkDefaultFont "bytes 000000 to 000000 of 000000"]} {
        grid $foot.note -row 0 -column 4 -columnspan 1 -sticky ew
    } else {
        grid $foot.note -row 1 -column 0 -columnspan 5 -sticky ew
    }
}

# The heading scrolls with the bytes.
proc hex::scrollSideways {args} {
    variable text
    $text xview {*}$args
    [winfo parent $text].head xview moveto [lindex [$text xview] 0]
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
        lassign [look [lindex $object 1]] size bytes decoded
    } trap POSIXIPC {message options} {
        write ""
        set note [words::failure $message $options]
        return
    }
    write $bytes [changed $top $bytes] $decoded
    set last [list $top $bytes]
    set note "bytes $top to [expr {$top + [string length $bytes]}] of $size"
    moveBar $size
}

# Reads the visible bytes. Returns the size of the segment, and the bytes.
proc hex::look {name} {
    variable top
    set segment [posix_ipc::shm open $name -readonly 1]
    try {
        set size [$segment cget -size]
        keepInside $size
        set length [expr {min([page], $size - $top)}]
        return [list $size [$segment read $top $length] [decode $segment $length]]
    } finally {
        $segment destroy
    }
}

# The values that the chosen type has in the rows: a list of one text for each row.
# A type that is longer than a row is decoded once, at the first of them.
proc hex::decode {segment length} {
    variable type
    variable top
    variable perRow
    if {[string trim $type] eq ""} return
    try {
        set size [dict get [posix_ipc::layout $type] size]
    } trap POSIXIPC {message} {
        return [list [words::short $message]]
    }
    set rows {}
    for {set row 0} {$row < $length} {incr row $perRow} {
        set values {}
        set end [expr {min($row + max($size, $perRow), $size > $perRow ? $size : $length)}]
        for {set at $row} {$at + $size <= $end && $top + $at + $size <= [$segment cget -size]} {incr at $size} {
            lappend values [printable [$segment get [expr {$top + $at}] $type]]
        }
        lappend rows [words::short [join $values "  "]]
    }
    return $rows
}

proc hex::redraw {} {
    variable last {0 ""}
    show
}

# Above each byte the last digit of its offset, which all rows have in common.
proc hex::writeHead {} {
    variable text
    variable perRow
    variable type
    set head [winfo parent $text].head
    set digits ""
    for {set i 0} {$i < $perRow} {incr i} {
        append digits [format "%2x " $i]
    }
    set line "   offset  $digits [string range 0123456789abcdef 0 $perRow-1]  $type"
    if {[$head get 1.0 end-1c] ne $line} {
        $head configure -state normal
        $head delete 1.0 end
        $head insert end $line faint
        $head configure -state disabled
    }
}

# The width of the right side in which a row has 16 bytes.
proc hex::fullWidth {} {
    variable bar
    variable columns
    return [expr {$columns * [font measure MonitorBytes 0] + [winfo reqwidth $bar] + [theme::px 36]}]
}

# How many bytes are visible. A row has 16, or 8 if the window is narrow or
# their values need the room.
proc hex::page {} {
    variable text
    variable type
    variable perRow
    variable columns
    set room [expr {[winfo width $text] / [font measure MonitorBytes 0]}]
    set perRow [expr {$room >= ([string trim $type] eq "" ? $columns : 110) ? 16 : 8}]
    set rows [expr {[winfo height $text] / [font metrics MonitorBytes -linespace]}]
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

proc hex::write {bytes {marked {}} {decoded {}}} {
    variable text
    variable top
    variable perRow
    writeHead
    $text configure -state normal
    $text delete 1.0 end
    for {set i 0} {$i < [string length $bytes]} {incr i $perRow} {
        set row [string range $bytes $i [expr {$i + $perRow - 1}]]
        $text insert end [format %09llx [expr {$top + $i}]] faint "  [row $row]"
        set value [lindex $decoded [expr {$i / $perRow}]]
        $text insert end [expr {$value eq "" ? "\n" : "  $value\n"}] good
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

# The command of a scrollbar: "moveto fraction" or "scroll count units|pages".
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
        set note "\"[printable $goto]\" is not an offset, such as 4096 or 0x1000"
        return
    }
    set top $goto
    show
}
