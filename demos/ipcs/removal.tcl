# SPDX-License-Identifier: BSD-3-Clause
# Removes what was found, after asking.

# Removes all that was found. Returns the exit status.
proc unlink {model objects options} {
    set objects [removable $model $objects $options]
    if {![llength $objects]} {
        return 1
    }
    showTable $model $objects
    if {![dict get $options yes]} {
        if {![isWanted $model $objects [dict get $options isLeft]]} {
            puts stderr "nothing was removed"
            return 1
        }
        set objects [stillLeft $model $objects $options]
    }
    set status 0
    foreach object $objects {
        lassign $object type name
        try {
            posix_ipc::$type unlink $name
            puts "removed $type [printable $name]"
        } trap POSIXIPC message {
            puts stderr [printable $message]
            set status 2
        }
        if {![isTerminal stdout]} {
            progress "removed" [incr done] [llength $objects]
        }
    }
    endProgress
    return $status
}

# With --left, objects of other users stay: only their owners and root can remove them.
proc removable {model objects options} {
    if {![dict get $options isLeft] || $::tcl_platform(user) eq "root"} {
        return $objects
    }
    return [lmap object $objects {
        set owner [fact [$model get $object] owner]
        if {$owner ne $::tcl_platform(user)} {
            puts stderr "kept [printable [join $object]]: it belongs to $owner"
            continue
        }
        set object
    }]
}

proc isWanted {model objects isLeft} {
    set isOne [expr {[llength $objects] == 1}]
    puts -nonewline "Remove [expr {$isOne ? "this name" : "these [llength $objects] names"}]? "
    if {!$isLeft} {
        puts -nonewline "A process that has it open keeps the object. "
    } elseif {[lsearch -not [lmap object $objects {isUnknown [$model get $object]}] 0] >= 0} {
        puts -nonewline "No visible process has [expr {$isOne ? "it" : "them"}] open, but [unseen $model]. "
    } else {
        puts -nonewline "No process has [expr {$isOne ? "it" : "them"}] open. "
    }
    puts -nonewline "(y/n) "
    flush stdout
    return [string match -nocase y* [string trimleft [gets stdin]]]
}

# The objects that nobody has opened since the question was asked.
proc stillLeft {model objects options} {
    if {![dict get $options isLeft]} {
        return $objects
    }
    $model snapshot
    return [lmap object $objects {
        if {![$model exists $object]} continue
        if {![isLeft $model $object]} {
            puts stderr "kept [printable [join $object]]: it has been opened meanwhile"
            continue
        }
        set object
    }]
}
