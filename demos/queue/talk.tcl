# How both of them receive.

source [file join [file dirname [info script]] .. utils.tcl]

# A queue does not know for whom a message is: our own goes back, and the pause
# lets the other have it.
proc hear {said} {
    set deadline [demo::deadline]
    while {[set heard [receive]] eq $said} {
        demo::stillPatient $deadline
        queue send $heard
        after 1
    }
    return $heard
}

proc receive {} {
    lassign [queue receive -timeout [demo::patience]] message
    return $message
}
