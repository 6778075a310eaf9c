# SPDX-License-Identifier: BSD-3-Clause
# shm-typed.tcl --
#
#       Numbers, lists and structs in shared memory, and a counter that uses incr
#       compared with one that does not.

set name /bench-[pid]
posix_ipc::shm open $name -flags CREX -size 65536 -as shm
posix_ipc::sem open $name -flags CREX -value 1 -as lock

foreach {operation floor} {
    {shm get 64 int64}          {floor::integer get 64 int64}
    {shm set 64 int64 7}        {floor::integer set 64 int64 7}
    {shm incr 64 int64}         {floor::integer incr 64 int64}
    {shm swap 64 int64 7}       {floor::integer swap 64 int64 7}
    {shm cas 64 int64 7 7}      {floor::integer cas 64 int64 7 7}
} {
    bench::compare $operation 1.3 [bench::script $operation] [list [bench::script $floor]]
}

# Here the floor is our own: the ratio is the fraction of the others' time that incr
# takes.

bench::compare "a counter: incr, beside with" 0.17 \
    [bench::script {shm incr 64 int64}] \
    [list [bench::script {
        lock with {
            binary scan [shm read 64 8] m n
            shm write 64 [binary format m [incr n]]
        }
    }]]

bench::compare "shm get double\[1000\]" 1.1 \
    [bench::script {shm get 64 {double[1000]}} {} 2] \
    [list [bench::script {floor::doubles 1000} {} 2]]
set list {
    for {set i 0} {$i < 1000} {incr i} {
        lappend list [expr {$i * 1.5}]
    }
}
bench::compare "shm set double\[1000\]" 1.1 \
    [bench::script {shm set 64 {double[1000]} $list} $list 2] \
    [list [bench::script {floor::readDoubles $list} $list 2]]
set fields {a int32 b double c int16 d uint8 e int64 f float g uint32 h int8}
bench::compare "shm get, a struct of 8 fields" 1.3 \
    [bench::script "shm get 64 {$fields}" {} 5] \
    [list [bench::script {floor::struct a b c d e f g h} {} 5]]
