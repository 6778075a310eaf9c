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
    foreach unit {B KiB MiB GiB TiB PiB EiB} {
        if {$bytes < 1024} break
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

# The main figure of an object; for a lock, its state.
proc words::amount {facts} {
    set type [dict get $facts type]
    set key [objects::figure $type]
    if {![dict exists $facts $key]} {
        return ""
    }
    set amount [dict get $facts $key]
    switch $type {
        shm  {return [size $amount]}
        mq   {return "$amount of [dict get $facts maxmessages]"}
        lock {return [objects::lockState $facts]}
    }
    return $amount
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
