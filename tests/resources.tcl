# SPDX-License-Identifier: BSD-3-Clause
# resources.tcl --
#
#       The resources of a process that it must give back.

namespace eval resources {
    variable before
}

# resources::now --
#
#       What this process holds: open descriptors, mappings of IPC objects,
#       threads.

proc resources::now {} {
    set held {}
    foreach link [glob -nocomplain -directory /proc/self/fd *] {
        if {![catch {file readlink $link} target]} {
            lappend held "descriptor [file tail $link] $target"
        }
    }
    foreach task [glob -nocomplain -tails -directory /proc/self/task *] {
        lappend held "thread $task"
    }
    set maps [open /proc/self/maps]
    foreach line [split [read $maps] \n] {
        if {[regexp {/dev/shm/.*} $line object]} {
            lappend held "mapping [lindex $line 0] $object"
        }
    }
    close $maps
    return $held
}

# resources::rest --
#
#       Waits until all other threads of this process are asleep at the same
#       moment: anything that they had begun to end or to free is then finished.
#       Each is asleep at two looks, and has not run between them: proc(5).

proc resources::rest {} {
    while {[set look [Sleepers]] eq "" || [Sleepers] ne $look} {
        after 1
    }
}

# resources::Sleepers --
#
#       The other threads, with how often each was put to sleep; nothing if one of
#       them runs or ends.

proc resources::Sleepers {} {
    set sleepers [pid]
    foreach task [glob -directory /proc/self/task *] {
        if {[file tail $task] == [pid]} continue
        if {[catch {open $task/status} file]} {
            return
        }
        set isRead [expr {![catch {read $file} status]}]
        close $file
        if {!$isRead || ![regexp -line {^State:\s+S} $status]} {
            return
        }
        lappend sleepers $task [regexp -all -inline -line {ctxt_switches:.*$} $status]
    }
    return $sleepers
}

# resources::beyond --
#
#       Resources that are held now and were not before: sooner or later none, if
#       everything is given back. A thread that was about to end may have been
#       held before.

proc resources::beyond {before} {
    return [lmap held [now] {
        if {$held in $before} continue
        set held
    }]
}

# resources::mark, resources::changes --
#
#       mark keeps what is held now. changes returns what is held beyond that, and
#       which descriptors and mappings are no longer held, in case the wrong one
#       was closed.

proc resources::mark {} {
    variable before [now]
}

proc resources::changes {} {
    variable before
    set after [now]
    set changes {}
    foreach {word these those} [list left $after $before gone $before $after] {
        foreach held $these {
            if {$held ni $those && ($word eq "left" || ![string match "thread *" $held])} {
                lappend changes "$word: $held"
            }
        }
    }
    return $changes
}
