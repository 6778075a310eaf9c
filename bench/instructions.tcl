# SPDX-License-Identifier: BSD-3-Clause
# instructions.tcl --
#
#       Counts the instructions of an operation, Tcl's own included, by callgrind,
#       whose counts are reproducible. Two loops of different length run; the
#       difference of their counts is divided, so that work done once does not
#       count.
#
#           instructions.tcl check csv directory compiler
#               prints the recorded counts and the new ones; fails if one has grown by
#               more than 5 %
#           instructions.tcl update csv directory compiler
#               records the counts
#           instructions.tcl run directory
#               runs the operations; used inside valgrind

set operations {
    "a bare command"            {floor::integer get 64 int64}
    acquire                     {sem acquire}
    release                     {sem release}
    "acquire -timeout"          {sem acquire -timeout 1}
    "with {}"                   {sem with {}}
    "sem cget -value"           {sem cget -value}
    "sem cget -name"            {sem cget -name}
    "shm cget -size"            {shm cget -size}
    "shm read, 64 B"            {shm read 0 64}
    "shm write, 64 B"           {shm write 0 $message}
    "shm get"                   {shm get 64 int64}
    "shm set"                   {shm set 64 int64 7}
    "shm incr"                  {shm incr 64 int64}
    "shm swap"                  {shm swap 64 int64 7}
    "shm cas"                   {shm cas 64 int64 7 7}
    "shm get, 8 fields"         {shm get 64 {a int32 b double c int16 d uint8 e int64 f float g uint32 h int8}}
    "send, 64 B"                {mq send $message}
    "receive, 64 B"             {mq receive}
    "lock: acquire + release"   {lock acquire; lock release}
    "lock: with {}"             {lock with {}}
    "lock: 1 of 10 permits"     {permits acquire; permits release}
    "ring: send + receive"      {ring send $message; ring receive}
    "topic: publish, 64 B"      {topic publish $message}
}
set short 2
set long 8

# Done before each loop, so that no operation waits.

set before {
    sem release 8
    while {[mq cget -currentmessages] > 0} {
        mq receive
    }
    if {$title eq "receive, 64 B"} {
        time {mq send $message} 8
    }
}

# run --
#
#       Runs in valgrind: each operation, a number of times between two marks.

proc run {folder} {
    package require posix_ipc
    load [file join $folder floor.so] Floor
    set name /instructions-[pid]
    posix_ipc::sem open $name -flags CREX -as sem
    posix_ipc::shm open $name -flags CREX -size 65536 -as shm
    posix_ipc::mq open $name -flags CREX -maxmessages 8 -maxmessagesize 64 -as mq
    posix_ipc::lock open $name -flags CREX -as lock
    posix_ipc::lock open $name-10 -flags CREX -permits 10 -as permits
    posix_ipc::ring open $name -flags CREX -as ring
    posix_ipc::topic open $name -flags CREX -as topic
    foreach family {sem shm mq lock permits ring topic} {
        $family unlink
    }
    set message [binary format a64 x]
    foreach {title script} $::operations {
        foreach count [list $::long $::short $::long] {
            proc work {message} [string repeat $script\n $count]
            eval $::before
            work $message
            eval $::before
            floor::mark
            work $message
            floor::mark
        }
    }
}

# count --
#
#       The instructions of each operation.

proc count {folder} {
    set out [file join $folder callgrind.out]
    exec valgrind -q --tool=callgrind --callgrind-out-file=$out --dump-before=MarkCmd \
        [info nameofexecutable] $::argv0 run $folder 2>@stderr
    set dump 0
    foreach {title script} $::operations {
        foreach length {first short long} {
            incr dump 2
            set total($length) [total $out.$dump]
        }
        dict set counts $title \
            [expr {round(double($total(long) - $total(short)) / ($::long - $::short))}]
    }
    file delete {*}[glob $out*]
    return $counts
}

proc total {path} {
    set file [open $path]
    regexp -line {^(?:summary|totals): (\d+)} [read $file] - total
    close $file
    return $total
}

# read, write: a line for each operation, with the compiler.

proc readCounts {csv} {
    set file [open $csv]
    foreach line [lrange [split [string trim [read $file]] \n] 1 end] {
        regexp {^"(.*)",(\d+),"(.*)"$} $line - title count compiler
        dict set counts $title [list $count $compiler]
    }
    close $file
    return $counts
}

proc update {csv folder compiler} {
    set counts [count $folder]
    set file [open $csv w]
    puts $file operation,instructions,compiler
    dict for {title count} $counts {
        puts $file "\"$title\",$count,\"$compiler\""
    }
    close $file
}

proc check {csv folder compiler} {
    set old [readCounts $csv]
    set grown 0
    puts [format "%-22s %8s %8s %8s" operation before now change]
    dict for {title now} [count $folder] {
        lassign [dict get $old $title] before with
        if {$with ne $compiler} {
            puts stderr "cannot compare: $csv was recorded with $with, but this is $compiler"
            exit 1
        }
        set change [expr {100.0 * ($now - $before) / $before}]
        puts [format "%-22s %8d %8d %+7.1f%%%s" $title $before $now $change \
            [expr {$change > 5 ? "  GROWN" : ""}]]
        incr grown [expr {$change > 5}]
    }
    exit [expr {$grown > 0}]
}

{*}$argv
