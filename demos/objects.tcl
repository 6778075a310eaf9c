# SPDX-License-Identifier: BSD-3-Clause
# What can be said about an object from its facts, which come from the model of posix_ipc::monitor. The table of
# ipcs.tcl and the window of monitor.tcl use this. Facts that could not be read are missing.

namespace eval objects {}

proc objects::lookup {dict key default} {
    if {[dict exists $dict $key]} {
        return [dict get $dict $key]
    }
    return $default
}

# The fact that is the main figure of a type: value, size, depth and so on.
proc objects::figure {type} {
    return [lindex [dict get $::posix_ipc::families::figures $type] 0]
}

# The state of a lock.
proc objects::lockState {facts} {
    dict with facts {}
    if {$free == 0 && $owners eq ""} {
        return "abandoned"
    } elseif {$permits == 1} {
        return [expr {$free ? "free" : "held"}]
    }
    return "$free of $permits free"
}

# How many calls wait for an object: "?" if that cannot be seen, "" for a segment. No call
# waits for a semaphore that has units, nor for a queue that has both messages and room.
# Otherwise the system's count decides, or the threads that were found. If none were found
# and not all processes were examined, there may be some. Other objects count their
# waiters, except that a topic does not know read-only readers.
proc objects::waiters {facts} {
    set type [dict get $facts type]
    set blocked [llength [lookup $facts blocked {}]]
    switch $type {
        sem - mq {}
        shm      {return ""}
        default  {return [lookup $facts waiters [expr {$blocked ? $blocked : "?"}]]}
    }
    set isComplete [lookup $facts holdersKnown 0]
    set amount [lookup $facts [figure $type] -1]
    if {$amount < 0} {
        return "?"
    } elseif {$amount > 0 && $amount < [lookup $facts maxmessages Inf]} {
        return 0
    } elseif {[dict exists $facts waiters]} {
        return [expr {$isComplete ? $blocked : max($blocked, [dict get $facts waiters])}]
    } elseif {$blocked || ($isComplete && [dict exists $facts blocked])} {
        return $blocked
    }
    return "?"
}

# Whether the system shows the user of a model only queues that processes have open: without
# a mount of mqueue, only root can list the others.
proc objects::hidesQueues {model} {
    if {"mq" ni [$model cget -types] || [catch {open /proc/self/mounts rb} file]} {
        return 0
    }
    set mounts [read $file]
    close $file
    return [expr {[file attributes /proc/self -owner] ne "root" && ![regexp -line {^\S+ \S+ mqueue } $mounts]}]
}
