# SPDX-License-Identifier: BSD-3-Clause
# mutex.tcl: only one process at a time moves money. One is killed
# halfway, and the next owner of the lock repairs what it left.

package require posix_ipc
set lock [posix_ipc::lock open /example-accounts -flags CREAT]
set accounts [posix_ipc::shm open /example-accounts -flags CREAT \
    -size 8]

# The two accounts together have 100.
proc repair {} {
    puts "repairing"
    $::accounts set 4 int32 [expr {100 - [$::accounts get 0 int32]}]
}

proc move {amount halfway} {
    $::lock with -timeout 10 -recover repair {
        $::accounts incr 0 int32 -$amount
        eval $halfway
        $::accounts incr 4 int32 $amount
    }
}

if {$argv eq "die"} {
    move 30 {exec sh -c "kill -KILL [pid]"}
}

$accounts set 0 {int32[2]} {100 0}
catch {exec [info nameofexecutable] [info script] die}
move 10 {}
puts [$accounts get 0 {int32[2]}]
$lock unlink
$accounts unlink

# It prints:
# repairing
# 60 40
