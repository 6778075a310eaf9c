# SPDX-License-Identifier: BSD-3-Clause
# dashboard.tcl: a window with all objects in the system, their state
# and what looks wrong. Needs Tk: start it with wish.

package require Tk
package require posix_ipc::monitor

set table [ttk::treeview .table -columns {state holders problem}]
set titles {#0 Object state State holders Processes problem Problem}
foreach {column title} $titles {
    $table heading $column -text $title -anchor w
}
pack $table -fill both -expand 1

proc updateRow {model object} {
    lassign $object type name
    set facts [$model get $object]
    set keys {value size *messages published free}
    set state [dict filter $facts key {*}$keys]
    set pids [lmap one [$model holders $object] {lindex $one 0}]
    set why [lmap one [$model problems $object] {dict get $one text}]
    $::table item $object -values [list $state $pids [join $why "; "]]
}

proc show {model event object detail} {
    switch $event {
        appeared {
            $::table insert {} end -id $object -text [join $object]
            updateRow $model $object
        }
        changed - problem - solved {
            if {[$::table exists $object]} {updateRow $model $object}
        }
        vanished {$::table delete [list $object]}
    }
}

set model [posix_ipc::monitor new]
$model listen [list show $model]
$model start
