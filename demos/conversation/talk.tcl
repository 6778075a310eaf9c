# How both of them read, write, and give each other turns.

source [file join [file dirname [info script]] .. utils.tcl]

proc writeText {text} {
    segment write 0 $text\0
}

# Byte by byte up to the NUL, as C does it. Without the semaphore the other
# writes meanwhile.
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
        semaphore acquire -timeout [demo::patience]
    }
}

proc release {} {
    if {!$::LIVE_DANGEROUSLY} {
        semaphore release
    }
}

# Lets the other have a turn. Without the pause the semaphore would come
# straight back to us, before she has even woken up: that is slower for both.
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
        demo::stillPatient $deadline
        giveTurn
    }
    return $heard
}
