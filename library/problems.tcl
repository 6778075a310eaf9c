# SPDX-License-Identifier: BSD-3-Clause
# problems.tcl --
#
#       What the model of monitor.tcl concludes from its facts: which objects look
#       wrong, since when, and in which words. Judge is called for each object of a
#       snapshot, in its coroutine, and yields what listeners must be told.

oo::define ::posix_ipc::monitor {

    # Judge --
    #
    #       Reports new problems, and those that are solved. A problem may have
    #       begun earlier, if the object existed before the model looked, or if the
    #       fact from which the problem is concluded was not known before.

    method Judge {object before isEarlier} {
        set wrongNow [my Suspect $facts($object)]
        if {$wrongNow eq "" && $begun($object) eq ""} return
        foreach problem [dict keys $begun($object)] {
            set isPassedOn [my IsPassedOn $problem $before $facts($object)]
            if {$problem ni $wrongNow || $isPassedOn} {
                dict unset begun($object) $problem
            }
            if {$isPassedOn && $problem in [my Reported $object]} {
                my Solve $object $problem
            }
        }
        foreach problem $wrongNow {
            if {![dict exists $begun($object) $problem]} {
                dict set begun($object) $problem \
                    [list $startedAt [expr {$isEarlier && ![my WasKnown $before $problem]}]]
            }
        }
        set due [my Due $object]
        foreach problem [my Reported $object] {
            if {$problem ni $due} {
                my Solve $object $problem
            }
        }
        foreach problem $due {
            if {$problem ni [my Reported $object]} {
                my Report $object $problem
            } else {
                dict set wrong($object) $problem text [my Describe $facts($object) $problem]
            }
        }
    }

    # IsPassedOn, WasKnown --
    #
    #       IsPassedOn returns whether a problem is another one now, because a lock
    #       has other owners, or a ring another next message. WasKnown returns
    #       whether the fact from which a problem is concluded was known.

    method IsPassedOn {problem before now} {
        switch $problem {
            stuck          {set key owners}
            late - failing {set key oldest}
            default        {return 0}
        }
        return [expr {[dict exists $before $key] && [dict exists $now $key]
                      && [my WhoseTurn $key $before] ne [my WhoseTurn $key $now]}]
    }

    method WhoseTurn {key state} {
        set value [dict get $state $key]
        return [expr {$key eq "oldest" ? [lindex $value 0] : $value}]
    }

    method WasKnown {before problem} {
        foreach fact [dict get $::posix_ipc::monitor::concluded $problem] {
            if {[dict exists $before $fact]} {
                return 1
            }
        }
        return 0
    }

    # Suspect --
    #
    #       The states that are problems if they last. Unknown facts are not
    #       problems.

    method Suspect {state} {
        set problems {}
        if {[dict exists $state value]} {
            if {[dict get $state value] == 0 && [my IsAwaited $state]} {
                lappend problems stuck
            }
        } elseif {[dict exists $state owners]} {
            lappend problems {*}[my SuspectLock $state]
        } else {
            lappend problems {*}[my SuspectRoom $state] {*}[my SuspectOldest $state]
        }
        if {[dict exists $state holdersKnown]
                && (![dict exists $state holders] || [dict get $state holders] eq "")} {
            if {[dict get $state holdersKnown]} {
                lappend problems orphaned
            } elseif {[my IsOwn $state]} {
                lappend problems unclaimed
            }
        }
        return $problems
    }

    # SuspectLock --
    #
    #       A lock is abandoned if no permit is free and it has no owner. Calls that
    #       wait to be notified do not wait for its owner.

    method SuspectLock {state} {
        if {[dict get $state owners] eq ""} {
            return [expr {[dict get $state free] == 0 ? "abandoned" : ""}]
        }
        set blocked [expr {[dict exists $state blocked] ? [dict get $state blocked] : {}}]
        set waiting [llength [lsearch -all -index 2 $blocked wait]]
        return [expr {[dict get $state waiters] > $waiting ? "stuck" : ""}]
    }

    # SuspectRoom --
    #
    #       A ring is full if a sender waits: how much room is left depends on the length
    #       of its message.

    method SuspectRoom {state} {
        set isFull 0
        if {[dict exists $state currentmessages]} {
            set share [expr {[dict get $state currentmessages] / double([dict get $state maxmessages])}]
            set isFull [expr {$share >= 1}]
        } elseif {[dict exists $state messages]} {
            set share [my UsedShare $state]
            set isFull [expr {[dict exists $state blocked]
                              && [lsearch -index 2 [dict get $state blocked] send] >= 0}]
        } else {
            return
        }
        return [expr {$isFull ? "full" : $share >= [dict get $limits filling] ? "filling" : ""}]
    }

    # UsedShare --
    #
    #       The share of a ring's capacity that is certainly occupied: a message takes
    #       at least 24 bytes more than its length, which is not known for taken
    #       messages.

    method UsedShare {state} {
        dict with state {}
        return [expr {($bytes + 24 * ($messages + $taken)) / double($size)}]
    }

    # SuspectOldest --
    #
    #       The next message of a ring is late if it stays the next.

    method SuspectOldest {state} {
        if {![dict exists $state oldest]} return
        set attempts [lindex [dict get $state oldest] 1]
        return [list late {*}[expr {$attempts >= [dict get $limits failing] ? "failing" : ""}]]
    }

    # IsAwaited --
    #
    #       Whether a call waits for a semaphore. The count may include waiters that
    #       were killed; if all processes were examined, only threads that are really
    #       blocked count.

    method IsAwaited {state} {
        if {[dict exists $state blocked] && [dict get $state blocked] ne ""} {
            return 1
        }
        if {[dict exists $state blocked] && [dict exists $state holdersKnown]
                && [dict get $state holdersKnown]} {
            return 0
        }
        return [expr {[dict exists $state waiters] && [dict get $state waiters] > 0}]
    }

    # IsOwn --
    #
    #       Whether the user could remove an object, as its owner or as root.

    method IsOwn {state} {
        return [expr {$user == 0 || ([dict exists $state uid]
                                     && [dict get $state uid] == $user)}]
    }

    # Due --
    #
    #       The states that have lasted longer than their limit.

    method Due {object} {
        set due {}
        dict for {problem beginning} $begun($object) {
            if {$problem in {filling failing}
                    || $startedAt - [lindex $beginning 0] >= [dict get $limits $problem]} {
                lappend due $problem
            }
        }
        return $due
    }

    # Reported, Report, Solve --
    #
    #       Reported returns the problems of an object that the listeners know;
    #       Report adds one; Solve removes one.

    method Reported {object} {
        return [expr {[info exists wrong($object)]
                      ? [dict keys $wrong($object)] : {}}]
    }

    method Report {object problem} {
        lassign [dict get $begun($object) $problem] since isEarlier
        set detail [dict create object $object problem $problem since $since \
            earlier $isEarlier text [my Describe $facts($object) $problem]]
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
        set noun [dict get $::posix_ipc::families::shortNouns $type]
        set waits [my DescribeWaiters $state]
        set unseen [my DescribeUnseen]
        set held "at 0"
        if {[dict exists $state owners]} {
            set held "held by [my DescribeOwners $state]"
            set death [expr {$abandoned ? "process $abandoned died or gave up holding it" : "it was corrupt"}]
        } elseif {[dict exists $state messages]} {
            set attempts [expr {[dict exists $state oldest] ? [lindex $oldest 1] : 0}]
            set filled "$messages message[expr {$messages == 1 ? "" : "s"}], at least\
                [expr {int(100 * [my UsedShare $state])}] % of its room"
        } elseif {[dict exists $state currentmessages]} {
            set filled "$currentmessages of $maxmessages messages"
        }
        return [subst -nobackslashes [dict get $::posix_ipc::monitor::texts $problem]]
    }

    method DescribeWaiters {state} {
        set blocked [expr {[dict exists $state blocked] ? [dict get $state blocked] : {}}]
        set count [llength $blocked]
        if {[dict exists $state waiters]} {
            set count [expr {max($count, [dict get $state waiters])}]
        }
        set text [expr {$count == 1 ? "1 call waits for it" : "$count calls wait for it"}]
        set most $::posix_ipc::monitor::processesNamed
        set named [lmap thread [lrange $blocked 0 $most-1] {my DescribeProcess {*}[lrange $thread 0 1]}]
        if {[llength $blocked] > $most} {
            lappend named ...
        }
        return [expr {[llength $named] ? "$text: [join $named {, }]" : $text}]
    }

    # DescribeOwners --
    #
    #       The owners of a lock, by the names of the processes that have it open.

    method DescribeOwners {state} {
        set holders [expr {[dict exists $state holders] ? [concat {*}[dict get $state holders]] : {}}]
        set owners [lmap owner [dict get $state owners] {
            lassign $owner pid
            expr {[dict exists $holders $pid] ? [my DescribeProcess $pid [dict get $holders $pid]] : "process $pid"}
        }]
        set most $::posix_ipc::monitor::processesNamed
        if {[llength $owners] > $most} {
            set owners [list {*}[lrange $owners 0 $most-1] ...]
        }
        return [join $owners ", "]
    }

    method DescribeProcess {pid command} {
        return "[::posix_ipc::people::name $pid $command] ($pid)"
    }

    method DescribeUnseen {} {
        switch [llength $hidden] {
            0 {return "some processes are not visible, so they could not be examined"}
            1 {return "1 process could not be examined"}
        }
        return "[llength $hidden] processes could not be examined"
    }
}
