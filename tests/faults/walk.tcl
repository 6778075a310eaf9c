# SPDX-License-Identifier: BSD-3-Clause
# walk.tcl --
#
#       walk.tcl faults.so library scenario
#
#       Runs a scenario repeatedly in this process. Each time, one of its calls to the C library fails with one
#       of the errors that the call may have. The procedure judge says what must hold then.
#
#       Writes for each case the words call, turn and errno, then what was wrong,
#       "not reached", or nothing if all was well. The last line is "done".

lassign $argv faults library name
load $faults Faults
source [file join [file dirname [info script]] scenarios.tcl]
source [file join [file dirname [info script]] .. resources.tcl]
source [file join [file dirname [info script]] .. families.tcl]
set scenario [dict get $scenarios::all $name]

# The package is loaded into separate interpreters, so that it can be loaded anew. The thread of the notifier,
# and the library itself, exist before anything is counted.

proc setStage {} {
    interp create stage
    stage eval [list set library $::library]
    stage eval [list source [file join [file dirname [info script]] scenarios.tcl]]
    if {[dict get $::scenario -as] ne "bare"} {
        stage eval {load $library Posix_ipc}
    }
}

# run --
#
#       Runs the scenario, including outstanding events. Returns code, result and errorCode.

proc run {} {
    set code [catch {stage eval [dict get $::scenario -script]} result options]
    stage eval {
        foreach id [after info] {
            after cancel $id
        }
        update
    }
    if {$code == 1} {
        return [list 1 $result [dict get $options -errorcode]]
    }
    return [list $code $result {}]
}

# resources --
#
#       The resources of this process: descriptors, threads, mappings of objects, memory of the library.

proc resources {} {
    resources::rest
    set descriptors [lsort [lmap link [glob -nocomplain -directory /proc/self/fd *] {
        if {[catch {file readlink $link} target]} continue
        string cat [file tail $link] " " $target
    }]]
    set maps [open /proc/self/maps]
    set mappings [regexp -all -inline -line {/dev/shm/.*$} [read $maps]]
    close $maps
    return [list $descriptors [llength [glob /proc/self/task/*]] $mappings [fault::blocks]]
}

# queues, names --
#
#       queues returns the existing queues, as the package in an interpreter lists them. If it cannot list them,
#       a queue that is left behind disturbs the next run. names returns all existing objects.

proc queues {evaluate} {
    try {
        return [{*}$evaluate {posix_ipc::mq list}]
    } trap {POSIXIPC UNSUPPORTED} {} {
        return {}
    }
}

proc names {} {
    set names [glob -nocomplain -tails -directory /dev/shm *]
    if {[dict get $::scenario -as] ne "bare"} {
        lappend names {*}[queues {stage eval}]
    }
    return $names
}

# The families by the nouns of messages.

set nouns [concat {*}[lmap family [dict keys $descriptions] {list [described $family noun] $family}]]

# forgive --
#
#       Unlinks an object that is left because its unlinking has failed, as it should.

proc forgive {message} {
    if {[regexp {^couldn't unlink (.+?) "(.*?)"} $message - noun object]} {
        bare [list catch [list posix_ipc::[dict get $::nouns $noun] unlink $object]]
    }
}

# The errorCodes of errno values, where they are not POSIXIPC ERROR and the name: doc/posix_ipc_catalog.man.

set codes {
    EAGAIN BUSY EBUSY BUSY ETIMEDOUT BUSY EINTR SIGNAL EACCES PERMISSIONS EPERM PERMISSIONS
    ENOENT {EXISTENTIAL ENOENT} EEXIST {EXISTENTIAL EEXIST} EBADF {EXISTENTIAL CLOSED}
    EINVAL VALUE ENAMETOOLONG VALUE EMSGSIZE VALUE EFBIG VALUE EOVERFLOW VALUE EILSEQ VALUE
    ERANGE RANGE ECANCELED CANCELED ENOSYS UNSUPPORTED ENOTSUP UNSUPPORTED EOPNOTSUPP UNSUPPORTED
}

# Calls whose failure may appear as another error. While the package is loaded, it may appear as EMFILE.

set translated {
    pthread_create      {{ERROR ENOMEM}}
    mmap                {{ERROR ENOMEM} VALUE}
    epoll_ctl           {{EXISTENTIAL ENOENT}}
    opendir             {UNSUPPORTED}
    posix_fallocate     {UNSUPPORTED}
    fstatat             {UNSUPPORTED}
    open                {VALUE}
}

# judge --
#
#       Returns what is wrong with an outcome; clean is the outcome without a fault.

proc judge {call errno outcome clean} {
    lassign $outcome code result errorCode
    if {$code == 0} {
        foreach {of errors reason} [dict get $::scenario -less] {
            if {$of eq $call && $errno in $errors} {
                return {}
            }
        }
        return [expr {$outcome eq $clean ? {} : "another result: $result"}]
    }
    if {[lindex $errorCode 0] ne "POSIXIPC"} {
        return "not an error of the contract: $result ($errorCode)"
    }
    if {![regexp "^couldn't \[a-z \]+ ([join [dict keys $::nouns] |]|constant) \"\[^\"\]*\": ." $result]} {
        return "not a message of the contract: $result"
    }
    set due [expr {[dict exists $::codes $errno] ? [dict get $::codes $errno] : "ERROR $errno"}]
    set others [expr {[dict exists $::translated $call] ? [dict get $::translated $call] : {}}]
    if {[dict get $::scenario -as] eq "bare"} {
        lappend others {ERROR EMFILE}
    }
    if {[lrange $errorCode 1 end] ni [list $due {*}$others]} {
        return "$errorCode for $errno: $result"
    }
    return {}
}

# tryCase --
#
#       One case. Returns what is wrong, or "not reached".

proc tryCase {call turn errno clean before} {
    fault::arm $call $turn $errno
    set outcome [run]
    set came [fault::disarm]
    set wrong [judge $call $errno $outcome $clean]
    if {[lindex $outcome 0] == 1} {
        forgive [lindex $outcome 1]
    }
    foreach kind {descriptors threads mappings blocks} was $before is [resources] {
        if {$is ne $was} {
            append wrong " | $kind left: $is"
        }
    }
    if {[names] ne {}} {
        append wrong " | names left: [names]"
    }
    set again [run]
    fault::disarm
    if {$again ne $clean} {
        append wrong " | then: $again"
    }
    if {$wrong eq "" && !$came} {
        return "not reached"
    }
    return $wrong
}

# begin --
#
#       Returns the clean outcome and the resources that are held before each case. A first run fills caches
#       that are never freed.

proc begin {} {
    setStage
    if {[dict get $::scenario -as] eq "bare"} {
        run
    }
    set first [run]
    fault::disarm
    set clean [run]
    if {$first ne $clean || [lindex $clean 0] != 0} {
        error "the scenario itself: $first, then $clean"
    }
    return [list $clean [resources]]
}

# startAnew --
#
#       After a failed case: removes what is left, so that it does not affect the next case.

proc startAnew {} {
    catch {interp delete inner}
    interp delete stage
    file delete {*}[glob -nocomplain -directory /dev/shm *]
    foreach queue [list /faults {*}[queues bare]] {
        bare [list catch [list posix_ipc::mq unlink $queue]]
    }
    return [begin]
}

bare {}
fault::watch $library

lassign [begin] clean before
set counts [fault::counts]
fault::disarm
dict for {call errnos} [fault::calls] {
    if {![dict exists $counts $call]} continue
    for {set turn 1} {$turn <= [dict get $counts $call]} {incr turn} {
        foreach errno $errnos {
            puts -nonewline [list $call $turn $errno]
            flush stdout
            set wrong [tryCase $call $turn $errno $clean $before]
            puts " [list $wrong]"
            if {$wrong ni {"" "not reached"}} {
                lassign [startAnew] clean before
            }
        }
    }
}
puts done
