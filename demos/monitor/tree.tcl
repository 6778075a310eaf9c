# The tree of all objects, grouped by kind. An item's id is the object itself,
# {sem /jobs}. News of the model change single cells; order and filter are
# applied at the end of a snapshot, to each group in one go.

namespace eval tree {
    # column, heading, width, anchor
    variable columns {
        amount  "Value"    70 e
        holders "Held by"  65 center
        trouble "Trouble"  75 w
        mode    "Mode"     50 w
        owner   "Owner"    60 w
        changed "Changed"  75 w
    }
    variable tree
    variable filter ""
    variable isStale 0      ;# order or filter are to be applied
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
    bind $tree <<ThemeChanged>> tree::paint
    bind $tree <<TreeviewSelect>> tree::chosen
    bind $tree <Return> actions::focus
    bind $tree <Delete> unlink::show
    bind $tree <Control-a> tree::chooseAll
    bind $tree <Shift-Down> {tree::extend 1; break}
    bind $tree <Shift-Up> {tree::extend -1; break}
    bind $tree <Home> {tree::goto [lindex [tree::rows] 0]}
    bind $tree <End> {tree::goto [lindex [tree::rows] end]}
    trace add variable ::tree::filter write {apply {{args} {tree::arrangeSoon 50}}}
}

# The bar below is there only where it is of use.
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
    $tree column $column -width $width -stretch [expr {$column eq "#0"}] \
        -minwidth [theme::px [expr {$column eq "#0" ? 130 : 30}]]
}

proc tree::widths {} {
    variable tree
    variable columns
    set widths [list name [$tree column #0 -width]]
    foreach {column - - -} $columns {
        lappend widths $column [$tree column $column -width]
    }
    return $widths
}

proc tree::paint {} {
    variable tree
    $tree tag configure group -font TkHeadingFont
    $tree tag configure alarm -foreground [theme::colour bad]
    $tree tag configure notice -foreground [theme::colour warn]
}

# News of the model -------------------------------------------------------------

proc tree::heard {event object detail} {
    variable tree
    variable isStale
    variable vanished
    switch $event {
        appeared {
            if {![$tree exists $object]} {
                $tree insert [lindex $object 0] 0 -id $object \
                    -text [printable [lindex $object 1]]
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
            if {$isStale} arrange
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
    set tags [lmap problem [split [$tree set $object trouble] ", "] {
        if {$problem eq ""} continue
        expr {$problem in {stuck full} ? "alarm" : "notice"}
    }]
    if {[$tree item $object -tags] ne $tags} {
        $tree item $object -tags $tags
    }
}

proc tree::cells {object} {
    set facts [model get $object]
    set cells [list amount [words::amount $facts]]
    foreach {column key form} {
        holders holders llength  mode mode words::mode
        owner owner printable changed mtime words::time
    } {
        set text ""
        if {[dict exists $facts $key]} {
            set text [$form [dict get $facts $key]]
        }
        lappend cells $column $text
    }
    lappend cells trouble \
        [join [lmap problem [model problems $object] {dict get $problem problem}] ", "]
    return $cells
}
