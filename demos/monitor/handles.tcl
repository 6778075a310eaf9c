# Handles. An action opens the object, does its work and closes it again, so
# that the monitor holds nothing. An object that was made here can be kept open,
# with the options of its form; then the actions use that handle.

namespace eval handles {
    variable kept           ;# object -> handle
}

proc handles::keep {object handle} {
    variable kept
    if {[isKept $object]} {
        $kept($object) destroy
    }
    set kept($object) $handle
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

proc handles::closeShown {} {
    variable kept
    set object [side::shown]
    if {[isKept $object]} {
        $kept($object) destroy
        unset kept($object)
        actions::tell $object good "closed what was kept open"
    }
}
