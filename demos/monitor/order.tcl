# SPDX-License-Identifier: BSD-3-Clause
# The tree's order, its filter and its scrolling position.

proc tree::arrangeSoon {milliseconds} {
    variable timer
    variable isStale 1
    if {$timer eq ""} {
        set timer [after $milliseconds tree::arrangeCalmly]
    }
}

# Rows do not move while the pointer moves over them, and for a moment longer, so
# that a click does not hit another row than intended.
proc tree::hold {} {
    variable heldUntil [expr {[clock milliseconds] + 1500}]
}

proc tree::letGo {} {
    variable heldUntil 0
    variable isStale
    if {$isStale} {
        arrangeSoon 50
    }
}

proc tree::arrangeCalmly {} {
    variable heldUntil
    variable timer
    set rest [expr {$heldUntil - [clock milliseconds]}]
    if {$rest <= 0} {
        arrange
    } else {
        after cancel $timer
        set timer [after $rest tree::arrangeCalmly]
    }
}

proc tree::arrange {} {
    variable tree
    variable timer
    variable mostName
    variable isStale 0
    after cancel $timer
    set timer ""
    set rows [rows]
    set top [lsearch -exact $rows [topRow]]
    deleteVanished
    foreach type [$tree children {}] {
        set objects [ordered [lmap object [model objects $type] {
            if {![passes $object]} continue
            set object
        }]]
        if {$objects ne [$tree children $type]} {
            $tree children $type $objects
        }
        set label "[words::plural $type] ([llength $objects])"
        if {$type eq "mq" && [objects::hidesQueues model]} {
            append label ", others hidden"
            set mostName [expr {max($mostName, [font measure TkHeadingFont $label] + [theme::px 40])}]
        }
        if {[$tree item $type -text] ne $label} {
            $tree item $type -text $label
        }
    }
    dropHidden
    fit
    if {$top >= 0} {
        keepAtTop [lrange $rows $top end] $top
    }
    chooseWanted
}

# Whether the filter lets an object through.
proc tree::passes {object} {
    variable tree
    variable filter
    if {![$tree exists $object]} {
        return 0
    }
    if {$filter eq ""} {
        return 1
    }
    if {[regexp {[*?]} $filter]} {
        return [string match -nocase $filter [lindex $object 1]]
    }
    set text "[lindex $object 1] [$tree set $object owner] [$tree set $object trouble]"
    return [expr {[string first [string tolower $filter] [string tolower $text]] >= 0}]
}

proc tree::ordered {objects} {
    set sort [settings::get sort]
    set order -[settings::get order]
    if {$sort eq "name"} {
        return [lsort -dictionary $order -index 1 $objects]
    }
    set keyed [lmap object $objects {list [sortKey $object $sort] $object}]
    return [lmap pair [lsort -dictionary $order -index 0 $keyed] {lindex $pair 1}]
}

# The sort key of an object: the fact behind the cell, if the text of the cell
# would sort wrongly.
proc tree::sortKey {object column} {
    variable tree
    switch $column {
        amount {
            return [model get $object [objects::figure [lindex $object 0]] ""]
        }
        changed {
            set type [lindex $object 0]
            return [expr {$type eq "mq" ? [model get $object mtime ""] : [seenChange $object]}]
        }
        default {return [$tree set $object $column]}
    }
}

proc tree::sortBy {column} {
    if {$column eq "trend"} return
    if {$column eq [settings::get sort]} {
        settings::put order [expr {[settings::get order] eq "increasing"
                                   ? "decreasing" : "increasing"}]
    } else {
        settings::put sort $column
        settings::put order increasing
    }
    showOrder
    arrange
}

proc tree::showOrder {} {
    variable tree
    variable columns
    set mark [expr {[settings::get order] eq "increasing" ? " ▲" : " ▼"}]
    foreach {column name heading anchor} [concat {#0 name "Name" w} \
            {*}[lmap {column heading - anchor} $columns {list $column $column $heading $anchor}]] {
        $tree heading $column -command [list tree::sortBy $name] -anchor $anchor \
            -text $heading[expr {$name eq [settings::get sort] ? $mark : ""}]
    }
}

proc tree::buildSortMenu {menu} {
    variable columns
    menu $menu -tearoff 0
    foreach {column heading} [concat {name "Name"} \
            {*}[lmap {column heading - -} $columns {list $column $heading}]] {
        if {$column eq "trend"} continue
        $menu add command -label $heading -command [list tree::sortBy $column]
    }
}

# Scrolling ---------------------------------------------------------------------

# The rows that are open, from the top.
proc tree::rows {} {
    variable tree
    set rows {}
    foreach type [$tree children {}] {
        lappend rows $type
        if {[$tree item $type -open]} {
            lappend rows {*}[$tree children $type]
        }
    }
    return $rows
}

# The row at the top of the visible part, or "" if the tree is not scrolled.
proc tree::topRow {} {
    variable tree
    if {[lindex [$tree yview] 0] == 0} {
        return ""
    }
    for {set y 1} {$y < [winfo height $tree]} {incr y 4} {
        set row [$tree identify row 5 $y]
        if {$row ne ""} break
    }
    return $row
}

# Scrolls so that the first of some rows that still exists is at the top again;
# number is the position that it had. Scrolls by rows, because the tree learns
# only later how many it has now.
proc tree::keepAtTop {candidates before} {
    variable tree
    set now -1
    foreach row [rows] {
        dict set place $row [incr now]
    }
    foreach row $candidates {
        if {[dict exists $place $row]} {
            $tree yview scroll [expr {[dict get $place $row] - $before}] units
            return
        }
    }
}

proc tree::deleteVanished {} {
    variable tree
    variable vanished
    $tree delete [lmap object $vanished {
        if {[model exists $object]} continue
        set object
    }]
    set vanished {}
}
