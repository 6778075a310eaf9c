# SPDX-License-Identifier: BSD-3-Clause
# snapshots.tcl --
#
#       How the model of monitor.tcl looks at the system. A snapshot is a
#       coroutine that runs in slices of the event loop and yields what listeners
#       must be told.

oo::define ::posix_ipc::monitor {

    # Snapshots ---------------------------------------------------------------

    method start {} {
        if {!$isRunning} {
            set isRunning 1
            my refresh
        }
        return
    }

    method stop {} {
        set isRunning 0
        set isWanted 0
        my GiveUp
        return
    }

    method running {} {
        return $isRunning
    }

    method refresh {} {
        set askedAt -Inf
        if {$walk eq ""} {
            my Wait 0 Begin
        } else {
            set isWanted 1
        }
        return
    }

    method snapshot {} {
        set askedAt -Inf
        my GiveUp
        my Open
        while {[set state [my Run Inf]] eq "more"} {}
        if {$state eq "done"} {
            my Finish
        }
        return
    }

    # Wait --
    #
    #       Calls a method from the event loop. There is one timer: for the next
    #       slice of a snapshot, or for the next snapshot.

    method Wait {milliseconds method} {
        after cancel $timer
        set timer [after $milliseconds [namespace code [list my $method]]]
    }

    method GiveUp {} {
        after cancel $timer
        if {$walk ne ""} {
            rename $walk ""
            set walk ""
        }
    }

    # Fail --
    #
    #       An error in a snapshot has ended its coroutine. The next snapshot is
    #       taken as scheduled; the error goes to the caller.

    method Fail {message failure} {
        set walk ""
        if {$isRunning} {
            my Wait [expr {int(1000 * [dict get $options -interval])}] Begin
        }
        return -options $failure $message
    }

    # Open, Begin, Slice, Finish --
    #
    #       A snapshot begins, continues until its slice is used up, and ends. The
    #       millisecond between two slices leaves time for idle callbacks, which
    #       draw the windows of Tk.

    method Open {} {
        set isWanted 0
        set startedAt [my Now]
        set longest 0.0
        set errors {}
        set walk [namespace current]::walk[incr serial]
        coroutine $walk my Walk
    }

    method Begin {} {
        my Open
        my Slice
    }

    method Slice {} {
        set end [expr {[my Now] + [dict get $options -slice]}]
        switch [my Run $end] {
            more {my Wait 1 Slice}
            done {my Finish}
        }
    }

    method Finish {} {
        rename $walk ""
        set walk ""
        set completed 1
        set seconds [expr {[my Now] - $startedAt}]
        if {$isWanted} {
            my Wait 0 Begin
        } elseif {$isRunning} {
            set rest [expr {[dict get $options -interval] - $seconds}]
            my Wait [expr {int(1000 * max($rest, 0))}] Begin
        }
        my Notify refreshed {} [dict create time $startedAt seconds $seconds \
            objects [array size facts] longest $longest errors $errors]
    }

    method Now {} {
        return [expr {[clock microseconds] / 1e6}]
    }

    # Run --
    #
    #       Continues the snapshot until a moment, or until it wants a slice of
    #       its own for the next step. Returns "more", "done", or "gone" if a
    #       listener has stopped the snapshot or destroyed the model.

    method Run {end} {
        set here [namespace current]
        set current $walk
        set begin [my Now]
        set outside 0.0
        set notice ""
        while {$notice ni {pause done} && [my Now] < $end} {
            if {[catch {$current} notice failure]} {
                return [my Fail $notice $failure]
            }
            if {[llength $notice] == 3} {
                set calledAt [my Now]
                my Notify {*}$notice
                if {![namespace exists $here] || $walk ne $current} {
                    return gone
                }
                set outside [expr {$outside + [my Now] - $calledAt}]
            }
        }
        set longest [expr {max($longest, [my Now] - $begin - $outside)}]
        return [expr {$notice eq "done" ? "done" : "more"}]
    }

    # Walk --
    #
    #       The body of the coroutine: one snapshot, in small steps. After each it
    #       yields "", "pause" before a longer step, or what listeners must be
    #       told.

    method Walk {} {
        yield
        set interval [dict get $options -holders]
        set isAsked [expr {$startedAt - $askedAt >= $interval && $interval < Inf
                           && [file isdirectory /proc/self]}]
        if {$isAsked} {
            set askedAt $startedAt
            set complete {}
            file stat /proc/self self
            set user $self(uid)
        }
        foreach type $::posix_ipc::families::all {
            yield pause
            try {
                my WalkType $type $isAsked
            } trap POSIXIPC {message} {
                dict set errors $type $message
            }
        }
        yield done
    }

    method WalkType {type isAsked} {
        set names {}
        if {$type in [dict get $options -types]} {
            set names [::posix_ipc::$type list [dict get $options -pattern]]
        }
        yield pause
        set held [expr {$isAsked && [llength $names] ? [my Held $type] : ""}]
        set done 0
        foreach name $names {
            my Look [list $type $name] $isAsked $held
            my Progress $type [incr done] [llength $names] $::posix_ipc::monitor::objectsAtOnce
        }
        yield pause
        foreach object [array names facts "$type *"] {
            if {$seenAt($object) != $startedAt} {
                my Forget $object
            }
            yield
        }
    }

    # Progress --
    #
    #       Yields, now and then with the progress.

    method Progress {what done total step} {
        if {$done % $step || $done == 0 || $done == $total} {
            yield
        } else {
            yield [list progress {} [dict create what $what done $done total $total]]
        }
    }

    # Held --
    #
    #       Which processes have which objects of a type open: a dict from
    #       name to holders. Collects the processes that the user may not
    #       examine.

    method Held {type} {
        set held {}
        set hidden {}
        set pids [glob -nocomplain -tails -directory /proc {[0-9]*}]
        set step $::posix_ipc::monitor::processesAtOnce
        for {set i 0} {$i < [llength $pids]} {incr i $step} {
            my Progress processes $i [llength $pids] [expr {16 * $step}]
            yield pause
            set some [lrange $pids $i [expr {$i + $step - 1}]]
            dict for {name holders} [::posix_ipc::$type holders -pids $some] {
                dict lappend held $name {*}$holders
            }
            foreach pid $some {
                if {[my IsHidden $pid]} {
                    lappend hidden $pid
                }
            }
        }
        yield pause
        return $held
    }

    # IsHidden --
    #
    #       Whether a process may have objects open that the user cannot see: then
    #       /proc/PID/maps cannot be opened. proc(5): the flags of a kernel thread
    #       have the bit 0x200000; such a thread, a zombie (Z) and a process that
    #       has ended meanwhile have nothing open.

    method IsHidden {pid} {
        try {
            close [open /proc/$pid/maps]
            return 0
        } trap {POSIX ENOENT} {} - trap {POSIX ESRCH} {} {
            return 0
        } trap POSIX {} {}
        try {
            set file [open /proc/$pid/stat]
            chan configure $file -translation binary
            set stat [read $file]
            close $file
        } trap POSIX {} {
            return 0
        }
        scan [string range $stat [string last ) $stat]+1 end] " %c %*d %*d %*d %*d %*d %lld" state flags
        return [expr {$state != 90 && !($flags & 0x200000)}]
    }

    # Look --
    #
    #       Looks at one object, if it is still there.

    method Look {object isAsked held} {
        lassign $object type name
        try {
            set now [::posix_ipc::$type info $name]
        } trap {POSIXIPC EXISTENTIAL ENOENT} {} {
            return
        } trap POSIXIPC {} {
            set now [dict create name $name type $type]
        }
        set seenAt($object) $startedAt
        set isNew [expr {![info exists facts($object)]}]
        set before [expr {$isNew ? "" : $facts($object)}]
        lappend now {*}[my Oldest $object $now $before]
        lappend now {*}[expr {$isAsked ? [my Processes $object $now $held]
                                       : [my Remembered $now $before]}]
        set isEarlier [expr {!$isNew || !$completed}]
        if {$isNew} {
            set facts($object) $now
            set samples($object) {}
            set begun($object) {}
            yield [list appeared $object $now]
        } elseif {$before ne $now} {
            set facts($object) $now
            yield [list changed $object [my Differing $before $now]]
        }
        my Sample $object
        my Judge $object $before $isEarlier
    }

    # Oldest --
    #
    #       The fact about the next message of a ring, as a key and a value. The
    #       token shows whether the message is still the same. If the ring is too
    #       busy for a look, the fact remains that of the last look.

    method Oldest {object state before} {
        if {![dict exists $state messages] || [dict get $state messages] == 0} return
        try {
            set seen [::posix_ipc::[lindex $object 0] peek [lindex $object 1] -bytes 0]
        } trap {POSIXIPC BUSY} {} {
            return [dict filter $before key oldest]
        } trap POSIXIPC {} return
        return [expr {[llength $seen] ? [list oldest [lrange [lindex $seen 0] 1 2]] : ""}]
    }

    # Processes, Remembered --
    #
    #       The facts about processes, as keys and values: Processes reads them
    #       now, Remembered returns them from the last look.

    method Processes {object state held} {
        lassign $object type name
        set known [my IsComplete $object $state]
        set words [list holdersKnown $known]
        if {[dict exists $held $name]} {
            lappend words holders [dict get $held $name]
        } elseif {$known} {
            lappend words holders {}
        }
        if {[my MayBlock $state]} {
            try {
                lappend words blocked [::posix_ipc::$type waiters $name]
            } trap POSIXIPC {} {}
        }
        return $words
    }

    method Remembered {state before} {
        set keys {holdersKnown holders}
        if {[my MayBlock $state]} {
            lappend keys blocked
        }
        set words {}
        foreach key $keys {
            if {[dict exists $before $key]} {
                lappend words $key [dict get $before $key]
            }
        }
        return $words
    }

    # IsComplete --
    #
    #       Whether every process that could have an object open was examined. That
    #       depends on the object's owner and mode, of which there are few
    #       combinations, and on the processes that could not be examined.

    method IsComplete {object state} {
        lassign $object type name
        set key [list $type]
        foreach fact {uid gid mode} {
            lappend key [expr {[dict exists $state $fact] ? [dict get $state $fact] : $name}]
        }
        if {![dict exists $complete $key]} {
            dict set complete $key [expr {[my CannotHold $object $hidden] && [my SeesAll $object]}]
        }
        return [dict get $complete $key]
    }

    # CannotHold, SeesAll --
    #
    #       CannotHold returns whether none of these processes could have an object
    #       open; SeesAll, whether /proc shows all processes, which does not change.
    #       Asking for that examines all processes in one go, so a "no", which may be
    #       due to a process that has just started, is checked again only after a
    #       while.

    method CannotHold {object pids} {
        try {
            ::posix_ipc::[lindex $object 0] holders [lindex $object 1] -pids $pids isComplete
            return $isComplete
        } trap POSIXIPC {} {
            return 0
        }
    }

    method SeesAll {object} {
        if {!$seesAll && $startedAt - $seesAllAt >= $::posix_ipc::monitor::recheckAfter} {
            set seesAllAt $startedAt
            yield pause
            try {
                ::posix_ipc::[lindex $object 0] holders [lindex $object 1] seesAll
            } trap POSIXIPC {} {}
            yield pause
        }
        return $seesAll
    }

    # MayBlock --
    #
    #       Whether a call could be waiting for an object: the object counts waiters,
    #       or a semaphore has no unit, or a queue has no message or no room. A topic
    #       does not report that.

    method MayBlock {state} {
        if {[dict exists $state waiters]} {
            return [expr {[dict get $state waiters] > 0}]
        } elseif {[dict exists $state value]} {
            return [expr {[dict get $state value] == 0}]
        } elseif {[dict exists $state currentmessages]} {
            return [expr {[dict get $state currentmessages] in [list 0 [dict get $state maxmessages]]}]
        }
        return [dict exists $state published]
    }

    # Forget --
    #
    #       An object has vanished, and its problems with it.

    method Forget {object} {
        set last $facts($object)
        foreach problem [my Reported $object] {
            my Solve $object $problem
        }
        unset facts($object) samples($object) begun($object) seenAt($object)
        yield [list vanished $object $last]
    }

    # Differing --
    #
    #       The keys that two dicts do not have in common, or not with the same
    #       value.

    method Differing {before after} {
        set keys {}
        foreach key [dict keys [dict merge $before $after]] {
            if {![dict exists $before $key] || ![dict exists $after $key]
                    || [dict get $before $key] ne [dict get $after $key]} {
                lappend keys $key
            }
        }
        return $keys
    }

    # Sample --
    #
    #       Adds a sample to the history. If three samples in a row are equal,
    #       the middle one is dropped.

    method Sample {object} {
        set sample [list $startedAt]
        foreach key [dict get $::posix_ipc::families::figures [lindex $object 0]] {
            if {![dict exists $facts($object) $key]} return
            lappend sample [dict get $facts($object) $key]
        }
        set values [lrange $sample 1 end]
        if {[llength $samples($object)] >= 2
                && [lrange [lindex $samples($object) end] 1 end] eq $values
                && [lrange [lindex $samples($object) end-1] 1 end] eq $values} {
            lset samples($object) end $sample
        } else {
            lappend samples($object) $sample
        }
        set excess [expr {[llength $samples($object)] - [dict get $options -history]}]
        if {$excess > 0} {
            set samples($object) [lrange $samples($object) $excess end]
        }
    }

    # unexamined --
    #
    #       How many of the visible processes could not be examined, at the last look.

    method unexamined {} {
        return [llength $hidden]
    }
}
