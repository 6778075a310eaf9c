# How things are put into words: names, sizes, modes, failures.

namespace eval words {
    variable kinds {sem "Semaphore" shm "Shared memory" mq "Message queue"}
    variable plurals {sem "Semaphores" shm "Segments" mq "Queues"}

    # Characters that would break a line, or hide.
    variable controls {}
    for {set code 0} {$code < 160} {incr code} {
        if {$code < 32 || $code > 126} {
            lappend controls [format %c $code] [format {\x%02x} $code]
        }
    }
}

proc words::kind {type} {
    variable kinds
    return [dict get $kinds $type]
}

proc words::plural {type} {
    variable plurals
    return [dict get $plurals $type]
}

# Text of another program on one line.
proc words::plain {text} {
    variable controls
    return [string map $controls $text]
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
    return "[dict get $options -errorcode]: [plain $message]"
}

proc words::count {number word} {
    return "$number $word[expr {$number == 1 ? "" : "s"}]"
}
