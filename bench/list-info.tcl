# SPDX-License-Identifier: BSD-3-Clause
# list-info.tcl --
#
#       Ten thousand objects, listed with everything that info returns for
#       each.

for {set i 0} {$i < 10000} {incr i} {
    posix_ipc::sem open /bench-[pid]-$i -flags CREX
}
bench::compare "list 10,000 with info" 1.6 \
    [bench::script {
        foreach name [posix_ipc::sem list] {
            posix_ipc::sem info $name
        }
    } {} 1] \
    {{floor::seconds list}}
