# SPDX-License-Identifier: BSD-3-Clause
# Handles. An action opens the object, does its work and closes it again, so
# that the monitor holds nothing. An object that was created here can be kept
# open, with the options of its form; then the actions use that handle.

namespace eval handles {
    variable kept           ;# object -> handle
    array set kept {}
}

proc handles::keep {object handle} {
    variable kept
    if {[isKept $object] && $kept($object) ne $handle} {
        $kept($object) destroy
    }
    set kept($object) $handle
}

proc handles::kept {object} {
    variable kept
    return $kept($object)
}

proc handles::close {object} {
    variable kept
    locks::giveUp $object
    $kept($object) destroy
    unset kept($object)
}

proc handles::closeAll {} {
    variable kept
    foreach object [array names kept] {
        close $object
    }
}

proc handles::isKept {object} {
    variable kept
    return [info exists kept($object)]
}

# Opens an object for an action, with the options of "open" that it needs.
proc handles::take {object options} {
    variable kept
    lassign $object type name
    if {[isKept $object]} {
        return $kept($object)
    }
    return [posix_ipc::$type open $name {*}$options]
}

# Closes it again, unless it is kept, or was closed while a call waited.
proc handles::leave {object handle} {
    variable kept
    if {[isKept $object] && $kept($object) eq $handle} return
    if {[llength [info commands $handle]]} {
        $handle destroy
    }
}

# Convert a message to bytes, and bytes to the message that a handle would send as
# these bytes: a queue that is kept open has the encoding of its form.
proc handles::asBytes {handle message} {
    set encoding [$handle cget -encoding]
    return [expr {$encoding eq "binary" ? $message : [encoding convertto $encoding $message]}]
}

proc handles::asMessage {handle bytes} {
    set encoding [$handle cget -encoding]
    return [expr {$encoding eq "binary" ? $bytes : [encoding convertfrom $encoding $bytes]}]
}

proc handles::closeShown {} {
    set object [side::shown]
    if {[isKept $object]} {
        close $object
        actions::applyStates
        actions::tell $object good "closed the open handle"
    }
}
