# latency.tcl --
#
#       How long a message takes from the send in one process until a callback
#       in another has it: in microseconds, and as a multiple of what a C
#       program needs that waits in poll(2).
#
#           latency.tcl program ?rounds?        program: latency.c, compiled
#
#       Each way from process to process is a pipeline, started once: a sender,
#       which sends a burst for each line that it reads, and a receiver, which
#       prints how old the messages of a burst were. The ways take turns, so
#       what else goes on in the machine meets them all alike; the 99 % mean
#       something where that is little. In a burst there is a millisecond
#       between two messages: the receiver waits for each.

package require posix_ipc

set burst 100

# The senders ---------------------------------------------------------------

# toQueue, toPipe --
#
#       Send bursts until the input ends. A message is the time at which it
#       was sent. When the comparison was interrupted, the queue may still have
#       its name.

proc toQueue {name} {
    set queue [posix_ipc::mq open $name -read 0]
    while {[gets stdin] ne ""} {
        for {set i 0} {$i < $::burst} {incr i} {
            after 1
            $queue send [clock microseconds]
        }
    }
    catch {$queue unlink}
}

proc toPipe {} {
    chan configure stdout -buffering line
    while {[gets stdin] ne ""} {
        for {set i 0} {$i < $::burst} {incr i} {
            after 1
            puts [clock microseconds]
        }
    }
}

# The receivers -------------------------------------------------------------

# fromQueue, fromPipe --
#
#       Receive until the input ends, with one of the callbacks below.

proc fromQueue {name callback} {
    posix_ipc::mq open $name -as queue
    switch $callback {
        onReadable {queue event readable onReadable}
        onReceived {queue receive -command onReceived}
        onNotice   {queue notify -command onNotice}
    }
    chan event stdin readable exit
    puts ready
    flush stdout
    vwait forever
}

proc fromPipe {} {
    chan event stdin readable onLine
    puts ready
    flush stdout
    vwait forever
}

proc onReadable {} {
    got [lindex [queue receive -timeout 0] 0]
}

proc onReceived {code result options} {
    got [lindex $result 0]
    queue receive -command onReceived
}

proc onNotice {queue} {
    $queue notify -command onNotice
    try {
        while 1 {
            got [lindex [$queue receive -timeout 0] 0]
        }
    } trap {POSIXIPC BUSY} {} {
        return
    }
}

proc onLine {} {
    if {[gets stdin sent] < 0} exit
    got $sent
}

# got --
#
#       A callback has a message.

proc got {sent} {
    global ages
    lappend ages [expr {[clock microseconds] - $sent}]
    if {[llength $ages] == $::burst} {
        puts $ages
        flush stdout
        set ages {}
    }
}

# The comparison ------------------------------------------------------------

# ways --
#
#       What is compared, and the pipeline that does it.

proc ways {program name} {
    set tcl [list [info nameofexecutable] $::argv0]
    set tclSend [list {*}$tcl toQueue $name |]
    set tclReceive [list {*}$tcl fromQueue $name]
    return [list \
        "C, in poll" [list $program send $name $::burst \
            | $program receive $name $::burst] \
        "event readable" [list {*}$tclSend {*}$tclReceive onReadable] \
        "receive -command" [list {*}$tclSend {*}$tclReceive onReceived] \
        "notify -command" [list {*}$tclSend {*}$tclReceive onNotice] \
        "a pipe, chan event" [list {*}$tcl toPipe | {*}$tcl fromPipe]]
}

# start --
#
#       Starts a pipeline and returns its channel. When a first burst has gone
#       through, both have opened the queue, and it needs no name any more.

proc start {name command} {
    set queue [posix_ipc::mq open $name -flags CREX \
        -maxmessages 4 -maxmessagesize 64]
    try {
        set pipeline [open |$command r+]
        gets $pipeline
        measure $pipeline
    } finally {
        $queue unlink
        $queue destroy
    }
    return $pipeline
}

# measure --
#
#       How old the messages of a burst were.

proc measure {pipeline} {
    puts $pipeline burst
    flush $pipeline
    if {[gets $pipeline ages] < 0} {
        error "a receiver has ended"
    }
    return $ages
}

# percentile, report --
#
#       The figures, those of the first way beside all others.

proc percentile {percent numbers} {
    set last [expr {[llength $numbers] - 1}]
    return [lindex [lsort -integer $numbers] [expr {$last * $percent / 100}]]
}

proc report {agesOf} {
    set format "%-20s %7s %7s   %7s %7s"
    set messages [llength [lindex [dict values $agesOf] 0]]
    puts "From send to callback, in microseconds: $messages messages each"
    puts [format $format "" median "/ C" "99 %" "/ C"]
    dict for {way ages} $agesOf {
        set row [list $way]
        foreach percent {50 99} {
            set figure [percentile $percent $ages]
            if {![info exists base($percent)]} {
                set base($percent) $figure.0
            }
            lappend row $figure [format %.2f [expr {$figure / $base($percent)}]]
        }
        puts [format $format {*}$row]
    }
}

proc compare {program {rounds 30}} {
    set name /latency-[pid]
    foreach {way command} [ways $program $name] {
        dict set pipelines $way [start $name $command]
    }
    for {set round 0} {$round < $rounds} {incr round} {
        dict for {way pipeline} $pipelines {
            dict lappend agesOf $way {*}[measure $pipeline]
        }
    }
    foreach pipeline [dict values $pipelines] {
        close $pipeline
    }
    report $agesOf
}

# fail --
#
#       An error in a callback ends its process.

proc fail {message options} {
    puts stderr $message
    exit 1
}

interp bgerror {} fail
if {[lindex $argv 0] in {toQueue toPipe fromQueue fromPipe}} {
    {*}$argv
} else {
    compare {*}$argv
}
