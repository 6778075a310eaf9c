# SPDX-License-Identifier: BSD-3-Clause
# shm-read.tcl --
#
#       read of shared memory.

source [file join [file dirname [info script]] rivals.tcl]

posix_ipc::shm open /bench-[pid] -flags CREX -size [expr {65 << 20}] -as shm
foreach {size text goal repetitions} $bench::sizes {
    shm write 0 [binary format a$size x]
    bench::compare "shm read, $text" $goal \
        [bench::script "shm read 0 $size" {} $repetitions] \
        [list [bench::script "floor::memory read 0 $size" {} $repetitions]] \
        [rivals::readers $size $repetitions]
}
