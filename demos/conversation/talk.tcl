# SPDX-License-Identifier: BSD-3-Clause
# How both programs read, write, and give each other turns.

source [file join [file dirname [info script]] .. utils.tcl]

proc writeText {text} {
    segment write 0 $text\0
}

# Byte by byte up to the NUL, as in C. Without the semaphore, the other writes
# meanwhile.
proc readText {} {
    set text ""
    for {set at 0} {[set byte [segment read $at 1]] ne "\0"} {incr at} {
        append text $byte
    }
    return $text
}

# Only with LIVE_DANGEROUSLY does nobody wait for a turn.
proc acquire {} {
    if {!$::LIVE_DANGEROUSLY} {
        semaphore acquire -timeout [demo::timeout]
    }
}

proc release {} {
    if {!$::LIVE_DANGEROUSLY} {
        semaphore release
    }
}

# Lets the other have a turn. Without the pause we would take the semaphore
# again before she has even woken up, which is slower for both.
proc giveTurn {} {
    release
    after 1
    acquire
}

# A semaphore does not know whose turn it is: as long as the last word is our
# own, the other gets another one.
proc hear {said} {
    set deadline [demo::deadline]
    while {[set heard [readText]] eq $said} {
        demo::checkDeadline $deadline
        giveTurn
    }
    return $heard
}
