# SPDX-License-Identifier: BSD-3-Clause
# The tree of all objects, grouped by kind. An item's id is the object itself,
# {sem /jobs}. Events of the model change single cells; order and filter are
# applied at the end of a snapshot, to each group in one go.

namespace eval tree {
    # column, heading, width, anchor
    variable columns {
        amount  "Value"       92 e
        waiting "Waiting"     68 e
        holders "Open in"     68 e
        trend   "Last minute" 100 center
        trouble "Problem"     90 w
        owner   "Owner"       65 w
        mode    "Mode"        50 e
        changed "Changed"     75 e
    }
    # The columns by importance: if not all fit, the last are omitted.
    variable order {amount trouble waiting holders trend owner changed mode}
    variable leastName 150  ;# the least width of the name, at 96 dots an inch
    variable widestName 380 ;# its greatest width
    variable mostName 0     ;# the widest name, in pixels
    variable given -1       ;# the width that the name was given last
    variable heldUntil 0    ;# rows hold still until then, in milliseconds
    variable tree
    variable filter ""
    variable isStale 1      ;# order or filter must be applied
    variable timer ""
    variable vanished {}    ;# objects whose rows are to go
    variable wanted ""      ;# to be chosen when it appears
}

proc tree::build {frame} {
    variable columns
    variable tree $frame.list
    ttk::frame $frame
    ttk::treeview $tree -selectmode extended -height 5 \
        -columns [lmap {column - - -} $columns {set column}] \
        -yscrollcommand [list $frame.y set] -xscrollcommand [list tree::fitBar $frame.x]
    ttk::scrollbar $frame.y -command [list $tree yview]
    ttk::scrollbar $frame.x -orient horizontal -command [list $tree xview]
    grid $tree $frame.y -sticky nsew
    grid $frame.x -sticky ew
    grid rowconfigure $frame 0 -weight 1
    grid columnconfigure $frame 0 -weight 1

    setWidth #0 name 130
    foreach {column heading width anchor} $columns {
        $tree column $column -anchor $anchor
        setWidth $column $column $width
    }
    foreach type [model cget -types] {
        $tree insert {} end -id $type -open 1 -text [words::plural $type] -tags group
    }
    paint
    showOrder
    bind $tree <Configure> tree::fit
    bind $tree <Button-3> {tree::popUp %x %y %X %Y}
    bind $tree <Shift-F10> tree::popUpHere
    bind $tree <Menu> tree::popUpHere
    bind $tree <Motion> +tree::hold
    bind $tree <Leave> +tree::letGo
    bind $tree <<ThemeChanged>> tree::paint
    bind $tree <<TreeviewSelect>> tree::chosen
    bind $tree <Return> actions::focus
    bind $tree <Delete> unlink::show
    bind $tree <Control-a> tree::chooseAll
    bind $tree <Shift-Down> {tree::extend 1; break}
    bind $tree <Shift-Up> {tree::extend -1; break}
    bind $tree <Home> {tree::goto [lindex [tree::rows] 0]}
    bind $tree <End> {tree::goto [lindex [tree::rows] end]}
    trace add variable ::tree::filter write {apply {{args} {
        tree::letGo
        tree::arrangeSoon 50
    }}}
}

# The bar below is shown only if it is of use.
proc tree::fitBar {bar first last} {
    $bar set $first $last
    if {$first <= 0 && $last >= 1} {
        grid remove $bar
    } else {
        grid $bar
    }
}

proc tree::setWidth {column name width} {
    variable tree
    set kept [settings::get columns]
    if {[dict exists $kept $name]} {
        set width [dict get $kept $name]
    } else {
        set width [theme::px $width]
    }
    $tree column $column -width $width -stretch 0 -minwidth [theme::px 30]
}

# The widths that the user chose. The width of the name counts only if it differs
# from the one that the procedure fit has set.
proc tree::widths {} {
    variable tree
    variable columns
    variable given
    set widths {}
    if {[$tree column #0 -width] != $given} {
        lappend widths name [$tree column #0 -width]
    }
    foreach {column - - -} $columns {
        lappend widths $column [$tree column $column -width]
    }
    return $widths
}

# Shows the columns that have room beside the name, the most important first, and
# gives the name what is left, but no more than the longest one needs.
proc tree::fit {} {
    variable tree
    variable columns
    variable order
    variable leastName
    variable mostName
    variable widestName
    variable given
    set room [expr {[winfo width $tree] - [theme::px 4]}]
    if {$room < 10} return
    set shown {}
    set rest [expr {$room - [theme::px $leastName]}]
    foreach column $order {
        set width [$tree column $column -width]
        if {$width > $rest} break
        lappend shown $column
        incr rest -$width
    }
    set displayed [lmap {column - - -} $columns {
        if {$column ni $shown} continue
        set column
    }]
    if {$displayed ne [$tree cget -displaycolumns]} {
        $tree configure -displaycolumns $displayed
    }
    set wanted [expr {min($mostName, [theme::px $widestName]) - [theme::px $leastName]}]
    set width [expr {[theme::px $leastName] + max(0, min($rest, $wanted))}]
    if {$given < 0 && [dict exists [settings::get columns] name]} {
        set given 0
    } elseif {$width != $given && $given != 0} {
        $tree column #0 -width $width
        set given $width
        shortenNames
    }
}

# Long names get an ellipsis in the middle, because their ends distinguish
# them.
proc tree::shortenNames {} {
    variable tree
    foreach type [$tree children {}] {
        foreach object [$tree children $type] {
            set text [shortName $object]
            if {[$tree item $object -text] ne $text} {
                $tree item $object -text $text
            }
        }
    }
}

# Only a name that may be too long is measured: there may be thousands.
proc tree::shortName {object} {
    variable tree
    variable mostName
    set name [printable [lindex $object 1]]
    set indent [theme::px 40]
    set room [expr {[$tree column #0 -width] - $indent}]
    set most [expr {$room / [font measure TkDefaultFont W]}]
    if {[string length $name] <= $most} {
        return $name
    }
    set width [font measure TkDefaultFont $name]
    set mostName [expr {max($mostName, $width + $indent)}]
    if {$width <= $room} {
        return $name
    }
    set length [expr {min([string length $name], 2 * $room / [font measure TkDefaultFont n])}]
    set most [expr {[string length $name] * $room / $width}]
    for {set half [expr {min($length, $most) / 2}]} {$half > 1} {incr half -1} {
        set text [string range $name 0 $half-1]…[string range $name end-[expr {$half - 1}] end]
        if {[font measure TkDefaultFont $text] <= $room} break
    }
    return $text
}

proc tree::paint {} {
    variable tree
    $tree tag configure group -font TkHeadingFont
    $tree tag configure alarm -foreground [theme::color bad]
    $tree tag configure notice -foreground [theme::color warn]
}

# News of the model -------------------------------------------------------------

proc tree::heard {event object detail} {
    variable tree
    variable isStale
    variable vanished
    switch $event {
        appeared {
            if {![$tree exists $object]} {
                $tree insert [lindex $object 0] 0 -id $object -text [shortName $object]
                $tree detach [list $object]
            }
            touch $object
            arrangeSoon 300
        }
        changed - problem - solved {
            touch $object
        }
        vanished {
            lappend vanished $object
            set isStale 1
        }
        refreshed {
            if {$isStale} arrangeCalmly
            drawTrends
        }
    }
}

# Writes the cells of an object that have changed.
proc tree::touch {object} {
    variable tree
    variable isStale
    foreach {column text} [cells $object] {
        if {[$tree set $object $column] ne $text} {
            $tree set $object $column $text
            if {$column eq [settings::get sort]} {
                set isStale 1
            }
        }
    }
    set tags [tags $object]
    if {[$tree item $object -tags] ne $tags} {
        $tree item $object -tags $tags
    }
}

# The colors of a row: none if the user has muted the object.
proc tree::tags {object} {
    if {[problems::isMuted $object]} {
        return ""
    }
    return [lmap detail [problems::of $object] {
        expr {[advice::isAlarm [dict get $detail problem]] ? "alarm" : "notice"}
    }]
}

proc tree::cells {object} {
    set facts [model get $object]
    set cells [list amount [words::amount $facts] waiting [objects::waiters $facts] \
        holders [words::holders $facts] changed [changed $object]]
    foreach {column key form} {mode mode words::mode  owner owner printable} {
        set text ""
        if {[dict exists $facts $key]} {
            set text [$form [dict get $facts $key]]
        }
        lappend cells $column $text
    }
    set words [lmap detail [problems::of $object] {dict get $detail problem}]
    if {$words ne "" && [problems::isMuted $object]} {
        lappend words muted
    }
    lappend cells trouble [join $words ", "]
    return $cells
}

# When the object was last seen to change. The time of a queue's file follows its
# messages. The file of a segment or a semaphore does not show changes, because
# programs write to their mappings: for a semaphore, changes of its value were
# seen; for a segment, nothing.
proc tree::changed {object} {
    if {[lindex $object 0] eq "mq"} {
        set time [model get $object mtime ""]
        return [expr {$time eq "" ? "" : [words::time $time]}]
    }
    set time [seenChange $object]
    return [expr {$time eq "" ? "" : [words::time $time]}]
}

proc tree::seenChange {object} {
    set samples [model history $object]
    for {set i [expr {[llength $samples] - 1}]} {$i > 0} {incr i -1} {
        if {[lindex $samples $i 1] ne [lindex $samples $i-1 1]} {
            return [lindex $samples $i 0]
        }
    }
    return ""
}

# Draws the lines of the rows in sight, of which there are few.
proc tree::drawTrends {} {
    variable tree
    if {"trend" ni [$tree cget -displaycolumns]} return
    foreach object [inSight] {
        if {![model exists $object]} continue
        set line [trend::line $object]
        if {[$tree set $object trend] ne $line} {
            $tree set $object trend $line
        }
    }
}

proc tree::inSight {} {
    variable tree
    set rows {}
    set step [ttk::style lookup Treeview -rowheight]
    for {set y [expr {$step / 2}]} {$y < [winfo height $tree] + $step} {incr y $step} {
        set row [$tree identify row 5 $y]
        if {[llength $row] == 2 && $row ni $rows} {
            lappend rows $row
        }
    }
    return $rows
}
