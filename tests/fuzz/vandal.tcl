# SPDX-License-Identifier: BSD-3-Clause
# vandal.tcl SEED --
#
#       Truncates and removes semaphores and everything in shared memory, writes into locks, rings and topics, fills,
#       drains and unlinks queues, sends players the signals that they trap, and kills some players. Each
#       line of its input is a list of the ids of the players; it writes a line for
#       each player that it kills. It ends when its input does.

package require posix_ipc
catch {package require Tclx}    ;# without it, no signal is trapped

set folder /dev/shm
set names {/one /two /three /four /five}
set players {}
expr {srand([lindex $argv 0])}

proc oneOf {list} {
    return [lindex $list [expr {int(rand() * [llength $list])}]]
}

# The files are the semaphores and segments themselves. They may be gone by now.

proc cut {} {
    set path [oneOf [glob -nocomplain -directory $::folder *]]
    if {![catch {open $path r+} file]} {
        set size [oneOf {0 1 16 31 4096 8192}]
        if {$size < [file size $path]} {
            chan truncate $file $size
        }
        close $file
    }
}

# Other processes also write to the memory of a lock, a ring or a topic.

proc scribble {} {
    set path [oneOf [glob -nocomplain -directory $::folder posix_ipc.*]]
    if {![catch {open $path r+b} file]} {
        seek $file [oneOf [list [expr {int(rand() * 5000)}] [expr {256 + int(rand() * 88)}] [expr {69632 + int(rand() * 4160)}]]]
        puts -nonewline $file [format %c [expr {int(rand() * 256)}]]
        close $file
    }
}

proc remove {} {
    file delete [oneOf [glob -nocomplain -directory $::folder *]]
}

proc withQueue {script} {
    if {![catch {posix_ipc::mq open [oneOf $::names] -flags CREAT -maxmessages 4 -maxmessagesize 64} mq]} {
        catch $script
        $mq destroy
    }
}

proc fill {} {
    withQueue {while 1 {$mq send "" -timeout 0}}
}

proc drain {} {
    withQueue {while 1 {$mq receive -timeout 0}}
}

proc unlink {} {
    catch {posix_ipc::[oneOf {sem shm mq lock ring topic}] unlink [oneOf $::names]}
}

proc interrupt {} {
    catch {kill [oneOf {USR1 USR2}] [oneOf $::players]}
}

proc end {} {
    set player [oneOf $::players]
    if {$player ne "" && ![catch {exec sh -c "kill -KILL $player"}]} {
        puts "killed $player"
        flush stdout
    }
}

proc act {} {
    [oneOf $::acts]
    after [expr {int(rand() * 20)}] act
}

set acts [concat [lrepeat 60 cut] [lrepeat 120 scribble] [lrepeat 30 remove] [lrepeat 60 fill] [lrepeat 60 drain] [lrepeat 60 unlink] \
              [lrepeat 120 interrupt] end]
chan configure stdin -blocking 0
chan event stdin readable {
    while {[gets stdin line] >= 0} {
        set players $line
    }
    if {[eof stdin]} exit
}
after 1000 act
vwait for-ever
