# SPDX-License-Identifier: BSD-3-Clause
# segments.tcl --
#
#       Helpers for tests of locks, rings and topics. A test file sources this after common.tcl.
#
#       lock, ring, topic       for -setup: a new object, named $name, with a handle in the variable of that name, and a
#                               second handle of it in $other. A ring is small
#       tidy                    for -cleanup: destroys all handles, and unlinks $name
#       outcome                 for -command: keeps the code, and the result or the errorCode, in a global variable
#       occupyLatch, freeLatch  put into the latch of $name what a process that is stopped inside an operation leaves there,
#                               the third that has opened it; and undo that
#       taker                   a child that has taken messages of a ring
#       publishAll, receiveAll  publishes a list of messages, and receives all that there are
#       compilePartner          compiles the C program of tests/partners that uses an object of a family

proc lock {args} {
    uplevel 1 [list newSegment lock {*}$args]
}

proc ring {args} {
    uplevel 1 [list newSegment ring -size 4096 {*}$args]
}

proc topic {args} {
    uplevel 1 [list newSegment topic {*}$args]
}

proc newSegment {family args} {
    upvar 1 name name $family handle other other
    set name [uniqueName]
    set handle [posix_ipc::$family open $name -flags CREX {*}$args]
    set other [posix_ipc::$family open $name]
}

proc tidy {} {
    upvar 1 name name
    foreach handle [posix_ipc::handles] {
        $handle destroy
    }
    unlink $name
    unset -nocomplain ::got
}

proc outcome {variable code result options} {
    set ::$variable [list $code [expr {$code ? [dict get $options -errorcode] : $result}]]
}

# Where words and messages are in the file: posixIpcLayout.h.

set ringPlaces {head 256 tail 264 ready 272 messages 280 bytes 288 taken 296 used 304 data 69632}
set topicPlaces {head 256 tail 264 bytes 272 data 69632}

# The number of the slot, and its first generation.

proc occupyLatch {family} {
    upvar 1 name name
    overwrite $family $name 128 [binary format i [expr {3 | 1 << 10}]]
}

proc freeLatch {family} {
    upvar 1 name name
    overwrite $family $name 128 [binary format i 0]
}

proc taker {name count} {
    set c [child create]
    child eval $c [list posix_ipc::ring open $name -as ring]
    for {set i 0} {$i < $count} {incr i} {
        child eval $c {ring take -timeout 30}
    }
    return $c
}

proc publishAll {topic messages} {
    foreach message $messages {
        $topic publish $message
    }
}

proc receiveAll {topic} {
    set all {}
    while {![catch {$topic receive -timeout 0} got]} {
        lappend all $got
    }
    return $all
}

# compilePartner --
#
#       Sets the constraint compiled, and two global variables: partners is the directory, and inC the program. The test
#       file deletes the program.

proc compilePartner {family} {
    set ::partners [file join [file dirname [file normalize [info script]]] partners]
    set ::inC [file join [temporaryDirectory] $family-[pid]]
    set layout [file join [file dirname [file dirname $::partners]] unix shared]
    testConstraint compiled [expr {[testConstraint linux] && ![catch {
        exec cc -std=gnu11 -D_GNU_SOURCE -Wall -Werror -I$layout -o $::inC [file join $::partners $family.c] 2>@1
    }]}]
}
