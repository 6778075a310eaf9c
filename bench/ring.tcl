# SPDX-License-Identifier: BSD-3-Clause
# ring.tcl --
#
#       Messages of 64 bytes through a ring. The floor is a queue of the system, so
#       the ratio is the fraction of its time that a ring takes.

source [file join [file dirname [info script]] rivals.tcl]

proc echo {family there back} {
    posix_ipc::$family open $there -as there
    posix_ipc::$family open $back -as back
    while 1 {
        set message [there receive]
        back send [expr {$family eq "mq" ? [lindex $message 0] : $message}]
    }
}

proc partner {family options} {
    set names [lmap direction {there back} {
        set name /bench-[pid]-$direction
        posix_ipc::$family open $name -flags CREX {*}$options -as $family-$direction
        set name
    }]
    bench::again echo $family {*}$names
    return [bench::script "$family-there send \$message; $family-back receive" $rivals::message]
}

# drain, stream, oneWay --
#
#       One way between two processes. drain is the other process: it receives as many
#       messages as a line of its input says. stream sends them from this process, and
#       oneWay is the contender. Messages go through a ring, one at a time or in lists of
#       100, or through a pipe of Tcl.

proc drain {name} {
    posix_ipc::ring open $name -as way
    chan configure stdin -translation binary -buffersize 65536
    chan configure stdout -buffering line
    while {[gets stdin line] >= 0} {
        lassign $line kind count
        drain-$kind $count
        puts done
    }
}

proc drain-ring {count} {
    for {set i 0} {$i < $count} {incr i} {
        way receive
    }
}

proc drain-lists {count} {
    while {$count > 0} {
        incr count -[llength [way receivelist -max 100]]
    }
}

proc drain-pipe {count} {
    for {set i 0} {$i < $count} {incr i} {
        gets stdin line
    }
}

proc stream-ring {pipe count message} {
    for {set i 0} {$i < $count} {incr i} {
        way send $message
    }
}

proc stream-lists {pipe count message} {
    set messages [lrepeat 100 $message]
    for {set i 0} {$i < $count} {incr i 100} {
        way sendlist $messages
    }
}

proc stream-pipe {pipe count message} {
    for {set i 0} {$i < $count} {incr i} {
        puts $pipe $message
    }
    flush $pipe
}

proc oneWay {pipe kind count} {
    set whole [expr {($count + 99) / 100 * 100}]
    set message [string repeat m 64]
    puts $pipe [list $kind $whole]
    flush $pipe
    set began [clock microseconds]
    stream-$kind $pipe $whole $message
    gets $pipe
    return [expr {([clock microseconds] - $began) * 1e-6 * $count / $whole}]
}

proc compareOneWay {} {
    posix_ipc::ring open /bench-[pid]-way -flags CREX -as way
    set pipe [bench::again drain /bench-[pid]-way]
    chan configure $pipe -buffering full -buffersize 65536
    foreach {kind words goal} {ring "one way" 0.6 lists "lists of 100, one way" 0.4} {
        bench::compare "ring: $words, beside a pipe" $goal [list oneWay $pipe $kind] [list [list oneWay $pipe pipe]]
    }
    way unlink
    way destroy
}

# oneWayLong, compareLong --
#
#       One way between two processes, messages of 1 MiB. The floor is memcpy, twice, as a
#       message is copied into the ring and out of it.

proc oneWayLong {pipe message count} {
    puts $pipe [list ring $count]
    flush $pipe
    set began [clock microseconds]
    stream-ring $pipe $count $message
    gets $pipe
    return [expr {([clock microseconds] - $began) * 1e-6}]
}

proc compareLong {} {
    set size 1048576
    set bytes [binary format a$size ""]
    posix_ipc::ring open /bench-[pid]-long -flags CREX -size [expr {4 * $size}] -as way
    set pipe [bench::again drain /bench-[pid]-long]
    chan configure $pipe -buffering full
    set copy [bench::script {floor::memory write 0 $bytes} "set bytes \[binary format a$size {}]" 1]
    set bench::batchSeconds 0.03
    bench::compare "ring: 1 MiB, one way, beside memcpy twice" 1.3 [list oneWayLong $pipe $bytes] [list $copy $copy]
}

proc compareRings {} {
    set options {-maxmessages 4 -maxmessagesize 64}
    posix_ipc::ring open /bench-[pid] -flags CREX -as ring
    posix_ipc::mq open /bench-[pid] -flags CREX {*}$options -as mq
    bench::compare "ring: send + receive, beside a queue" {} \
        [bench::script {ring send $message; ring receive} $rivals::message] \
        [list [bench::script {mq send $message; mq receive} $rivals::message]]
    bench::compare "ring: send + receive, to bare commands" 1.5 \
        [bench::script {ring send $message; ring receive} $rivals::message] \
        [list [bench::script {floor::memory write 0 $message; floor::memory read 0 64} $rivals::message]]
    bench::compare "ring: send + take + ack, beside a queue" {} \
        [bench::script {ring send $message; ring ack [lindex [ring take] 1]} $rivals::message] \
        [list [bench::script {mq send $message; mq receive} $rivals::message]]
    compareOneWay
    compareLong
    set bench::batchSeconds 0.01
    bench::shareProcessor
    bench::compare "ring: round trip, beside queues" 1.0 [partner ring {}] [list [partner mq $options]]
}

if {[llength $argv] > 0} {
    {*}$argv
} else {
    compareRings
}
