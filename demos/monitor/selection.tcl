# SPDX-License-Identifier: BSD-3-Clause
# The selection in the tree, by the pointer and by keys.

# The chosen objects.
proc tree::selected {} {
    variable tree
    return [lmap row [$tree selection] {
        if {[llength $row] < 2} continue
        set row
    }]
}

# Invisible objects are not chosen, so that nobody unlinks them unawares.
proc tree::dropHidden {} {
    variable tree
    set hidden [lmap object [selected] {
        if {$object in [$tree children [lindex $object 0]]} continue
        set object
    }]
    if {[llength $hidden]} {
        $tree selection remove $hidden
    }
}

proc tree::chosen {} {
    variable tree
    set objects [selected]
    set focus [$tree focus]
    if {[llength $objects] && ![unlink::isAsking $objects]} {
        side::showObject [expr {$focus in $objects ? $focus : [lindex $objects 0]}]
    }
}

# The menu of a row. The row is chosen first, unless it is one of several.
proc tree::popUp {x y rootX rootY} {
    variable tree
    set row [$tree identify row $x $y]
    if {[llength $row] != 2} return
    if {$row ni [$tree selection]} {
        goto $row
        chosen
    }
    tk_popup .context $rootX $rootY
}

proc tree::popUpHere {} {
    variable tree
    set box [$tree bbox [$tree focus]]
    if {$box ne ""} {
        lassign $box x y
        popUp $x $y [expr {[winfo rootx $tree] + $x}] [expr {[winfo rooty $tree] + $y}]
    }
}

proc tree::goto {row} {
    variable tree
    $tree selection set [list $row]
    $tree focus $row
    $tree see $row
}

proc tree::extend {step} {
    variable tree
    set rows [rows]
    set row [lindex $rows [expr {[lsearch -exact $rows [$tree focus]] + $step}]]
    if {$row ne ""} {
        $tree focus $row
        $tree see $row
        $tree selection add [list $row]
    }
}

proc tree::chooseAll {} {
    variable tree
    $tree selection set [concat {*}[lmap type [$tree children {}] {$tree children $type}]]
}

# Chooses an object now, or as soon as the model has seen it.
proc tree::choose {object} {
    variable wanted $object
    chooseWanted
}

proc tree::chooseWanted {} {
    variable tree
    variable wanted
    if {$wanted ne "" && [$tree exists $wanted] && [passes $wanted]} {
        goto $wanted
        set wanted ""
    }
}

proc tree::focus {} {
    variable tree
    if {[$tree focus] eq ""} {
        $tree focus sem
    }
    ::focus $tree
}

proc tree::focusFilter {} {
    .bar.filter selection range 0 end
    ::focus .bar.filter
}
