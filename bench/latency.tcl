# SPDX-License-Identifier: BSD-3-Clause
# latency.tcl --
#
#       How long a message takes from the send in one process until a callback
#       in another has it, against a C program that waits in poll(2).
#
#       Each way is a pipeline, started once: a sender, which sends a burst for
#       each line that it reads, and a receiver, which prints how old the messages
#       of the burst were, in microseconds. In a burst there is a millisecond
#       between two messages: the receiver waits for each.

package require Thread

set burst 100
set rounds 21

# The senders ---------------------------------------------------------------

# sendBursts --
#
#       Has a command send bursts until the input ends. A message is the time at
#       which it was sent.

proc sendBursts {args} {
    while {[gets stdin] ne ""} {
        for {set i 0} {$i < $::burst} {incr i} {
            after 1
            {*}$args [clock microseconds]
        }
    }
}

proc toQueue {name} {
    sendBursts [posix_ipc::mq open $name -read 0] send
}

proc toChannel {channel} {
    chan configure $channel -buffering line
    sendBursts puts $channel
}

# toSocket --
#
#       Tells the receiver through the pipeline to which port it has to connect.

proc toSocket {} {
    set server [socket -server {apply {{channel args} {set ::accepted $channel}}} \
        -myaddr 127.0.0.1 0]
    puts [lindex [chan configure $server -sockname] 2]
    flush stdout
    vwait ::accepted
    toChannel $::accepted
}

proc toFile {path} {
    sendBursts putFile $path
}

# putFile --
#
#       Puts a message into a file once the previous message has been taken.

proc putFile {path sent} {
    set file [open $path.new w]
    puts $file $sent
    close $file
    while {[file exists $path]} {
        after 1
    }
    file rename $path.new $path
}

# The receivers -------------------------------------------------------------

# fromQueue, fromChannel, fromSocket, fromFile, fromThread --
#
#       Arrange that a callback gets each message, until the input ends.

proc fromQueue {name args} {
    posix_ipc::mq open $name -as queue
    {*}$args
    chan event stdin readable exit
}

proc fromChannel {channel} {
    chan event $channel readable [list onLine $channel]
}

proc fromSocket {} {
    fromChannel [socket 127.0.0.1 [gets stdin]]
    chan event stdin readable exit
}

proc fromFile {path} {
    look $path
    chan event stdin readable exit
}

# fromThread --
#
#       Here the sender is a thread of the receiver, which both end with the input.

proc fromThread {} {
    set sender [thread::create]
    foreach name {sendBursts toThread} {
        thread::send $sender [list proc $name [info args $name] [info body $name]]
    }
    thread::send $sender [list set ::burst $::burst]
    thread::send -async $sender "sendBursts toThread [thread::id]
        thread::send -async [thread::id] exit"
}

proc toThread {receiver sent} {
    thread::send -async $receiver [list got $sent]
}

# The callbacks -------------------------------------------------------------

proc onReadable {} {
    got [lindex [queue receive -timeout 0] 0]
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

proc onLine {channel} {
    if {[gets $channel sent] < 0} exit
    got $sent
}

proc look {path} {
    if {![catch {open $path} file]} {
        gets $file sent
        close $file
        file delete $path
        got $sent
    }
    after 1 [list look $path]
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

# receive --
#
#       In the process of the receiver: an error in a callback ends it.

proc receive {args} {
    interp bgerror {} {apply {{message options} {
        puts stderr $message
        exit 1
    }}}
    {*}$args
    vwait forever
}

# The comparison ------------------------------------------------------------

# pipeline --
#
#       The words of a pipeline of two processes of this file.

proc pipeline {sender receiver} {
    return [list {*}[bench::self {*}$sender] | {*}[bench::self receive {*}$receiver]]
}

# ways --
#
#       The pipelines that are compared, by name.

proc ways {} {
    set name /bench-[pid]
    set program [file join $bench::folder latency]
    set path /dev/shm/bench-[pid].message
    set toQueue [list toQueue $name]
    return [list \
        floor [list $program send $name $::burst | $program receive $name $::burst] \
        event [pipeline $toQueue [list fromQueue $name queue event readable onReadable]] \
        notify [pipeline $toQueue [list fromQueue $name onNotice queue]] \
        pipe [pipeline {toChannel stdout} {fromChannel stdin}] \
        socket [pipeline toSocket fromSocket] \
        thread [bench::self receive fromThread] \
        file [pipeline [list toFile $path] [list fromFile $path]]]
}

# start --
#
#       Starts a pipeline. When a first burst has gone through, both have opened the
#       queue, and it needs no name any more.

proc start {command} {
    posix_ipc::mq open /bench-[pid] -flags CREX -maxmessages 4 -maxmessagesize 64 \
        -as queue
    set pipeline [bench::peer {*}$command]
    bench::ask $pipeline burst
    queue unlink
    queue destroy
    return $pipeline
}

# compareWays --
#
#       Prints a row for event and one for notify: the age that a part of the
#       messages does not exceed. ages has the ages of each way in each round.

proc compareWays {title goal part ages} {
    dict for {way rounds} $ages {
        dict set figures $way [lmap round $rounds {
            expr {[bench::quantile $part $round] * 1e-6}
        }]
    }
    foreach way {event notify} {
        set row [dict create ours [dict get $figures $way]]
        bench::row "send to callback, $way, $title" $goal \
            [dict merge $row [dict remove $figures event notify]]
    }
}

if {[llength $argv] > 0} {
    {*}$argv
} else {
    foreach {way command} [ways] {
        dict set pipelines $way [start $command]
    }
    for {set round 0} {$round < $rounds} {incr round} {
        dict for {way pipeline} $pipelines {
            dict lappend ages $way [bench::ask $pipeline burst]
        }
    }
    compareWays median 1.5 0.5 $ages
    compareWays "99 %" 2 0.99 $ages
}
