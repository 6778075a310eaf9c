# SPDX-License-Identifier: BSD-3-Clause
# rate.tcl: all processes together make 50 calls a second on average,
# in bursts of at most 10: a token bucket in shared memory.

package require posix_ipc
set lock [posix_ipc::lock open /example-rate -flags CREAT]
set bucket [posix_ipc::shm open /example-rate -flags CREAT -size 24]
lassign {50 10} rate burst

proc isAllowed {} {
    global lock bucket rate burst
    $lock with -recover {} {
        set now [expr {[clock microseconds] / 1e6}]
        lassign [$bucket get 0 {double[2]}] looked tokens
        set elapsed [expr {max(0, $now - $looked)}]  ;# clock set back?
        set tokens [expr {min($burst, $tokens + $elapsed * $rate)}]
        set isAllowed [expr {$tokens >= 1}]
        set tokens [expr {$tokens - $isAllowed}]
        $bucket set 0 {double[2]} [list $now $tokens]
    }
    return $isAllowed
}

proc awaitTurn {} {
    while {![isAllowed]} {after [expr {int(ceil(1e3 / $::rate))}]}
}

if {$argv eq "call"} {
    for {set n 0} {$n < 20} {incr n} {awaitTurn; $bucket incr 16 int64}
    exit
}
set start [clock microseconds]
set again [list [info nameofexecutable] [info script] call]
foreach caller [lmap n {1 2 3} {open |$again}] {close $caller}
set seconds [expr {([clock microseconds] - $start) / 1e6}]
set isKept [expr {[$bucket get 16 int64] <= $burst + $rate * $seconds}]
puts [expr {$isKept ? "kept" : "exceeded"}]
foreach handle [list $lock $bucket] {$handle unlink}

# It prints:
# kept
