# SPDX-License-Identifier: BSD-3-Clause
# open-close-unlink.tcl --
#
#       open, close and unlink of a new object of each family.

set name /bench-[pid]
foreach {family options calls} {
    sem {} openSem
    shm {-size 4096} openShm
    mq {-maxmessages 4 -maxmessagesize 64} openMq
} {
    bench::compare "$family: open + close + unlink" 1.25 \
        [bench::script "posix_ipc::$family open $name -flags CREX $options -as object
            object unlink
            object destroy"] \
        [list [list floor::seconds $calls $name]]
}
