# snapshots.tcl --
#
#       How the model of monitor.tcl looks at the system: in snapshots, each of
#       them a coroutine that yields what listeners are to be told, in slices of
#       the event loop; and what it concludes.

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
    #       Has a method called from the event loop. There is one timer: for the
    #       next slice of a snapshot, or for the next snapshot.

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

    # Open, Begin, Slice, Finish --
    #
    #       A snapshot begins; goes on, until its slice is used up; and ends. Of
    #       the millisecond between two slices the idle callbacks have some, which
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
        set seconds [expr {[my Now] - $startedAt}]
        if {$isWanted} {
            my Wait 0 Begin
        } elseif {$isRunning} {
            set rest [expr {[dict get $options -interval] - $seconds}]
            my Wait [expr {int(1000 * max($rest, 0))}] Begin
        }
        my Tell refreshed {} [dict create time $startedAt seconds $seconds \
            objects [array size facts] longest $longest errors $errors]
    }

    method Now {} {
        return [expr {[clock microseconds] / 1e6}]
    }

    # Run --
    #
    #       Goes on with the snapshot until a moment, or until it wants a slice
    #       of its own for what comes next. Returns "more", "done", or "gone"
    #       where a listener has given it up, or destroyed the model.

    method Run {end} {
        set here [namespace current]
        set current $walk
        set begin [my Now]
        set outside 0.0
        set notice ""
        while {$notice ni {pause done} && [my Now] < $end} {
            set notice [$current]
            if {[llength $notice] == 3} {
                set told [my Now]
                my Tell {*}$notice
                if {![namespace exists $here] || $walk ne $current} {
                    return gone
                }
                set outside [expr {$outside + [my Now] - $told}]
            }
        }
        set longest [expr {max($longest, [my Now] - $begin - $outside)}]
        return [expr {$notice eq "done" ? "done" : "more"}]
    }

    # Walk --
    #
    #       The body of the coroutine: one snapshot, in small steps. After each it
    #       yields: "", "pause" before what takes longer, or what listeners are to
    #       be told.

    method Walk {} {
        yield
        set interval [dict get $options -holders]
        set isAsked [expr {$startedAt - $askedAt >= $interval && $interval < Inf
                           && [file isdirectory /proc/self]}]
        if {$isAsked} {
            set askedAt $startedAt
            file stat /proc/self self
            set user $self(uid)
        }
        foreach type {sem shm mq} {
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
        foreach name $names {
            my Look [list $type $name] $isAsked $held
            yield
        }
        yield pause
        foreach object [array names facts "$type *"] {
            if {$seenAt($object) != $startedAt} {
                my Forget $object
            }
            yield
        }
    }

    # Held --
    #
    #       Who has which objects of a type open: a dict from name to holders.

    method Held {type} {
        set held {}
        set pids [glob -nocomplain -tails -directory /proc {[0-9]*}]
        set step $::posix_ipc::monitor::processesAtOnce
        for {set i 0} {$i < [llength $pids]} {incr i $step} {
            yield pause
            set some [lrange $pids $i [expr {$i + $step - 1}]]
            dict for {name holders} [::posix_ipc::$type holders -pids $some] {
                dict lappend held $name {*}$holders
            }
        }
        yield pause
        return $held
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
        if {$isAsked} {
            lappend now holders \
                [expr {[dict exists $held $name] ? [dict get $held $name] : {}}]
        } elseif {!$isNew && [dict exists $facts($object) holders]} {
            lappend now holders [dict get $facts($object) holders]
        }
        if {$isNew} {
            set facts($object) $now
            set samples($object) {}
            set begun($object) {}
            yield [list appeared $object $now]
        } elseif {$facts($object) ne $now} {
            set before $facts($object)
            set facts($object) $now
            yield [list changed $object [my Differing $before $now]]
        }
        my Sample $object
        my Judge $object
    }

    # Forget --
    #
    #       An object has vanished, and its problems with it.

    method Forget {object} {
        set last $facts($object)
        foreach problem [my Told $object] {
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
    #       Adds a sample to the history. In the middle of three equal ones there
    #       is nothing to see.

    method Sample {object} {
        set sample [list $startedAt]
        foreach key [dict get $::posix_ipc::monitor::sampled [lindex $object 0]] {
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

    # What looks wrong --------------------------------------------------------

    # Judge --
    #
    #       Tells of problems that there are now, and of those that are solved.

    method Judge {object} {
        set wrongNow [my Suspect $facts($object)]
        if {$wrongNow eq "" && $begun($object) eq ""} return
        foreach problem [dict keys $begun($object)] {
            if {$problem ni $wrongNow} {
                dict unset begun($object) $problem
            }
        }
        foreach problem $wrongNow {
            if {![dict exists $begun($object) $problem]} {
                dict set begun($object) $problem $startedAt
            }
        }
        set due [my Due $object]
        foreach problem [my Told $object] {
            if {$problem ni $due} {
                my Solve $object $problem
            }
        }
        foreach problem $due {
            if {$problem ni [my Told $object]} {
                my Report $object $problem
            }
        }
    }

    # Suspect --
    #
    #       What would be a problem, if it stayed so. What is not known is none.

    method Suspect {state} {
        set problems {}
        set holders [expr {[dict exists $state holders]
                           ? [llength [dict get $state holders]] : -1}]
        if {[dict exists $state value]} {
            if {[dict get $state value] == 0 && $holders > 0} {
                lappend problems stuck
            }
        } elseif {[dict exists $state currentmessages]} {
            set most [dict get $state maxmessages]
            if {[dict get $state currentmessages] >= $most} {
                lappend problems full
            } elseif {[dict get $state currentmessages]
                      >= $most * [dict get $limits filling]} {
                lappend problems filling
            }
        }
        if {$holders == 0 && [my IsOwn $state]} {
            lappend problems left
        }
        return $problems
    }

    # IsOwn --
    #
    #       Whether an object belongs to the user: not all processes of others
    #       can be seen, but by root.

    method IsOwn {state} {
        return [expr {$user == 0 || ([dict exists $state uid]
                                     && [dict get $state uid] == $user)}]
    }

    # Due --
    #
    #       What has been so for longer than its limit.

    method Due {object} {
        set due {}
        dict for {problem since} $begun($object) {
            if {$problem eq "filling"
                    || $startedAt - $since >= [dict get $limits $problem]} {
                lappend due $problem
            }
        }
        return $due
    }

    # Told, Report, Solve --
    #
    #       The problems of an object that the listeners know of; one more; one
    #       less.

    method Told {object} {
        return [expr {[info exists wrong($object)]
                      ? [dict keys $wrong($object)] : {}}]
    }

    method Report {object problem} {
        set detail [dict create object $object problem $problem \
            since [dict get $begun($object) $problem] \
            text [my Describe $facts($object) $problem]]
        dict set wrong($object) $problem $detail
        yield [list problem $object $detail]
    }

    method Solve {object problem} {
        set detail [dict get $wrong($object) $problem]
        dict unset wrong($object) $problem
        if {$wrong($object) eq ""} {
            unset wrong($object)
        }
        yield [list solved $object $detail]
    }

    method Describe {state problem} {
        dict with state {}
        set processes [join [lmap holder [my holders [list $type $name]] {
            format {%2$s (%1$s)} {*}$holder
        }] ", "]
        return [subst -nobackslashes [dict get $::posix_ipc::monitor::texts $problem]]
    }
}
