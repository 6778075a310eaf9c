# SPDX-License-Identifier: BSD-3-Clause
# Puts things into words: kinds, sizes, modes, failures.

namespace eval words {}

proc words::kind {type} {
    return [string totitle [dict get $::posix_ipc::families::nouns $type]]
}

proc words::plural {type} {
    return [string totitle [dict get $::posix_ipc::families::shortNouns $type]s]
}

proc words::size {bytes} {
    foreach unit {B KiB MiB GiB TiB PiB} {
        if {$bytes < 1024 || $unit eq "PiB"} break
        set bytes [expr {$bytes / 1024.0}]
    }
    return "[words::number $bytes] $unit"
}

# Three digits are enough to compare by eye.
proc words::number {number} {
    if {$number == int($number)} {
        return [expr {int($number)}]
    }
    return [format [expr {$number < 10 ? "%.2f" : "%.1f"}] $number]
}

proc words::mode {mode} {
    return [format %04o $mode]
}

proc words::time {seconds} {
    set seconds [expr {int($seconds)}]
    set today [clock format [clock seconds] -format %F]
    set day [clock format $seconds -format %F]
    return [clock format $seconds -format [expr {$day eq $today ? "%T" : "%F %R"}]]
}

# The fact that is the main figure of an object: value, size, depth and so on.
proc words::key {type} {
    return [lindex [dict get $::posix_ipc::families::figures $type] 0]
}

# That figure; for a lock, its state.
proc words::amount {facts} {
    set type [dict get $facts type]
    set key [key $type]
    if {![dict exists $facts $key]} {
        return ""
    }
    set amount [dict get $facts $key]
    switch $type {
        shm  {return [size $amount]}
        mq   {return "$amount of [dict get $facts maxmessages]"}
        lock {return [lock $facts]}
    }
    return $amount
}

proc words::lock {facts} {
    dict with facts {}
    if {$free == 0 && $owners eq ""} {
        return "abandoned"
    } elseif {$permits == 1} {
        return [expr {$free ? "free" : "held"}]
    }
    return "$free of $permits free"
}

# A failure: the errorCode, which scripts can trap, and the message.
proc words::failure {message options} {
    return "[dict get $options -errorcode]: [short $message]"
}

# Text for a label. Other programs may make it as long as they like, so it is
# truncated to leave room for the rest of the window.
proc words::short {text} {
    set most 400
    set shown [printable $text]
    if {[string length $shown] <= $most} {
        return $shown
    }
    return "[string range $shown 0 $most-1]… ([string length $text] characters)"
}

# A count and its noun; ending is that of the plural.
proc words::count {number word {ending s}} {
    return "$number $word[expr {$number == 1 ? "" : $ending}]"
}

# A span of time, in the unit that matters.
proc words::span {seconds} {
    set seconds [expr {int($seconds)}]
    if {$seconds < 120} {
        return "$seconds s"
    } elseif {$seconds < 7200} {
        return "[expr {$seconds / 60}] min"
    } elseif {$seconds < 172800} {
        return "[expr {$seconds / 3600}] h"
    }
    return "[expr {$seconds / 86400}] days"
}

# How many processes have an object open: "?" if none is visible but there may be
# some, "2+" if there may be more.
proc words::holders {facts} {
    set count [expr {[dict exists $facts holders] ? [llength [dict get $facts holders]] : 0}]
    if {[dict exists $facts holdersKnown] && [dict get $facts holdersKnown]} {
        return $count
    }
    return [expr {$count ? "$count+" : "?"}]
}

# How many calls wait: "?" if that cannot be seen (a topic does not know its
# read-only readers); "" for objects for which nothing waits.
proc words::waiters {facts} {
    set type [dict get $facts type]
    set seen [expr {[dict exists $facts blocked] ? [llength [dict get $facts blocked]] : 0}]
    if {[dict exists $facts waiters]} {
        return [expr {max($seen, [dict get $facts waiters])}]
    } elseif {[dict exists $facts blocked] && ($seen || $type ne "topic")} {
        return $seen
    } elseif {$type eq "mq" && [dict exists $facts currentmessages]} {
        set depth [dict get $facts currentmessages]
        return [expr {$depth > 0 && $depth < [dict get $facts maxmessages] ? 0 : "?"}]
    } elseif {$type eq "topic"} {
        return "?"
    } elseif {$type eq "sem"} {
        return [expr {[dict exists $facts value] && [dict get $facts value] > 0 ? 0 : "?"}]
    }
    return ""
}

# Whether queues that no visible process has open are hidden: only root can list
# queues without a mount of mqueue.
proc words::hidesQueues {} {
    if {"mq" ni [model cget -types] || [file attributes /proc/self -owner] eq "root"
            || [catch {open /proc/self/mounts rb} file]} {
        return 0
    }
    set mounts [read $file]
    close $file
    return [expr {![regexp -line {^\S+ \S+ mqueue } $mounts]}]
}
