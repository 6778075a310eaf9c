# vandal.tcl SEED --
#
#       Cuts and removes semaphores and segments, fills, drains and unlinks
#       queues, sends players the signals that they trap, and kills some. Its
#       input has the ids of the players there are, a list on each line; its output
#       has a line for each that it kills. It ends when its input does.

package require posix_ipc 1.0
catch {package require Tclx}    ;# without it, no signal is trapped

set folder /dev/shm
set names {/one /two /three /four /five}
set players {}
expr {srand([lindex $argv 0])}

proc oneOf {list} {
    return [lindex $list [expr {int(rand() * [llength $list])}]]
}

# Files are the semaphores and segments themselves: they may be gone by now.

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
    catch {posix_ipc::[oneOf {sem shm mq}] unlink [oneOf $::names]}
}

proc interrupt {} {
    catch {kill [oneOf {USR1 USR2}] [oneOf $::players]}
}

proc end {} {
    set player [oneOf $::players]
    if {$player ne "" && ![catch {exec kill -KILL $player}]} {
        puts "killed $player"
        flush stdout
    }
}

proc act {} {
    [oneOf $::acts]
    after [expr {int(rand() * 20)}] act
}

set acts [concat [lrepeat 60 cut] [lrepeat 30 remove] [lrepeat 60 fill] [lrepeat 60 drain] [lrepeat 60 unlink] \
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
