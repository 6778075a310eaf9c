# monitor.tcl --
#
#       The package posix_ipc::monitor: a model of what is in the system, for
#       views of every kind. It needs no Tk.
#
#           package require posix_ipc::monitor
#           set model [posix_ipc::monitor new -interval 0.5]
#           $model listen {apply {{event object detail} {
#               puts "$event $object"
#           }}} appeared vanished
#           $model start
#
#       A model takes snapshots from the event loop, in slices that end when
#       their time is used up, so that the loop is never held for long. It
#       compares each with the one before and tells its listeners. An object is
#       named by a list of its type and its name: [list sem /jobs]. Its facts are the
#       dict that "info" gives, and holders, a list of {pid command}; what could
#       not be read is not in it. Times are in seconds since 1970, and in
#       fractions of a second; spans of time are in seconds.
#
#       posix_ipc::monitor new ?-option value ...?
#       posix_ipc::monitor create command ?-option value ...?
#
#           -interval seconds   from the beginning of a snapshot to that of the
#                               next (1.0)
#           -slice seconds      when a slice has held the event loop so long, it
#                               ends (0.005). What can't be cut adds to it: then
#                               7 ms at most were measured with 5,000 objects, 12
#                               with 10,000
#           -history count      how many samples of an object are kept (300)
#           -holders seconds    the least time between two looks at who holds
#                               what, the dearest part of a snapshot; 0: with
#                               each snapshot; Inf: never (2.0)
#           -types list         which objects to look at ({sem shm mq}, or {sem shm}
#                               where the system has no queues)
#           -pattern pattern    and of which names, as for string match (*)
#
#       $model configure ?-option ?value -option value ...??
#       $model cget -option
#           As for chan configure. What is set holds from the next snapshot on.
#
#       $model start            a snapshot now, and then one each interval
#       $model stop             no more; one under way is given up. All that is
#                               known stays
#       $model running          whether it is started
#       $model refresh          a snapshot now, started or not; holders too. While
#                               one is under way, another follows it
#       $model snapshot         the same at once, in one go, without the event
#                               loop: for scripts that look only once. Listeners
#                               are told as ever
#       $model destroy          may be called from a listener, as all others may
#
#       $model objects ?type?   the objects that there are, sorted
#       $model exists object    whether there is such an object
#       $model get object ?key ?default??
#                               its facts, or one of them. A fact that is not
#                               known is the default, or an error
#       $model history object   its samples, the oldest first: {time value} of a
#                               semaphore, {time size} of a segment,
#                               {time messages bytes} of a queue. Of equal
#                               samples in a row only the first and the last are
#                               kept, so the value between two is that of the
#                               earlier
#       $model holders object   who holds it: a list of {pid command}, empty where
#                               that is not known too
#       $model problems ?object?
#                               what looks wrong, the oldest first: a list of
#                               dicts with the keys
#                                   object   {sem /jobs}
#                                   problem  stuck, full, filling or left
#                                   since    when it began
#                                   text     a sentence for people
#       $model limit ?problem ?value??
#                               when something looks wrong. All as a dict; one;
#                               or set it. Inf: never
#           stuck 10            for so many seconds a semaphore has been at 0,
#                               and somebody has it open
#           full 0              for so many seconds a queue has been full
#           filling 0.8         a queue is not full, but to this share
#           left 10             for so many seconds nobody has had the object
#                               open. Only of objects that the user could hold
#                               unseen by nobody: his own, or all for root
#
#       $model listen prefix ?event ...?
#                               from now on calls {*}$prefix event object detail
#                               for these events, or for all; returns a token
#       $model unlisten token   no more. A token that is no longer known is none
#
#           event      detail
#           appeared   the facts
#           changed    the keys of the facts that have changed, come or gone
#           vanished   the last facts; get and history know it no more
#           problem    a dict, as from problems
#           solved     the same dict, when it is no longer so
#           refreshed  object is {}: a snapshot is complete. A dict:
#                          time      when it began
#                          seconds   how long it took
#                          objects   how many objects there are
#                          longest   the longest that it held the event loop, in
#                                    seconds, listeners aside
#                          errors    a dict from type to message: what could not
#                                    be looked at, and why
#
#       A listener is called at global level from the event loop. An error in it
#       goes to interp bgerror; the others are called all the same.

package require Tcl 8.6-
package require posix_ipc 1.0

namespace eval ::posix_ipc::monitor {

    # The options: defaults, and what their values must be.

    variable types {sem shm}
    if {[::posix_ipc::constants MESSAGE_QUEUES_SUPPORTED]} {
        lappend types mq
    }
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
        types    {[string is list $value]
                  && [lsearch -not -regexp $value {^(sem|shm|mq)$}] < 0}
        any      1
    }

    # The problems: their limits, and what people are told, with the facts of
    # the object put in.

    variable limits {stuck 10 full 0 filling 0.8 left 10}
    variable texts {
        stuck   {the semaphore $name stays at 0, and is open in $processes}
        full    {the queue $name is full: $currentmessages of $maxmessages messages}
        filling {the queue $name is filling: $currentmessages of $maxmessages messages}
        left    {nobody has $name open}
    }

    # The facts of which history keeps samples.

    variable sampled {sem value shm size mq {currentmessages bytes}}

    variable events {appeared changed vanished problem solved refreshed}

    # How many processes are looked at in one go.

    variable processesAtOnce 16
}

oo::class create ::posix_ipc::monitor {
    variable options limits     ;# dicts, by name
    variable facts              ;# object -> dict
    variable samples            ;# object -> list
    variable begun              ;# object -> dict: since when something is so
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
        my CheckName limit $name $limits
        if {[llength $args] == 1} {
            return [dict get $limits $name]
        }
        my CheckValue $name $value number
        dict set limits $name $value
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
            foreach problem [my Told $object] {
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

    # Tell --
    #
    #       Tells the listeners. They may do anything, even destroy the model.
    #       An error goes to the event loop, which hands it to interp bgerror.

    method Tell {event object detail} {
        set here [namespace current]
        dict for {token listener} $listeners {
            lassign $listener prefix events
            if {[llength $events] && $event ni $events} continue
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

package provide posix_ipc::monitor 1.0
