# SPDX-License-Identifier: BSD-3-Clause
# bench.tcl --
#
#       Measures an operation in rounds, in which ours, the floor and the
#       rivals take turns, so that other load on the machine affects all of
#       them alike.
#
#           bench.tcl directory file ?word ...?
#               directory: has the compiled floor.c and latency.c; file: measures the
#               operation
#
#       A contender is a command prefix: with a number appended it does its work
#       that many times, and returns how many seconds this took. The output is rows,
#       each a dict: operation, goal, unit (s or B), ratio, low, high, and a figure
#       for each contender (ours, floor, rivals). Figures are medians; ratio is the
#       median of ours / floor in each round, low and high are the quartiles.

package require posix_ipc

namespace eval bench {
    variable leastRounds 15
    variable mostRounds 201
    variable secondsEnough 3
    variable batchSeconds 0.0004
    variable scripts 0
    variable peers {}
    variable killed {}

    # Of shared memory: bytes, in words, goal, repetitions.
    variable sizes {
        64          "64 B"      1.4     20
        4096        "4 KiB"     1.12    20
        1048576     "1 MiB"     1.1     1
        67108864    "64 MiB"    1.1     1
    }
}

# Contenders ----------------------------------------------------------------

# bench::script --
#
#       A contender that evaluates body, compiled. The loop is unrolled, so that
#       it adds next to nothing; slow bodies need fewer repetitions. before sets
#       local variables.

proc bench::script {body {before {}} {repetitions 20}} {
    variable scripts
    set name ::bench::script[incr scripts]
    set bodies [string repeat $body\n $repetitions]
    proc $name count [string map [list BEFORE $before BODIES $bodies N $repetitions] {
        BEFORE
        set loops [expr {($count + N - 1) / N}]
        set began [clock microseconds]
        for {set i 0} {$i < $loops} {incr i} {
            BODIES
        }
        return [expr {([clock microseconds] - $began) * 1e-6 * $count / ($loops * N)}]
    }]
    return $name
}

# bench::sum --
#
#       A contender that runs other contenders, one after the other.

proc bench::sum {contenders count} {
    set seconds 0.0
    foreach contender $contenders {
        set seconds [expr {$seconds + [{*}$contender $count]}]
    }
    return $seconds
}

# bench::self --
#
#       The command line of a process that runs the same operation with other
#       arguments.

proc bench::self {args} {
    return [list [info nameofexecutable] $::bench::program $::bench::folder \
        $::bench::file {*}$args]
}

# bench::shareProcessor, bench::compareTurns --
#
#       If two processes take turns, chance decides whether they share a processor, and
#       waking a second processor takes several times as long as all the rest.
#       shareProcessor keeps this process, and those that it starts from now on, on one
#       processor: taskset(1). compareTurns compares there, and then with its partners on
#       another.

proc bench::shareProcessor {} {
    variable processors
    set processors [regexp -all -inline {\d+} [lindex [split [exec taskset -cp [pid]] :] 1]]
    exec taskset -cp [lindex $processors 0] [pid]
}

proc bench::compareTurns {operation goal ours floor partners} {
    variable processors
    compare "$operation, one processor" $goal $ours $floor
    if {[llength $processors] > 1} {
        foreach partner $partners {
            exec taskset -cp [lindex $processors end] $partner
        }
        compare "$operation, two" $goal $ours $floor
    }
}

# bench::peer, bench::again --
#
#       Start another process that measures or takes part, and return its channel. The
#       process of bench::peer ends when its input does. That of bench::again is this
#       program with other arguments; it is killed in the end.

proc bench::peer {args} {
    variable peers
    set channel [open |[list {*}$args 2>@stderr] r+b]
    chan configure $channel -buffering none
    lappend peers $channel
    return $channel
}

proc bench::again {args} {
    variable killed
    set channel [peer {*}[self {*}$args]]
    lappend killed {*}[pid $channel]
    return $channel
}

# bench::ask, bench::answer --
#
#       A contender that works in another process, and that process: it reads
#       commands, a line each, and writes what they return.

proc bench::ask {peer args} {
    puts $peer $args
    if {[gets $peer answer] < 0} {
        error "a process of the measurement has ended"
    }
    return $answer
}

proc bench::answer {} {
    chan configure stdout -buffering line
    while {[gets stdin command] >= 0} {
        puts [{*}$command]
    }
}

# Measuring -----------------------------------------------------------------

# bench::calibrate --
#
#       How many repetitions a contender makes in a batch.

proc bench::calibrate {contender} {
    variable batchSeconds
    set count 1
    {*}$contender $count
    while {[set seconds [{*}$contender $count]] < $batchSeconds / 4} {
        set count [expr {$count * 2}]
    }
    return [expr {max(1, int(ceil($count * $batchSeconds / $seconds)))}]
}

# bench::measure --
#
#       The seconds of each contender, by name, in each round. A batch is
#       short, so that most batches run undisturbed.

proc bench::measure {contenders} {
    variable leastRounds
    variable mostRounds
    variable secondsEnough
    dict for {name contender} $contenders {
        dict set counts $name [calibrate $contender]
    }
    set enough [expr {[clock milliseconds] + $secondsEnough * 1000}]
    for {set round 0} {$round < $leastRounds
            || ($round < $mostRounds && [clock milliseconds] < $enough)} {incr round} {
        dict for {name contender} $contenders {
            set count [dict get $counts $name]
            dict lappend figures $name [expr {[{*}$contender $count] / $count}]
        }
    }
    return $figures
}

# bench::quantile --
#
#       The number below which a part of the numbers lies.

proc bench::quantile {part numbers} {
    return [lindex [lsort -real $numbers] [expr {int(([llength $numbers] - 1) * $part)}]]
}

# bench::row --
#
#       Prints the row of an operation, from figures of each contender in each round.

proc bench::row {operation goal figures {unit s}} {
    set row [dict create operation $operation goal $goal unit $unit]
    set ratios [lmap ours [dict get $figures ours] floor [dict get $figures floor] {
        expr {double($ours) / $floor}
    }]
    foreach {key part} {ratio 0.5 low 0.25 high 0.75} {
        dict set row $key [quantile $part $ratios]
    }
    dict for {name numbers} $figures {
        dict set row $name [quantile 0.5 $numbers]
    }
    puts $row
    flush stdout
}

# bench::compare --
#
#       Measures an operation: ours, the floor (contenders, to be added up), and
#       rivals by name.

proc bench::compare {operation goal ours floor {rivals {}}} {
    row $operation $goal \
        [measure [dict create ours $ours floor [list bench::sum $floor] {*}$rivals]]
}

# bench::clear --
#
#       Ends the other processes, and removes what an operation has made.

proc bench::clear {} {
    variable peers
    variable killed
    if {$killed ne ""} {
        exec sh -c "kill -KILL $killed"
    }
    foreach peer $peers {
        catch {close $peer}
    }
    foreach handle [posix_ipc::handles] {
        if {$::argv eq ""} {
            catch {$handle unlink}
        }
        $handle destroy
    }
}

set bench::program [file normalize [info script]]
set argv [lassign $argv bench::folder bench::file]
load [file join $bench::folder floor.so] Floor
try {
    source $bench::file
} finally {
    bench::clear
}
