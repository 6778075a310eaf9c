# How things are put into words: kinds, sizes, modes, failures.

namespace eval words {
    variable kinds {sem "Semaphore" shm "Shared memory" mq "Message queue"}
    variable plurals {sem "Semaphores" shm "Segments" mq "Queues"}
}

proc words::kind {type} {
    variable kinds
    return [dict get $kinds $type]
}

proc words::plural {type} {
    variable plurals
    return [dict get $plurals $type]
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

# The one figure of an object that changes most: value, size, or depth.
proc words::amount {facts} {
    switch [dict get $facts type] {
        sem {set key value}
        shm {set key size}
        mq  {set key currentmessages}
    }
    if {![dict exists $facts $key]} {
        return ""
    }
    set amount [dict get $facts $key]
    switch $key {
        size            {return [words::size $amount]}
        currentmessages {return "$amount of [dict get $facts maxmessages]"}
    }
    return $amount
}

# What went wrong: the errorCode, by which scripts tell failures apart, and the
# message.
proc words::failure {message options} {
    return "[dict get $options -errorcode]: [short $message]"
}

# What others may make as long as they like, for a label: it shall leave room for the
# rest of the window.
proc words::short {text} {
    set most 400
    set shown [printable $text]
    if {[string length $shown] <= $most} {
        return $shown
    }
    return "[string range $shown 0 $most-1]… ([string length $text] characters)"
}

proc words::count {number word} {
    return "$number $word[expr {$number == 1 ? "" : "s"}]"
}
