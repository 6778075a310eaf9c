# SPDX-License-Identifier: BSD-3-Clause
# fuzz.tcl ?-calls N? ?-seconds N? ?-seed N? --
#
#       Two players make random calls on shared names, fork processes and trap signals. A
#       vandal sends them signals, kills players, and damages what they share. When a player
#       ends, another one follows with the next seed, until enough calls are made or the
#       time is up. Run this by "make fuzz", because it treats /dev/shm and all queues as
#       its own.
#
#       Each life of a player is a check. It fails on a report of a sanitizer, a
#       crash, a call that waits where it should not, an error that is not in the
#       contract, a resource that is still held at the end, or a child process that
#       does such a thing or does not end. A last check is that nothing is left in the
#       system. The run ends early if the vandal ends, or after so many failures that
#       more would show nothing new.

package require Tcl 8.6-
package require posix_ipc

set here [file dirname [file normalize [info script]]]
array set options [list -calls 2000000 -seconds 1e9 -seed [clock seconds]]
array set options $argv

set folder [file join [expr {[info exists env(TMPDIR)] ? $env(TMPDIR) : "/tmp"}] fuzz-[clock microseconds]]
set said [file join $folder said]
set life 10000          ;# calls of one player
set silence 60000       ;# milliseconds after which a player is stuck
set patience 100        ;# milliseconds that a call may wait forever
set mostFailures 20
set calls 0
set lives 0
set kills 0
set passed 0
set failed 0
set outcomes {}
set players {}
set killed {}
set isOver 0
set vandalEnded 0
set began [clock milliseconds]

# Sanitizers report on the standard error, since a player that has no descriptor left could
# open no file. A thread that fetches a unit is canceled in a wait; what the address sanitizer
# knows about its stack is then too old for the check that it makes with a signal stack.

file mkdir $folder
append env(ASAN_OPTIONS) :use_sigaltstack=0
append env(UBSAN_OPTIONS) :print_stacktrace=1

proc seconds {} {
    return [expr {([clock milliseconds] - $::began) / 1e3}]
}

proc fail {text} {
    incr ::failed
    puts "FAIL  $text"
}

# tellLast --
#
#       Prints the last lines of a file, if it has any, and the beginning of long ones.

proc tellLast {what path} {
    if {![catch {exec tail -n 30 $path} last] && $last ne ""} {
        puts "      $what:"
        foreach line [split $last \n] {
            puts "        [string range $line 0 300]"
        }
    }
}

# broken --
#
#       An error of the referee itself, in an event: the run cannot go on.

proc broken {message options} {
    fail "fuzz.tcl: [dict get $options -errorinfo]"
    set ::isOver 1
}

# start --
#
#       Starts a program of this directory, with a command for its lines. Its limit of open
#       files is so low that a player can soon reach it.

proc start {handler program args} {
    set pipe [open |[list prlimit --nofile=64 [info nameofexecutable] [file join $::here $program] {*}$args \
                         2>>$::said] r+]
    chan configure $pipe -blocking 0 -buffering line
    chan event $pipe readable [list {*}$handler $pipe]
    return $pipe
}

# reap --
#
#       Waits for the end of a program, and returns how it ended.

proc reap {pipe} {
    chan configure $pipe -blocking 1
    try {
        close $pipe
    } on error {- options} {
        return [lrange [dict get $options -errorcode] 0 2]
    }
    return "exit 0"
}

# startPlayer --
#
#       Starts the next player.

proc startPlayer {} {
    global players options lives
    set seed [expr {$options(-seed) + $lives}]
    set log [file join $::folder calls-$lives]
    incr lives
    set player [start hear player.tcl $seed $::life $log]
    dict set players $player [dict create seed $seed log $log pid [pid $player] calls 0 begun 0 ended 0 \
        trouble {} timers {}]
    watch $player output $::silence "it reported nothing for $::silence ms"
}

# tellVandal --
#
#       Tells the vandal which players have begun: one that does not yet trap signals would
#       die of them. hearVandal notices the vandal's own end.

proc tellVandal {} {
    try {
        puts $::vandal [lmap player [dict values $::players] {
            if {![dict get $player begun]} continue
            dict get $player pid
        }]
    } trap {POSIX EPIPE} {} {}
}

# watch, unwatch --
#
#       Kill a player after a time, unless its output or one of its threads shows progress.
#       args is the fault that is reported then.

proc watch {player what milliseconds args} {
    unwatch $player $what
    dict set ::players $player timers $what [after $milliseconds [list stop $player {*}$args]]
}

proc unwatch {player what} {
    if {[dict exists $::players $player timers $what]} {
        after cancel [dict get $::players $player timers $what]
        dict unset ::players $player timers $what
    }
}

proc stop {player args} {
    set pid [dict get $::players $player pid]
    lappend ::killed $pid
    blame $player {*}$args
    exec sh -c "kill -KILL $pid"
}

# blame --
#
#       Adds to what is wrong with a player.

proc blame {player args} {
    dict set ::players $player trouble [concat [dict get $::players $player trouble] $args]
}

# hear --
#
#       Reads the lines of a player. A line that a kill has truncated is ignored.

proc hear {player} {
    global players
    while {[gets $player line] >= 0 && ![eof $player]} {
        lassign $line word text
        watch $player output $::silence "it reported nothing for $::silence ms"
        switch $word {
            counts  {count $player $text}
            failed  {blame $player $text}
            waits   {watch $player $text $::patience}
            woke    {unwatch $player $text}
            begun   {
                dict set players $player begun 1
                tellVandal
            }
            ended   {dict set players $player ended 1}
        }
    }
    if {[eof $player]} {
        finish $player
    }
}

# count --
#
#       Adds the outcomes of a player's calls to the totals.

proc count {player counts} {
    global players outcomes calls
    dict for {outcome count} $counts {
        dict incr outcomes $outcome $count
        if {[lindex $outcome 0] eq "call"} {
            incr calls $count
            dict set players $player calls [expr {[dict get $players $player calls] + $count}]
        }
    }
}

# finish --
#
#       Judges a player that has ended, and starts the next one.

proc finish {player} {
    judge $player
    if {$::failed >= $::mostFailures} {
        set ::isOver 1
    } elseif {$::calls < $::options(-calls) && [seconds] < $::options(-seconds)} {
        startPlayer
    } elseif {$::players eq ""} {
        set ::isOver 1
    }
}

# judge --
#
#       Reaps a player. If there was trouble, prints it with the player's seed and last
#       calls.

proc judge {player} {
    foreach what [dict keys [dict get $::players $player timers]] {
        unwatch $player $what
    }
    set status [reap $player]
    if {[lindex $status 0] eq "CHILDKILLED" && [lindex $status 2] eq "SIGKILL"} {
        incr ::kills
    } elseif {$status ne "exit 0" || ![dict get $::players $player ended]} {
        blame $player "it ended with $status"
    }
    set one [dict get $::players $player]
    dict unset ::players $player
    if {[dict get $one trouble] eq ""} {
        incr ::passed
    } else {
        fail "player.tcl [dict get $one seed] $::life, after [dict get $one calls] calls:\
            [join [dict get $one trouble] "\n      "]"
        tellLast "the last calls" [dict get $one log]
    }
    file delete [dict get $one log]
}

# endPlayers --
#
#       Ends the remaining players if the run ends early.

proc endPlayers {} {
    foreach player [dict keys $::players] {
        stop $player
        judge $player
    }
}

# hearVandal --
#
#       Reads which players the vandal has killed. If the vandal ends, so does the run.

proc hearVandal {vandal} {
    while {[gets $vandal line] >= 0} {
        lappend ::killed [lindex $line 1]
    }
    if {[eof $vandal]} {
        chan event $vandal readable {}
        set ::vandalEnded 1
        set ::isOver 1
    }
}

# endVandal --
#
#       Lets the vandal end, unless it already has. Every player that died of SIGKILL must
#       have been killed by it, or by stop.

proc endVandal {} {
    global vandal vandalEnded killed kills
    if {$vandalEnded} {
        fail "vandal.tcl ended early"
    } else {
        close $vandal write
        set timer [after $::silence [list exec sh -c "kill -KILL [pid $vandal]"]]
        vwait vandalEnded
        after cancel $timer
    }
    set status [reap $vandal]
    if {$status ne "exit 0"} {
        fail "vandal.tcl ended with $status"
    }
    if {$kills > [llength $killed]} {
        fail "SIGKILL ended $kills players, of which [llength $killed] were killed on purpose"
    }
}

# left --
#
#       The objects that remain after everything listed was unlinked. A truncated semaphore,
#       lock, ring or topic may no longer be listed.

proc left {} {
    foreach family {sem shm mq lock ring topic} {
        foreach name [posix_ipc::$family list] {
            posix_ipc::$family unlink $name
        }
    }
    foreach {pattern least} {sem.* 32 posix_ipc.lock.* 69632 posix_ipc.ring.* 69632 posix_ipc.topic.* 69632} {
        foreach path [glob -nocomplain -directory /dev/shm $pattern] {
            if {[file size $path] < $least} {
                file delete $path
            }
        }
    }
    return [concat [glob -nocomplain -directory /dev/shm *] [posix_ipc::mq list]]
}

# report --
#
#       The first report of a sanitizer and what follows it; "" if there is none. That memory
#       could not be allocated is only a warning.

proc report {} {
    set file [open $::said]
    set text [read $file]
    close $file
    if {![regexp -indices -line {^.*(ERROR: \w+Sanitizer|runtime error:)} $text place]} {
        return
    }
    set first [lindex $place 0]
    return [string range $text $first $first+6000]
}

# total --
#
#       The total of one kind of outcome, such as calls or forks.

proc total {what} {
    set total 0
    dict for {outcome count} $::outcomes {
        incr total [expr {[lindex $outcome 0] eq $what ? $count : 0}]
    }
    return $total
}

proc printOutcomes {} {
    foreach {outcome count} [lsort -stride 2 -index 1 -integer -decreasing $::outcomes] {
        puts [format "%9d  %s" $count $outcome]
    }
}

interp bgerror {} broken
puts "seed $options(-seed)"
set vandal [start hearVandal vandal.tcl $options(-seed)]
startPlayer
startPlayer
vwait isOver
endPlayers
endVandal
set left [left]
if {$left ne ""} {
    fail "left in the system: $left"
} else {
    incr passed
}
set report [report]
if {$report ne ""} {
    fail $report
}
if {$failed} {
    tellLast "the last output of the processes" $said
}
file delete -force $folder
printOutcomes
puts [format "%d calls in %.0f s, %.0f a second; %d players, %d of them killed; %d processes forked, %d signals trapped" \
    $calls [seconds] [expr {$calls / [seconds]}] $lives $kills [total fork] [total trap]]
puts "$passed passed, $failed failed"
exit [expr {$failed > 0 || $calls == 0}]
