# SPDX-License-Identifier: BSD-3-Clause
# soak.tcl SECONDS --
#
#       Uses everything at once. One process of each part in worker.tcl lives to the
#       end; another one of each is killed with SIGKILL at random moments and started
#       again. At the end, this must hold:
#
#       - The processes that lived did not grow after the first sixth of the time.
#         Compared with the second sixth, the last has no more descriptors and threads
#         (the least of each), at most 2 more mappings (a truncated segment is mapped
#         and unmapped), and at most 192 kB more memory.
#       - Each unit is back. A process writes into a journal what it begins and what it
#         has done, and this program gives back the unit of a process that was killed while
#         it held one. A process that was killed between two entries may have lost its
#         unit.
#       - Each message that was sent was received once. A process that was killed
#         between receive and its entry may have lost one message.
#       - No record was torn, some accesses met truncated memory, and no process ended
#         by itself.

package require posix_ipc

set here [file dirname [file normalize [info script]]]
set seconds [lindex $argv 0]
set stem /soak-[pid]
set units 6
set parts {unit fetch record cut reach send event command await notify look handles}
set receivers {event command await}
set slotBytes 16
set lifeMessages [expr {$seconds * 5000}]   ;# the most messages of one sender's life
set justBefore 1000                         ;# messages
set patience 20000                          ;# milliseconds that a process may take to end
source [file join $here journal.tcl]

# Processes -----------------------------------------------------------------

# start --
#
#       Starts a part. Each process has a number, and so a slot in the journal.

proc start {part isSteady} {
    set number [incr ::started]
    set pipe [open |[list [info nameofexecutable] [file join $::here worker.tcl] \
        $part $number $::stem $::lifeMessages 2>@1] r+]
    chan configure $pipe -blocking 0 -buffering line
    dict set ::workers $number [list $part $isSteady $pipe]
    if {$part eq "send"} {
        lappend ::senders $number
    }
    chan event $pipe readable [list heard $number]
}

# heard --
#
#       Any output of a process is an error, and so is its end.

proc heard {number} {
    lassign [dict get $::workers $number] part - pipe
    if {[gets $pipe line] >= 0} {
        lappend ::complaints "$part: $line"
    } elseif {[chan eof $pipe]} {
        chan event $pipe readable {}
        if {$number ne $::ending} {
            lappend ::complaints "$part ended by itself"
        }
        set ::ended 1
    }
}

# letEnd --
#
#       Ends the input of a process, and waits for its end. One that hangs is killed.

proc letEnd {number} {
    lassign [dict get $::workers $number] part - pipe
    set ::ending $number
    chan close $pipe write
    set watchdog [after $::patience [list apply {{part pipe} {
        lappend ::complaints "$part hangs"
        exec sh -c "kill -KILL [pid $pipe]"
    }} $part $pipe]]
    while {![chan eof $pipe]} {
        vwait ::ended
    }
    after cancel $watchdog
}

# end --
#
#       Ends a process by SIGKILL, or by the end of its input, and settles what it held.

proc end {number isKilled} {
    lassign [dict get $::workers $number] part - pipe
    if {!$isKilled} {
        letEnd $number
    }
    dict unset ::workers $number
    chan event $pipe readable {}
    chan configure $pipe -blocking 1
    if {$isKilled} {
        exec sh -c "kill -KILL [pid $pipe]"
        incr ::kills($part)
        if {$part in $::receivers} {
            excuse
        }
    }
    if {[catch {close $pipe} message] && !$isKilled} {
        lappend ::complaints "$part ended with $message"
    }
    settle $number
}

# settle --
#
#       Gives back what a process held when it ended, and counts the cases in which that
#       is not known. Removes its own objects.

proc settle {number} {
    foreach what {unit guard} semaphore {pool guard} {
        switch [journal::get $number $what] {
            held {
                if {$what eq "guard"} {
                    $::record write 0 [journal::record 0]
                }
                $semaphore release
                incr ::returned($what)
            }
            moving {
                incr ::doubtful($what)
            }
        }
        journal::put $number $what none
    }
    incr ::killedInAccess [expr {[journal::get $number access] eq "held"}]
    catch {posix_ipc::mq unlink $::stem-notify-$number}
    catch {posix_ipc::sem unlink $::stem-fetch-$number}
}

# excuse --
#
#       A receiver was killed: one of the last messages of each sender may be missing.

proc excuse {} {
    foreach number $::senders {
        set count [journal::get $number sent]
        dict lappend ::excuses $number [list [expr {$count - $::justBefore}] $count]
    }
}

proc isExcused {sender n} {
    foreach excuse [dict get $::excuses $sender] {
        lassign $excuse first last
        if {$first <= $n && $n <= $last} {
            return 1
        }
    }
    return 0
}

# replaceOne --
#
#       Kills one of the processes that are there to be killed, and starts another.

proc replaceOne {} {
    set mortals [dict keys [dict filter $::workers script {number worker} {
        expr {![lindex $worker 1]}
    }]]
    set number [lindex $mortals [expr {int(rand() * [llength $mortals])}]]
    set part [lindex [dict get $::workers $number] 0]
    end $number 1
    start $part 0
    freeGuard
    after [expr {200 + int(rand() * 400)}] replaceOne
}

# freeGuard --
#
#       If no process has the guard, or is about to take it or give it back, it was
#       lost with a killed process. Its users are stopped meanwhile.

proc freeGuard {} {
    if {$::doubtful(guard) == $::recovered} return
    set users [dict filter $::workers script {number worker} {
        expr {[lindex $worker 0] eq "record"}
    }]
    set pids [lmap worker [dict values $users] {pid [lindex $worker 2]}]
    exec sh -c "kill -STOP $pids"
    foreach pid $pids {
        while {![isStill $pid]} {}
    }
    set states [lmap number [dict keys $users] {journal::get $number guard}]
    if {[guard cget -value] == 0 && [lsearch -not $states none] < 0} {
        $::record write 0 [journal::record 0]
        guard release
        incr ::recovered
    }
    exec sh -c "kill -CONT $pids"
}

# isStill --
#
#       Whether a process is stopped or a zombie: proc(5).

proc isStill {pid} {
    set file [open /proc/$pid/stat]
    set status [read $file]
    close $file
    return [regexp {\) [TZ] [^)]*$} $status]
}

# Growth --------------------------------------------------------------------

# measure --
#
#       Memory of its own in kB, descriptors, mappings and threads of a process: proc(5).

proc measure {pid} {
    set file [open /proc/$pid/statm]
    lassign [read $file] - resident shared
    close $file
    set file [open /proc/$pid/maps]
    set mappings [regexp -all {\n} [read $file]]
    close $file
    return [list [expr {($resident - $shared) * [posix_ipc::constants PAGE_SIZE] / 1024}] \
        [llength [glob -directory /proc/$pid/fd *]] $mappings \
        [llength [glob -directory /proc/$pid/task *]]]
}

proc sample {} {
    dict for {number worker} $::workers {
        lassign $worker part isSteady pipe
        if {$isSteady && ![catch {measure [pid $pipe]} figures]} {
            lappend ::samples($part) $figures
        }
    }
    after 500 sample
}

# least --
#
#       The least of each figure among some samples, because things that are open for a
#       moment are not growth.

proc least {samples} {
    return [lmap column {0 1 2 3} {
        tcl::mathfunc::min {*}[lmap sample $samples {lindex $sample $column}]
    }]
}

proc check {text isTrue} {
    incr ::[expr {$isTrue ? "passed" : "failed"}]
    if {!$isTrue} {
        puts "FAIL  $text"
    }
}

proc reportGrowth {} {
    set form "%-8s %6s   %13s   %11s   %11s   %9s"
    puts [format $form part kills "memory, kB" descriptors mappings threads]
    foreach part $::parts {
        set count [llength $::samples($part)]
        if {$count < 6} {
            check "$part: was seen $count times alone" 0
            continue
        }
        set early [least [lrange $::samples($part) [expr {$count / 6}] [expr {$count / 3}]]]
        set late [least [lrange $::samples($part) [expr {$count * 5 / 6}] end]]
        puts [format $form $part $::kills($part) {*}[lmap a $early b $late {format {%d -> %d} $a $b}]]
        foreach what {memory descriptors mappings threads} a $early b $late room {192 0 2 0} {
            check "$part: $what grew from $a to $b" [expr {$b <= $a + $room}]
        }
    }
}

# Accounts ------------------------------------------------------------------

proc reportUnits {} {
    foreach {what semaphore all} [list unit pool $::units guard guard 1] {
        set left [expr {$all - [$semaphore cget -value]}]
        set known [expr {$what eq "guard" ? $::recovered : 0}]
        puts "$what: $::returned($what) of killed processes given back,\
            $::doubtful($what) killed between two entries, [expr {$left + $known}] taken along"
        check "$what: $left are missing, [expr {$::doubtful($what) - $known}] may be" \
            [expr {$left >= 0 && $left <= $::doubtful($what) - $known}]
    }
}

proc reportAccesses {} {
    set gone 0
    for {set number 1} {$number <= $::started} {incr number} {
        incr gone [journal::get $number gone]
    }
    puts "accesses: $gone met memory that was truncated, $::killedInAccess processes killed in one"
    check "no access met memory that was truncated" [expr {$gone > 0}]
}

# reportMessages --
#
#       What the senders' journals say was sent, against what was received.

proc reportMessages {} {
    set sent 0
    set missing 0
    set unexcused 0
    foreach number $::senders {
        set count [journal::get $number sent]
        incr sent $count
        set received [::receipts read [expr {$number * $::lifeMessages}] $count]
        for {set n -1} {[set n [string first \0 $received [incr n]]] >= 0} {} {
            incr missing
            incr unexcused [expr {![isExcused $number $n]}]
        }
    }
    set mayMiss [tcl::mathop::+ {*}[lmap part $::receivers {set ::kills($part)}]]
    puts "messages: $sent sent, $missing lost with their receivers, of which $mayMiss were killed"
    check "no message was sent" [expr {$sent > 0}]
    check "$missing messages are missing, $mayMiss may be" [expr {$missing <= $mayMiss}]
    check "$unexcused messages are missing that no killed process can have had" [expr {$unexcused == 0}]
    check "messages are left in the queue" [expr {[queue cget -currentmessages] == 0}]
}

# The run -------------------------------------------------------------------

proc make {} {
    posix_ipc::sem open $::stem-pool -flags CREX -value $::units -as ::pool
    posix_ipc::sem open $::stem-guard -flags CREX -value 1 -as ::guard
    set ::record [posix_ipc::shm open $::stem-record -flags CREX -size 4096]
    $::record write 0 [journal::record 0]
    posix_ipc::shm open $::stem-cut -flags CREX -size [posix_ipc::constants PAGE_SIZE] -as ::cutSegment
    set most [expr {$::seconds * 5 + 100}]
    posix_ipc::shm open $::stem-journal -flags CREX -size [expr {$most * $::slotBytes}] -as ::journal::segment
    posix_ipc::shm open $::stem-receipts -flags CREX -size [expr {$most * $::lifeMessages}] -as ::receipts
    posix_ipc::mq open $::stem-queue -flags CREX -maxmessages 8 -maxmessagesize 64 -as ::queue
}

proc removeAll {} {
    foreach family {sem shm mq} {
        foreach name [posix_ipc::$family list $::stem*] {
            posix_ipc::$family unlink $name
        }
    }
}

proc run {} {
    foreach part $::parts {
        start $part 1
        start $part 0
    }
    after 500 sample
    after 500 replaceOne
    after [expr {$::seconds * 1000}] {set ::isOver 1}
    vwait ::isOver
    after cancel replaceOne
    after cancel sample
    foreach round {send {}} {
        foreach number [dict keys $::workers] {
            if {$round eq "" || [lindex [dict get $::workers $number] 0] eq $round} {
                end $number 0
            }
        }
        set ::tries 0
        while {[queue cget -currentmessages] && [incr ::tries] < 1000} {
            after 5 {set ::isOver 1}
            vwait ::isOver
        }
    }
}

set workers {}
set complaints {}
set ending ""
set started 0
set senders {}
set excuses {}
set recovered 0
set killedInAccess 0
set passed 0
set failed 0
foreach part $parts {
    set kills($part) 0
    set samples($part) {}
}
foreach what {unit guard} {
    set returned($what) 0
    set doubtful($what) 0
}
interp bgerror {} {apply {{message options} {
    lappend ::complaints "soak.tcl: [dict get $options -errorinfo]"
}}}
try {
    make
    run
    reportGrowth
    reportUnits
    reportAccesses
    reportMessages
    foreach complaint [lsort -unique $complaints] {
        puts $complaint
    }
    check "processes complained" [expr {$complaints eq ""}]
} finally {
    dict for {number worker} $workers {
        catch {exec sh -c "kill -KILL [pid [lindex $worker 2]]"}
    }
    removeAll
}
puts "$passed passed, $failed failed"
exit [expr {$failed > 0}]
