# resources.tcl --
#
#       What a process holds that it must give back.

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

# resources::mark, resources::changes --
#
#       Keep what is held now; tell what is held beyond that, and what is not
#       held any more: some other's descriptor may be what was closed.

proc resources::mark {} {
    variable before [now]
}

proc resources::changes {} {
    variable before
    set after [now]
    set changes {}
    foreach {word these those} [list left $after $before gone $before $after] {
        foreach held $these {
            if {$held ni $those} {
                lappend changes "$word: $held"
            }
        }
    }
    return $changes
}
