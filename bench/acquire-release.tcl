# SPDX-License-Identifier: BSD-3-Clause
# acquire-release.tcl --
#
#       acquire and release of a semaphore that is free. Rivals: other things
#       that can serve as a lock.

source [file join [file dirname [info script]] rivals.tcl]

set name /bench-[pid]
posix_ipc::sem open $name -flags CREX -value 1 -as sem
bench::compare "acquire + release" 1.12 \
    [bench::script {sem acquire; sem release}] \
    [list \
        [bench::script {floor::nothing acquire; floor::nothing release}] \
        [list floor::seconds acquire $name]] \
    [list \
        pipe [rivals::pipeLock] \
        tsv [rivals::tsvLock] \
        file [rivals::fileLock] \
        sysv [rivals::sysv semaphore]]
