# SPDX-License-Identifier: BSD-3-Clause
# The actions themselves, and the calls that wait. Calls that may have to wait are
# made with -command, so the window never blocks.

proc actions::start {type action} {
    attempt $action [side::shown]
}

# Evaluates an action on an object, and shows its outcome.
proc actions::attempt {action object args} {
    try {
        $action $object {*}$args
    } on error {message options} {
        tell $object bad [words::failure $message $options]
    }
    model refresh
}

proc actions::value {action name} {
    variable field
    return $field([lindex [side::shown] 0],$action,$name)
}

# Asks before it releases several units: a single one can be acquired again, but
# of several, other processes may have taken some by then.
proc actions::release {object} {
    set count [value release count]
    if {[string is integer -strict $count] && $count > 1} {
        confirm::ask $object "Release [words::count $count unit]?" "[words::count $count call] that\
            wait, or begin to wait, continue at once. This cannot be undone." \
            "Release $count" [list actions::attempt actions::releaseNow $object $count]
    } else {
        releaseNow $object $count
    }
}

proc actions::releaseNow {object count} {
    now $object {} release $count
    tell $object good "released [words::count $count unit]"
}

# Asks before it shrinks a segment, which may have grown since the last look.
proc actions::resize {object} {
    set size [value resize size]
    set before [dict get [posix_ipc::shm info [lindex $object 1]] size]
    if {[string is wideinteger -strict $size] && $size >= 0 && $size < $before} {
        confirm::ask $object "Shrink to $size bytes?" "The last [expr {$before - $size}] bytes are lost,\
            and a process that uses them by a mapping may be killed (SIGBUS)." \
            "Shrink" [list actions::attempt actions::resizeNow $object $size]
    } else {
        resizeNow $object $size
    }
}

proc actions::resizeNow {object size} {
    now $object {} resize $size
    tell $object good "resized to $size bytes"
}

proc actions::write {object} {
    set bytes [value write bytes]
    if {[value write form] eq "hex"} {
        set digits [string map {" " ""} $bytes]
        if {![regexp {^([[:xdigit:]]{2})*$} $digits]} {
            throw {POSIXIPC VALUE} "enter pairs of hexadecimal digits, such as 00 ff"
        }
        set bytes [binary decode hex $digits]
    } else {
        set bytes [encoding convertto utf-8 $bytes]
    }
    now $object {} write [value write offset] $bytes
    tell $object good "wrote [words::count [string length $bytes] byte]"
}

proc actions::acquire {object} {
    later $object {} acquire [value acquire timeout]
}

proc actions::send {object} {
    set message [value send message]
    if {[lindex $object 0] eq "ring"} {
        later $object {-encoding utf-8} send [value send timeout] $message
    } else {
        later $object {-read 0 -encoding utf-8} send [value send timeout] $message \
            -priority [value send priority]
    }
}

proc actions::publish {object} {
    now $object {-encoding utf-8} publish [value publish message]
    tell $object good "published"
}

# The newest message of a topic, which stays there for all.
proc actions::latest {object} {
    set handle [posix_ipc::topic open [lindex $object 1] -readonly 1]
    try {
        set message [$handle latest]
    } finally {
        $handle destroy
    }
    received::add $object $message ""
    tell $object good "latest: [words::short [posix_ipc::people::decode $message]]"
}

# The oldest messages of a ring, which stay there. The beginning of a long message
# is enough to recognize it.
proc actions::peek {object} {
    set seen [posix_ipc::ring peek [lindex $object 1] -max [value peek number] -bytes 4096]
    received::look $object [lmap one $seen {lindex $one 0}]
    if {$seen eq ""} {
        tell $object good "no message waits"
        return
    }
    lassign [lindex $seen 0] message - attempts
    tell $object good "next[expr {$attempts ? ", taken [words::count $attempts time] before" : ""}]:\
        [words::short [posix_ipc::people::decode $message]]"
}

proc actions::receive {object} {
    set isRing [expr {[lindex $object 0] eq "ring"}]
    confirm::ask $object "Receive a message?" "The next message, the oldest[expr {
        $isRing ? "" : " of the highest priority"}], is\
        taken from the program that it was sent to. It is kept under Messages and can be sent\
        back, but then comes behind the others[expr {$isRing ? "" : " of its priority"}]." \
        "Receive" [list actions::attempt actions::receiveNow $object [value receive timeout]]
}

proc actions::receiveNow {object timeout} {
    later $object [expr {[lindex $object 0] eq "ring" ? "" : {-write 0}}] receive $timeout
}

# Calls a method that does not wait.
proc actions::now {object options args} {
    set handle [handles::take $object $options]
    try {
        $handle {*}$args
    } finally {
        handles::leave $object $handle
    }
}

# Calls a method that may wait, and returns at once: done gets the outcome.
proc actions::later {object options method timeout args} {
    variable pending
    variable calls
    if {$timeout ne ""} {
        lappend args -timeout $timeout
    }
    set handle [handles::take $object $options]
    set call [incr calls]
    try {
        set token [$handle $method {*}$args \
            -command [list actions::done $call $method]]
    } on error {message failure} {
        handles::leave $object $handle
        return -options $failure $message
    }
    dict set pending $call [list $object $handle $token]
    tell $object good "$method: waiting…"
    showCancel
}

proc actions::done {call method code result options} {
    variable pending
    lassign [dict get $pending $call] object handle
    dict unset pending $call
    if {$code && [dict get $options -errorcode] eq "POSIXIPC CANCELED"} {
        tell $object good "$method: canceled"
    } elseif {$code} {
        tell $object bad [words::failure $result $options]
    } elseif {$method eq "receive"} {
        lassign [expr {[lindex $object 0] eq "ring" ? [list $result] : $result}] message priority
        set bytes [handles::asBytes $handle $message]
        received::add $object $bytes $priority
        tell $object good "received[expr {$priority eq "" ? "" : ", priority $priority"}]: [
            words::short [posix_ipc::people::decode $bytes]]"
    } elseif {[lindex $object 0] eq "lock"} {
        acquired $object $handle $result
    } else {
        tell $object good "$method: done"
    }
    handles::leave $object $handle
    showCancel
    model refresh
}

# The calls that wait for the chosen object.
proc actions::waiting {} {
    variable pending
    return [dict keys [dict filter $pending script {call state} {
        expr {[lindex $state 0] eq [side::shown]}
    }]]
}

proc actions::cancel {} {
    variable pending
    foreach call [waiting] {
        lassign [dict get $pending $call] - handle token
        $handle cancel $token
    }
}
