# SPDX-License-Identifier: BSD-3-Clause
# rivals.tcl --
#
#       What people use instead, as contenders: bench.tcl. Threads and their shared
#       variables are those of the package Thread; a file is one in memory.

package require Thread

namespace eval rivals {
    variable here [file dirname [file normalize [info script]]]
    variable message {set message [binary format a64 x]}
}

# rivals::sysv --
#
#       System V objects through Python's sysv_ipc, in a process of its own.

proc rivals::sysv {what {size 64}} {
    variable here
    return [list bench::ask \
        [bench::peer /usr/bin/python3 [file join $here sysv.py] $what $size]]
}

# A lock --------------------------------------------------------------------

# rivals::pipeLock, tsvLock, fileLock --
#
#       A byte in a pipe: the process that has read it holds the lock. The
#       lock of a shared variable. A file that only one process can create.

proc rivals::pipeLock {} {
    lassign [chan pipe] in out
    chan configure $in -translation binary -buffering none
    chan configure $out -translation binary -buffering none
    puts -nonewline $out +
    return [bench::script "read $in 1; puts -nonewline $out +"]
}

proc rivals::tsvLock {} {
    tsv::set bench lock 0
    return [bench::script {tsv::lock bench {}}]
}

proc rivals::fileLock {} {
    set path /dev/shm/bench-[pid].lock
    return [bench::script \
        "close \[open $path {WRONLY CREAT EXCL}\]; file delete $path"]
}

# Bytes that others see -----------------------------------------------------

proc rivals::openFile {} {
    set path /dev/shm/bench-[pid].file
    set file [open $path w+b]
    chan configure $file -buffering none
    file delete $path
    return $file
}

proc rivals::readers {size repetitions} {
    set bytes [binary format a$size x]
    set file [openFile]
    puts -nonewline $file $bytes
    tsv::set bench bytes $bytes
    return [list \
        tsv [bench::script {tsv::get bench bytes} {} $repetitions] \
        file [bench::script "seek $file 0; read $file $size" {} $repetitions] \
        sysv [sysv read $size]]
}

proc rivals::writers {size repetitions} {
    set before "set bytes \[binary format a$size x\]"
    set file [openFile]
    return [list \
        tsv [bench::script {tsv::set bench bytes $bytes} $before $repetitions] \
        file [bench::script "seek $file 0; puts -nonewline $file \$bytes" \
            $before $repetitions] \
        sysv [sysv write $size]]
}

# A message in one process --------------------------------------------------

proc rivals::throughChannels {in out} {
    variable message
    foreach channel [list $in $out] {
        chan configure $channel -translation binary -buffering none
    }
    return [bench::script "puts -nonewline $out \$message; read $in 64" $message]
}

# rivals::connection --
#
#       Both ends of a connection to the loopback address.

proc rivals::connection {} {
    set server [socket -server {apply {{channel args} {set ::rivals::accepted $channel}}} \
        -myaddr 127.0.0.1 0]
    set client [socket 127.0.0.1 [lindex [chan configure $server -sockname] 2]]
    vwait ::rivals::accepted
    close $server
    return [list $::rivals::accepted $client]
}

proc rivals::senders {} {
    variable message
    set file [openFile]
    return [list \
        pipe [throughChannels {*}[chan pipe]] \
        socket [throughChannels {*}[connection]] \
        tsv [bench::script {tsv::lpush bench queue $message end; tsv::lpop bench queue} \
            $message] \
        file [bench::script "seek $file 0; puts -nonewline $file \$message;
            seek $file 0; read $file 64" $message] \
        sysv [sysv send_receive]]
}
