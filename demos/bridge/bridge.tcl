#!/usr/bin/env tclsh
# SPDX-License-Identifier: BSD-3-Clause
# Rings and topics exist only within one machine. This program carries one to an MQTT broker, or from a broker into one.
# It uses the client programs of Mosquitto (Debian: mosquitto-clients), and setsid, flock and find of Linux.
#
#     bridge.tcl out ring|topic name mqttTopic ?option ...?
#     bridge.tcl in ring|topic name mqttTopic directory ?option ...?
#         The directory keeps messages that are not in the ring or the topic yet; each bridge has its own. The options are
#         those of mosquitto_pub and mosquitto_sub, such as -h host, -p port, -u user, --cafile file.
#     bridge.tcl broker directory ?port?
#         Runs a broker (Debian: mosquitto) on the loopback, and starts it again whenever it ends. It keeps its messages in
#         the directory. By default it takes a port that is free.
#
# Every message of a ring arrives at least once, even if the broker dies and comes back; some arrive twice. Each party is
# responsible for a message until the next one has it:
#
#     out      The ring keeps the message until the broker acknowledges it, even if the bridge is killed meanwhile.
#     broker   Keeps the message for a bridge that is away. If it is configured as the one below, it keeps it on disk, and only
#              a SIGKILL in the instant after its acknowledgement can lose it.
#     in       mosquitto_sub writes the message to a file in the directory, where it stays until it is in the ring, even if
#              the bridge is killed meanwhile. mosquitto_sub 2.0 acknowledges a message just before it writes it: if it is itself
#              killed in between, the message is lost. So it outlives the bridge, until no message has come for a second.
#
# Topics acknowledge nothing: what is published while no bridge runs is not carried.

source [file join [file dirname [file dirname [file normalize [info script]]]] utils.tcl]

# To the broker -----------------------------------------------------------------------------------------------------------

proc outOfRing {ring args} {
    while 1 {
        lassign [posix_ipc::await $ring take] message token
        if {[publish $message {*}$args]} {
            $ring ack $token
        } else {
            $ring requeue $token
            pause
        }
    }
}

proc outOfTopic {topic args} {
    while 1 {
        lassign [posix_ipc::await $topic receive] message missed
        if {$missed} {
            demo::say "$missed messages were overwritten before the broker could take them"
        }
        while {![publish $message {*}$args]} pause
    }
}

# Returns whether the broker has the message. Each message has a client program of its own, because its exit status is the only
# sure sign. The program must also be silent: after some errors its status is 0 nevertheless. With MQTT 5 the broker can say
# that it refuses a message; before, it had to acknowledge and drop it. The standard input takes any bytes.
proc publish {message mqttTopic args} {
    set source [expr {$message eq "" ? "-n" : "-s"}]
    set client [open |[list mosquitto_pub -V mqttv5 -q 1 -t $mqttTopic {*}$args $source] r+b]
    chan configure $client -blocking 0
    puts -nonewline $client $message
    chan close $client write
    while {[nextLine $client line]} {}
    chan configure $client -blocking 1
    try {
        close $client
    } on error reason {
        demo::say "not out yet: [lindex [split $reason \n] 0]"
        return 0
    }
    return 1
}

# From the broker ---------------------------------------------------------------------------------------------------------

# The broker keeps messages for a client that it knows by its id. So the id is the same each time, and no other bridge has it.
# A client ends after some messages, so that its file can be removed. The directory contains:
#
#     arrived       the messages of one client, each as a line of hexadecimal digits
#     delivered     a byte for each of them that is in the ring. It is removed first: alone, it would count messages that
#                   have yet to come
proc in {deliver name mqttTopic folder args} {
    file mkdir $folder
    set id "[info hostname] $name $mqttTopic"
    set paths [lmap name {arrived delivered} {file join $folder $name}]
    while 1 {
        set client [collect [lindex $paths 0] -i $id -c -q 1 -t $mqttTopic -F %x -C 1000 {*}$args]
        if {![deliverAll $deliver $client {*}$paths]} pause
        file delete {*}[lreverse $paths]
    }
}

# Starts a client that writes to a file. The client of an earlier bridge may still be writing to it: then this client waits
# until that one has ended. If the file then has messages, this client ends, too.
proc collect {file args} {
    set script {
        exec 3<&0 8>&1 9>>"$0.lock"
        flock 9
        [ ! -s "$0" ] || exit
        {
            read -r end
            while [ "$(find "$0" -newermt "1 second ago")" ]; do sleep 1; done
            kill $$
        } <&3 8>&- 9>&- >/dev/null 2>&1 &
        exec mosquitto_sub "$@" >"$0" 3<&-
    }
    set client [open |[list setsid sh -c $script $file {*}$args 2>@stderr] r+]
    chan configure $client -blocking 0
    return $client
}

# Delivers the lines of a file until the client has ended, without those that were delivered before. Returns how many.
proc deliverAll {deliver client arrived delivered} {
    set file [open $arrived {RDONLY CREAT}]
    set log [open $delivered ab]
    set skipped [file size $delivered]
    set count 0
    while {[nextArrived $file $client line]} {
        if {[incr count] <= $skipped} continue
        try {
            {*}$deliver [binary decode hex $line]
        } trap {POSIXIPC VALUE} reason {
            demo::say "dropped: $reason"
        }
        puts -nonewline $log .
        flush $log
    }
    close $file
    close $log
    catch {close $client}
    return $count
}

# Waits for a line of a file to which the client writes. Returns 0 at the end.
proc nextArrived {file client variable} {
    upvar 1 $variable line
    set place [tell $file]
    while 1 {
        set hasEnded [expr {[gets $client] eq "" && [eof $client]}]
        seek $file $place
        if {[gets $file line] >= 0 && ![eof $file]} {
            return 1
        }
        if {$hasEnded} {
            return 0
        }
        after 20 [info coroutine]
        yield
    }
}

# The broker --------------------------------------------------------------------------------------------------------------

# Its messages go to disk at each change, and its queues have no limit.
proc broker {folder {port 0}} {
    if {!$port} {
        set probe [socket -server {} -myaddr 127.0.0.1 0]
        set port [lindex [chan configure $probe -sockname] 2]
        close $probe
    }
    file mkdir $folder
    set file [open [file join $folder mosquitto.conf] w]
    puts $file [subst {
        listener $port 127.0.0.1
        allow_anonymous true
        user $::tcl_platform(user)
        log_dest stderr
        log_type error
        log_type subscribe
        persistence true
        persistence_location [file normalize $folder]/
        autosave_on_changes true
        autosave_interval 1
        max_inflight_messages 0
        max_queued_messages 0
    }]
    close $file
    append ::env(PATH) :/usr/local/sbin:/usr/sbin
    while 1 {
        set broker [leashed mosquitto -c [file join $folder mosquitto.conf] 2>@1]
        demo::say "process [pid $broker] is the broker on port $port"
        while {[nextLine $broker line]} {
            demo::say $line
        }
        catch {close $broker}
        pause
    }
}

# What these share --------------------------------------------------------------------------------------------------------

# Starts a program that ends with this one, even if this one is killed: a shell alongside it kills it when the shell's
# input ends.
proc leashed {args} {
    set script {exec 3<&0; { read -r end; kill $$; } <&3 >/dev/null 2>&1 & exec "$@" 3<&-}
    return [open |[list sh -c $script sh {*}$args] r+]
}

# Waits for a line, in the event loop. Returns 0 at the end.
proc nextLine {channel variable} {
    upvar 1 $variable line
    chan configure $channel -blocking 0
    while {[gets $channel line] < 0} {
        if {[eof $channel]} {
            return 0
        }
        chan event $channel readable [info coroutine]
        yield
        chan event $channel readable {}
    }
    return 1
}

# If the broker is unreachable or refuses a message, the bridge tries again
# after a second.
proc pause {} {
    after 1000 [info coroutine]
    yield
}

demo::run {
    set args [lassign $argv direction kind name]
    if {$direction eq "broker" && $argc in {2 3}} {
        coroutine bridge {*}$argv
    } elseif {$direction in {out in} && $kind in {ring topic} && $argc >= ($direction eq "in" ? 5 : 4)} {
        set handle [posix_ipc::$kind open $name -flags CREAT]
        switch "$direction $kind" {
            "out ring"  {coroutine bridge outOfRing $handle {*}$args}
            "out topic" {coroutine bridge outOfTopic $handle {*}$args}
            "in ring"   {coroutine bridge in [list posix_ipc::await $handle send] $name {*}$args}
            "in topic"  {coroutine bridge in [list $handle publish] $name {*}$args}
        }
    } else {
        throw {DEMO USAGE} "bridge.tcl out ring|topic name mqttTopic ?option ...?, bridge.tcl in ring|topic name mqttTopic\
            directory ?option ...?, or bridge.tcl broker directory ?port?"
    }
    vwait forever
}
