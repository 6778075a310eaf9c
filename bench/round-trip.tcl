# SPDX-License-Identifier: BSD-3-Clause
# round-trip.tcl --
#
#       A message of 64 bytes to another process that waits for it, and back.

source [file join [file dirname [info script]] rivals.tcl]

# The other side, which runs until it is killed: sends each message back.

proc echoQueue {there back} {
    posix_ipc::mq open $there -as there
    posix_ipc::mq open $back -as back
    while 1 {
        back send [lindex [there receive] 0]
    }
}

proc echoChannel {in out} {
    foreach channel [list $in $out] {
        chan configure $channel -translation binary -buffering none
    }
    while {![eof $in]} {
        puts -nonewline $out [read $in 64]
    }
}

proc echoSocket {port} {
    set channel [socket 127.0.0.1 $port]
    echoChannel $channel $channel
}

proc echoFile {there back} {
    while 1 {
        putFile $back [takeFile $there]
    }
}

# putFile, takeFile --
#
#       A message in a file, which gets its name when it is complete. The
#       reader checks for it each millisecond.

proc putFile {path message} {
    set file [open $path.new wb]
    puts -nonewline $file $message
    close $file
    file rename $path.new $path
}

proc takeFile {path} {
    while {[catch {open $path rb} file]} {
        after 1
    }
    set message [read $file]
    close $file
    file delete $path
    return $message
}

# newQueues --
#
#       Two queues, for either direction.

proc newQueues {what} {
    return [lmap direction {there back} {
        set name /bench-[pid]-$what-$direction
        posix_ipc::mq open $name -flags CREX -maxmessages 4 -maxmessagesize 64 \
            -as $what-$direction
        set name
    }]
}

proc throughChannel {channel} {
    return [bench::script "puts -nonewline $channel \$message; read $channel 64" \
        $rivals::message]
}

proc throughSocket {} {
    set server [socket -server {apply {{channel args} {set ::accepted $channel}}} \
        -myaddr 127.0.0.1 0]
    bench::again echoSocket [lindex [chan configure $server -sockname] 2]
    vwait ::accepted
    close $server
    chan configure $::accepted -translation binary -buffering none
    return [throughChannel $::accepted]
}

proc throughFile {} {
    set there /dev/shm/bench-[pid].there
    set back /dev/shm/bench-[pid].back
    bench::again echoFile $there $back
    return [bench::script "putFile $there \$message; takeFile $back" $rivals::message 1]
}

proc compareRoundTrips {} {
    set ours [newQueues ours]
    set floor [newQueues floor]
    bench::again echoQueue {*}$ours
    bench::again floor::echo {*}$floor
    set thread [thread::create]
    set bench::batchSeconds 0.01
    bench::compare "round trip, 64 B" 1.10 \
        [bench::script {ours-there send $message; ours-back receive} $rivals::message] \
        [list [list floor::seconds roundTrip {*}$floor]] \
        [list \
            pipe [throughChannel [bench::again echoChannel stdin stdout]] \
            socket [throughSocket] \
            thread [bench::script "thread::send $thread \[list string cat \$message\]" \
                $rivals::message] \
            file [throughFile] \
            sysv [rivals::sysv round_trip]]
}

if {[llength $argv] > 0} {
    {*}$argv
} else {
    compareRoundTrips
}
