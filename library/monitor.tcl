# SPDX-License-Identifier: BSD-3-Clause
# monitor.tcl --
#
#       The package posix_ipc::monitor: a model of what is in the system, for
#       views of every kind. It does not need Tk.
#
#           package require posix_ipc::monitor
#           set model [posix_ipc::monitor new -interval 0.5]
#           $model listen {apply {{event object detail} {
#               puts "$event $object"
#           }}} appeared vanished
#           $model start
#
#       A model takes snapshots from the event loop, in slices that end when their
#       time is used up, so that the loop is never held for long. It compares each
#       snapshot with the one before and notifies its listeners. An object is named
#       by a list of its type and its name: [list sem /jobs]. Its facts are the dict
#       of "info" and the following ones; facts that could not be read are missing:
#
#           holders       a list of {pid command}: the visible processes that have
#                         it open. Missing if none is visible but there may be some
#           holdersKnown  1 if there are no other holders, because every process that
#                         could have it open was examined; else 0
#           blocked       a list of {pid command operation}: the visible threads that
#                         wait for it. Looked for if "waiters" is not 0, or if it is
#                         unknown and threads may wait: for a semaphore at 0, and for
#                         an empty or a full queue
#           oldest        a list of {token attempts}: the next message of a ring, and
#                         how often it was taken. Missing if no message waits
#
#       Times are in seconds since 1970, with fractions; spans of time are in
#       seconds.
#
#       posix_ipc::monitor new ?-option value ...?
#       posix_ipc::monitor create command ?-option value ...?
#
#           -interval seconds   from the start of one snapshot to the start of the
#                               next (1.0)
#           -slice seconds      a slice ends when it has held the event loop for that
#                               long (0.005). Indivisible steps add to that: 7 ms at
#                               most were measured with 5,000 objects, 12 with 10,000
#           -history count      how many samples of an object are kept (300)
#           -holders seconds    the least time between two searches for holders and
#                               blocked threads, the most expensive part of a
#                               snapshot; 0: with each snapshot; Inf: never (2.0)
#           -types list         the families: sem, shm, mq, lock, ring, topic (all
#                               that the system has)
#           -pattern pattern    which names, as for string match (*)
#
#       $model configure ?-option ?value -option value ...??
#       $model cget -option
#           Work like chan configure. Changes take effect with the next snapshot.
#
#       $model start            takes a snapshot now, and then one each interval
#       $model stop             ends that, and abandons a snapshot that is in
#                               progress. What the model knows stays
#       $model running          whether the model takes snapshots
#       $model refresh          takes a snapshot now, including holders. If one is
#                               in progress, another follows it
#       $model snapshot         takes a snapshot before it returns, without the
#                               event loop: for scripts that look only once.
#                               Listeners are called as usual
#       $model destroy          like all methods, may be called from a listener
#
#       $model objects ?type?   the existing objects, sorted
#       $model exists object    whether an object exists
#       $model get object ?key ?default??
#                               its facts, or one of them. If a fact is unknown, the
#                               result is the default, or an error without one
#       $model history object   its samples, the oldest first: {time value} of a
#                               semaphore, {time size} of a segment,
#                               {time messages bytes} of a queue or a ring,
#                               {time free waiters} of a lock,
#                               {time published bytes} of a topic. Of equal
#                               samples in a row only the first and the last are
#                               kept, so the value between two is that of the
#                               earlier
#       $model holders object   its visible holders: a list of {pid command}, also
#                               empty if they are unknown
#       $model problems ?object?
#                               what looks wrong, the oldest first: a list of
#                               dicts with the keys
#                                   object   {sem /jobs}
#                                   problem  stuck, abandoned, full, filling, late,
#                                            failing, orphaned or unclaimed
#                                   since    when it began
#                                   earlier  1 if it began before the model first
#                                            looked, at an unknown time; else 0
#                                   text     a description in a sentence
#       $model limit ?problem ?value??
#                               the limit beyond which something is a problem.
#                               Returns all as a dict, or one, or sets one. Inf:
#                               never
#           stuck 10            for this number of seconds, a semaphore has been at 0,
#                               or a lock has been held by the same owners, while a
#                               process waited for it
#           abandoned 0         for this number of seconds, a lock has been abandoned,
#                               and no process has taken it over
#           full 0              for this number of seconds, a queue has been full, or
#                               a sender has waited for room in a ring
#           filling 0.8         this share of a queue or a ring is full
#           late 60             for this number of seconds, the same message has been
#                               the next one of a ring
#           failing 3           the next message of a ring has been taken this number
#                               of times, and has come back
#           orphaned 10         for this number of seconds, no process has had the
#                               object open, and every process was examined
#           unclaimed 10        for this number of seconds, no visible process has had
#                               the object open, and some could not be examined. Only
#                               for objects that the user could remove
#           left                the name of the last two in 1.0: sets both
#
#       $model listen prefix ?event ...?
#                               from now on calls {*}$prefix event object detail
#                               at these events, or at all; returns a token
#       $model unlisten token   ends that. An unknown token is ignored
#
#           event      detail
#           appeared   the facts
#           changed    the keys of the facts that have changed, appeared or vanished
#           vanished   the last facts; get and history no longer know the object
#           problem    a dict, as from problems
#           solved     the same dict, when the problem is over
#           progress   only for listeners that ask for it by name; object is {}.
#                      Now and then, in a snapshot of many objects or processes. A
#                      dict: what (a type, or processes), done and total, two counts
#           refreshed  object is {}: a snapshot is complete. A dict:
#                          time      when it began
#                          seconds   how long it took
#                          objects   how many objects there are
#                          longest   the longest time that it held the event loop,
#                                    in seconds, without listeners
#                          errors    a dict from type to message: why the objects
#                                    of a type could not be read
#
#       A listener is called at global level from the event loop. An error in it
#       goes to interp bgerror; the other listeners are still called.

package require Tcl 8.6-
package require posix_ipc
source [file join [file dirname [info script]] families.tcl]
source [file join [file dirname [info script]] people.tcl]

namespace eval ::posix_ipc::monitor {

    # The families that the system has.

    variable types $::posix_ipc::families::all
    if {![::posix_ipc::constants MESSAGE_QUEUES_SUPPORTED]} {
        set types [lsearch -all -inline -exact -not $types mq]
    }

    # The options: defaults, and what their values must be.

    variable options [list \
        -interval 1.0  -slice 0.005  -history 300  -holders 2.0 \
        -types $types  -pattern *]
    variable kinds {
        -interval positive  -slice positive  -history count  -holders number
        -types types  -pattern any
    }
    variable checks {
        positive {[string is double -strict $value] && $value > 0 && $value <= 1e9}
        number   {[string is double -strict $value] && $value >= 0}
        count    {[string is integer -strict $value] && $value > 0}
        types    {[string is list $value] && [lsearch -not [lmap type $value {
                  expr {$type in $::posix_ipc::families::all}}] 1] < 0}
        any      1
    }

    # The problems: their limits, and their descriptions, in which the facts
    # of the object are substituted.

    variable limits {
        stuck 10 abandoned 0 full 0 filling 0.8 late 60 failing 3 orphaned 10 unclaimed 10
    }
    variable texts {
        stuck     {the $noun $name stays $held, and $waits}
        abandoned {$name is abandoned: $death; repair what it protects, then take it over}
        full      {the $noun $name is full: $filled}
        filling   {the $noun $name is filling: $filled}
        late      {nobody receives the next message of the $noun $name: $filled}
        failing   {the next message of the $noun $name was taken $attempts times and came back}
        orphaned  {no process has $name open}
        unclaimed {no visible process has $name open; $unseen}
    }

    # The facts from which each problem is concluded; one of them suffices.

    variable concluded {
        stuck {value owners}  abandoned abandoned
        full {currentmessages messages}  filling {currentmessages messages}
        late messages  failing messages
        orphaned holdersKnown  unclaimed holdersKnown
    }

    variable events {appeared changed vanished problem solved progress refreshed}

    # How many processes are examined in one go, how often progress is reported,
    # and how many processes a sentence names.

    variable processesAtOnce 16
    variable objectsAtOnce 256
    variable processesNamed 5

    # For how many seconds the answer to whether all processes can be seen is kept.

    variable recheckAfter 60
}

oo::class create ::posix_ipc::monitor {
    variable options limits     ;# dicts, by name
    variable facts              ;# object -> dict
    variable samples            ;# object -> list
    variable begun              ;# object -> dict: problem -> {since earlier}
    variable wrong              ;# object -> dict of what listeners were told
    variable seenAt             ;# object -> the last snapshot that it was in
    variable listeners          ;# token -> {prefix events}
    variable isRunning
    variable isWanted           ;# one more snapshot, after the one under way
    variable walk               ;# the coroutine of that one, or ""
    variable timer              ;# of the next slice, or ""
    variable serial             ;# numbers coroutines and tokens
    variable askedAt            ;# when holders were asked for last
    variable user               ;# who has asked
    variable startedAt          ;# the snapshot under way
    variable longest            ;# of its slices
    variable errors             ;# of its lists
    variable completed          ;# whether a snapshot with these types and pattern is
    variable hidden             ;# the processes that could not be examined
    variable complete           ;# {type uid gid mode} -> whether all were that could
    variable seesAll            ;# whether /proc shows all processes
    variable seesAllAt          ;# when that was asked

    constructor {args} {
        set options $::posix_ipc::monitor::options
        set limits $::posix_ipc::monitor::limits
        foreach array {facts samples begun wrong seenAt} {
            array set $array {}
        }
        set listeners {}
        set isRunning 0
        set isWanted 0
        set walk ""
        set timer ""
        set serial 0
        set askedAt -Inf
        set completed 0
        set hidden {}
        set complete {}
        set seesAll 0
        set seesAllAt -Inf
        my configure {*}$args
    }

    destructor {
        my GiveUp
    }

    # Settings ----------------------------------------------------------------

    method cget {name} {
        my CheckName option $name $options
        return [dict get $options $name]
    }

    method configure {args} {
        if {[llength $args] == 0} {
            return $options
        }
        if {[llength $args] == 1} {
            return [my cget {*}$args]
        }
        if {[llength $args] % 2} {
            my FailUsage configure "?-option ?value -option value ...??"
        }
        foreach {name value} $args {
            my CheckName option $name $options
            my CheckValue $name $value \
                [dict get $::posix_ipc::monitor::kinds $name]
        }
        if {[dict exists $args -types] || [dict exists $args -pattern]} {
            set completed 0
        }
        set options [dict merge $options $args]
        return
    }

    method limit {args} {
        lassign $args name value
        if {[llength $args] > 2} {
            my FailUsage limit "?problem ?value??"
        }
        if {[llength $args] == 0} {
            return $limits
        }
        set names $name
        if {$name eq "left"} {
            set names {orphaned unclaimed}
        }
        my CheckName limit [lindex $names 0] $limits
        if {[llength $args] == 1} {
            return [dict get $limits [lindex $names 0]]
        }
        my CheckValue $name $value number
        foreach name $names {
            dict set limits $name $value
        }
        return
    }

    method CheckName {what name table} {
        if {![dict exists $table $name]} {
            my FailName $what $name [dict keys $table]
        }
    }

    method CheckValue {name value kind} {
        if {![expr [dict get $::posix_ipc::monitor::checks $kind]]} {
            throw {POSIXIPC VALUE} "bad value \"$value\" for $name"
        }
    }

    method FailName {what name names} {
        throw [list TCL LOOKUP INDEX $what $name] "bad $what \"$name\":\
            must be [join [lrange $names 0 end-1] ", "], or [lindex $names end]"
    }

    method FailUsage {method usage} {
        throw {TCL WRONGARGS} \
            "wrong # args: should be \"[self] $method $usage\""
    }

    # What is known -----------------------------------------------------------

    method objects {{type *}} {
        return [lsort [array names facts "$type *"]]
    }

    method exists {object} {
        return [info exists facts($object)]
    }

    method get {object args} {
        my CheckObject $object
        if {[llength $args] > 2} {
            my FailUsage get "object ?key ?default??"
        }
        if {[llength $args] == 2
                && ![dict exists $facts($object) [lindex $args 0]]} {
            return [lindex $args 1]
        }
        return [dict get $facts($object) {*}[lrange $args 0 0]]
    }

    method history {object} {
        my CheckObject $object
        return $samples($object)
    }

    method holders {object} {
        return [my get $object holders {}]
    }

    method problems {args} {
        if {[llength $args] > 1} {
            my FailUsage problems "?object?"
        }
        set objects [expr {[llength $args] ? $args : [array names wrong]}]
        set all {}
        foreach object $objects {
            foreach problem [my Reported $object] {
                set detail [dict get $wrong($object) $problem]
                lappend all [list [dict get $detail since] $detail]
            }
        }
        return [lmap pair [lsort -real -index 0 $all] {lindex $pair 1}]
    }

    method CheckObject {object} {
        if {![info exists facts($object)]} {
            throw {POSIXIPC EXISTENTIAL ENOENT} "no object \"$object\" is known"
        }
    }

    # Listeners ---------------------------------------------------------------

    method listen {prefix args} {
        foreach event $args {
            if {$event ni $::posix_ipc::monitor::events} {
                my FailName event $event $::posix_ipc::monitor::events
            }
        }
        set token listener[incr serial]
        dict set listeners $token [list $prefix $args]
        return $token
    }

    method unlisten {token} {
        dict unset listeners $token
        return
    }

    # Notify --
    #
    #       Calls the listeners. They may do anything, even destroy the model.
    #       An error goes to the event loop, which hands it to interp bgerror.

    method Notify {event object detail} {
        set here [namespace current]
        dict for {token listener} $listeners {
            lassign $listener prefix events
            if {$event ni $events && ([llength $events] || $event eq "progress")} continue
            if {![dict exists $listeners $token]} continue
            set code [catch {
                uplevel #0 [list {*}$prefix $event $object $detail]
            } message failure]
            if {$code == 1} {
                after 0 [list return -options $failure $message]
            }
            if {![namespace exists $here]} return
        }
    }
}

source [file join [file dirname [info script]] snapshots.tcl]
source [file join [file dirname [info script]] problems.tcl]

package provide posix_ipc::monitor [package present posix_ipc]
