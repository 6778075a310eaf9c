# SPDX-License-Identifier: BSD-3-Clause
# many-handles.tcl --
#
#       Operations in a process with ten thousand other handles, and event
#       handlers on two hundred of their queues, against the same in a process
#       without them.

# The operations: a title, a script, and what comes before it.

set message {set message [binary format a64 x]}
set operations [list \
    "acquire + release" {sem acquire; sem release} {} \
    "acquire -timeout + release" {sem acquire -timeout 1; sem release} {} \
    "cget -value" {sem cget -value} {} \
    "send + receive" {mq send $message; mq receive} $message \
    "shm read, 4 KiB" {shm read 0 4096} {} \
    "shm write, 64 B" {shm write 0 $message} $message \
    "acquire -command" {sem acquire -command onDone; vwait ::done; sem release} {} \
    "send to callback" {mq send $message; vwait ::done} \
        "$message; mq event readable onReadable" \
    "sem: open + close + unlink" {
        posix_ipc::sem open $name -flags CREX -as new
        new unlink
        new destroy
    } {set name /bench-[pid]-new} \
    "shm: open + close + unlink" {
        posix_ipc::shm open $name -flags CREX -as new
        new unlink
        new destroy
    } {set name /bench-[pid]-new}]

proc onDone {args} {
    set ::done 1
}

proc onReadable {} {
    mq receive
    set ::done 1
}

# serve --
#
#       The process that works, with this number of other handles and
#       handlers.

proc serve {handles handlers} {
    set name /bench-[pid]
    for {set i 0} {$i < $handlers} {incr i} {
        set other [posix_ipc::mq open $name-$i -flags CREX -maxmessages 1 -maxmessagesize 1]
        $other unlink
        $other event readable {error "it is empty"}
    }
    for {} {$i < $handles} {incr i} {
        [posix_ipc::sem open $name-$i -flags CREX] unlink
    }
    posix_ipc::sem open $name -flags CREX -value 1 -as sem
    posix_ipc::shm open $name -flags CREX -size 65536 -as shm
    posix_ipc::mq open $name -flags CREX -maxmessages 4 -maxmessagesize 64 -as mq
    foreach family {sem shm mq} {
        $family unlink
    }
    foreach {title script before} $::operations {
        set ::work($title) [bench::script $script $before]
    }
    bench::answer
}

proc work {title count} {
    return [$::work($title) $count]
}

if {[llength $argv] > 0} {
    {*}$argv
} else {
    set bench::batchSeconds 0.005
    set many [bench::again serve 10000 200]
    set none [bench::again serve 0 0]
    foreach {title script before} $operations {
        bench::compare "10,000 handles: $title" 1.05 \
            [list bench::ask $many work $title] [list [list bench::ask $none work $title]]
    }
}
