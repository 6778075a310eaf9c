# SPDX-License-Identifier: BSD-3-Clause
# acquire-timeout.tcl --
#
#       acquire with a timeout, and release, of a semaphore that is free.

set name /bench-[pid]
posix_ipc::sem open $name -flags CREX -value 1 -as sem
bench::compare "acquire -timeout 1 + release" 1.25 \
    [bench::script {sem acquire -timeout 1; sem release}] \
    [list \
        [bench::script {floor::nothing acquire -timeout 1; floor::nothing release}] \
        [list floor::seconds acquire $name]]
