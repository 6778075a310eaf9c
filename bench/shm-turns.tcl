# SPDX-License-Identifier: BSD-3-Clause
# shm-turns.tcl --
#
#       Two processes take turns: each changes a number in shared memory, wakes the
#       other, and waits for the number that the other changes.

proc takeTurns {name} {
    posix_ipc::shm open $name -as shm
    set turn 0
    while 1 {
        set turn [shm wait 0 $turn]
        shm set 64 int32 $turn -wake 1
    }
}

proc compareTurns {} {
    foreach who {ours floor} {
        posix_ipc::shm open /bench-[pid]-$who -flags CREX -size 65536 -as $who
    }
    bench::shareProcessor
    set partners [concat [pid [bench::again takeTurns /bench-[pid]-ours]] \
        [pid [bench::again floor::turns /bench-[pid]-floor]]]
    set bench::batchSeconds 0.01
    bench::compareTurns "shm set -wake + wait to and fro" 1.3 \
        [bench::script {
            ours set 0 int32 [incr turn] -wake 1
            ours wait 64 [expr {$turn - 1}]
        } {set turn [ours get 64 int32]}] \
        [list [list floor::seconds turns /bench-[pid]-floor]] $partners
}

if {[llength $argv] > 0} {
    {*}$argv
} else {
    compareTurns
}
