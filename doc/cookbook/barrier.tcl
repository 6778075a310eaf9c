# SPDX-License-Identifier: BSD-3-Clause
# barrier.tcl: three processes work in steps. None begins a step before
# all have ended the last one. A latch, opened once, starts them all.

package require posix_ipc
set shm [posix_ipc::shm open /example-barrier -flags CREAT -minsize 12]
set processes 3
lassign {0 4 8} latch arrived step    ;# offsets

proc meet {} {
    global shm processes arrived step
    set now [$shm get $step int32]
    if {[$shm incr $arrived int32] == $processes} {
        $shm set $arrived int32 0
        $shm incr $step int32 -wake all
    } else {
        $shm wait $step $now -timeout 20
    }
}

if {$argv eq "work"} {
    $shm wait $latch 0 -timeout 20
    chan configure stdout -buffering line
    foreach n {1 2} {puts "step $n"; meet}
    exit
}

set workers [open |[list sh -c {
    for n in 1 2 3; do "$0" "$1" work & done; wait
} [info nameofexecutable] [info script]]]
$shm set $latch int32 1 -wake all
puts [read -nonewline $workers]
$shm unlink

# It prints:
# step 1
# step 1
# step 1
# step 2
# step 2
# step 2
