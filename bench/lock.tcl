# SPDX-License-Identifier: BSD-3-Clause
# lock.tcl --
#
#       acquire and release of a lock that is free, of a mutex and of one permit of
#       many, beside bare commands and what the lock does in C, and beside a
#       semaphore; and two processes that pass a lock back and forth.

proc passOn {name} {
    posix_ipc::lock open $name -as lock
    lock acquire
    while 1 {
        lock notify
        lock wait
    }
}

proc compareLocks {} {
    set name /bench-[pid]
    posix_ipc::lock open $name -flags CREX -as mutex
    posix_ipc::lock open $name-many -flags CREX -permits 10 -as many
    posix_ipc::sem open $name -flags CREX -value 1 -as sem
    foreach {lock floor what} {mutex mutex "a mutex" many permits "1 of 10 permits"} {
        bench::compare "lock: acquire + release, $what" 1.3 \
            [bench::script "$lock acquire; $lock release"] \
            [list [bench::script {floor::nothing acquire; floor::nothing release}] \
                [list floor::seconds $floor]]
    }
    bench::compare "lock: acquire + release, beside a semaphore" 1.3 \
        [bench::script {mutex acquire; mutex release}] \
        [list [bench::script {sem acquire; sem release}]]
    bench::compare "lock: with {}, beside a semaphore" 1.3 \
        [bench::script {mutex with {}}] [list [bench::script {sem with {}}]]
}

# The floor is two processes that take turns in C. They wait for words of memory, as
# processes that wait for semaphores do.

proc comparePassing {} {
    set name /bench-[pid]
    posix_ipc::lock open $name-turns -flags CREX -as turns
    posix_ipc::shm open $name-floor -flags CREX -size 4096
    turns acquire
    bench::shareProcessor
    set partners [concat [pid [bench::again passOn $name-turns]] [pid [bench::again floor::turns $name-floor]]]
    turns wait
    set bench::batchSeconds 0.01
    bench::compareTurns "lock: notify + wait to and fro" 1.5 [bench::script {turns notify; turns wait}] \
        [list [list floor::seconds turns $name-floor]] $partners
}

if {[llength $argv] > 0} {
    {*}$argv
} else {
    compareLocks
    comparePassing
}
