# SPDX-License-Identifier: BSD-3-Clause
# How both programs receive.

source [file join [file dirname [info script]] .. utils.tcl]

# A message in a queue has no addressee: we put our own back, and pause to let
# the other program have it.
proc hear {said} {
    set deadline [demo::deadline]
    while {[set heard [receive]] eq $said} {
        demo::checkDeadline $deadline
        queue send $heard
        after 1
    }
    return $heard
}

proc receive {} {
    lassign [queue receive -timeout [demo::timeout]] message
    return $message
}
