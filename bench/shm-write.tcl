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
