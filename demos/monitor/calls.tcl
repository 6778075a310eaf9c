# The actions themselves, and the calls that wait. What may have to wait is called
# with -command, so the window never does.

proc actions::start {type action} {
    set object [side::shown]
    try {
        $action $object
    } on error {message options} {
        tell $object bad [words::failure $message $options]
    }
    model refresh
}

proc actions::value {action name} {
    variable field
    return $field([lindex [side::shown] 0],$action,$name)
}

proc actions::release {object} {
    set count [value release count]
    now $object {} release $count
    tell $object good "released [words::count $count unit]"
}

proc actions::resize {object} {
    set size [value resize size]
    now $object {} resize $size
    tell $object good "resized to $size bytes"
}

proc actions::write {object} {
    set bytes [value write bytes]
    if {[value write form] eq "hex"} {
        set digits [string map {" " ""} $bytes]
        if {![regexp {^([[:xdigit:]]{2})*$} $digits]} {
            throw {POSIXIPC VALUE} "pairs of hexadecimal digits are wanted, such as 00 ff"
        }
        set bytes [binary decode hex $digits]
    } else {
        set bytes [encoding convertto utf-8 $bytes]
    }
    now $object {} write [value write offset] $bytes
    tell $object good "wrote [words::count [string length $bytes] byte]"
}

proc actions::acquire {object} {
    later $object {} acquire
}

proc actions::send {object} {
    later $object {-read 0 -encoding utf-8} send [value send message] \
        -priority [value send priority]
}

proc actions::receive {object} {
    later $object {-write 0 -encoding utf-8} receive
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

# Calls a method that may wait, and goes on at once: done hears how it ended.
proc actions::later {object options method args} {
    variable pending
    variable calls
    set timeout [value $method timeout]
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
    if {$code} {
        tell $object bad [words::failure $result $options]
    } elseif {$method eq "receive"} {
        lassign $result message priority
        tell $object good "received, priority $priority: [words::short $message]"
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
