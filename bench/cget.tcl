# SPDX-License-Identifier: BSD-3-Clause
# cget.tcl --
#
#       cget of an attribute that the handle knows, and of one that is read
#       from the system.

set name /bench-[pid]
posix_ipc::sem open $name -flags CREX -value 1 -as sem
posix_ipc::shm open $name -flags CREX -size 4096 -as shm
bench::compare "cget -value" 1.2 \
    [bench::script {sem cget -value}] \
    [list [bench::script {floor::integer cget -value}] \
        [list floor::seconds value $name]]
bench::compare "cget -name" 1.25 \
    [bench::script {sem cget -name}] \
    [list [bench::script {floor::same cget -name}]]
bench::compare "cget -size" 1.2 \
    [bench::script {shm cget -size}] \
    [list [bench::script {floor::integer cget -size}] \
        [list floor::seconds size $name]]
