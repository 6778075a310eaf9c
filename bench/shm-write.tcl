# SPDX-License-Identifier: BSD-3-Clause
# shm-write.tcl --
#
#       write of shared memory.

source [file join [file dirname [info script]] rivals.tcl]

posix_ipc::shm open /bench-[pid] -flags CREX -size [expr {65 << 20}] -as shm
foreach {size text goal repetitions} $bench::sizes {
    set before "set bytes \[binary format a$size x\]"
    bench::compare "shm write, $text" $goal \
        [bench::script {shm write 0 $bytes} $before $repetitions] \
        [list [bench::script {floor::memory write 0 $bytes} $before $repetitions]] \
        [rivals::writers $size $repetitions]
}

# A byte array that also has a string representation, like everything that was
# printed or used as a key.

set before {
    set bytes [binary format A1048576 x]
    dict exists {} $bytes
}
bench::compare "shm write, 1 MiB with a string" 1.5 \
    [bench::script {shm write 0 $bytes} $before 1] \
    [list [bench::script {floor::memory write 0 $bytes} $before 1]]
