# SPDX-License-Identifier: BSD-3-Clause
# with.tcl --
#
#       with, around an empty body, against acquire and release.

posix_ipc::sem open /bench-[pid] -flags CREX -value 1 -as sem
bench::compare "with {}, to acquire + release" 1.3 \
    [bench::script {sem with {}}] \
    [list [bench::script {sem acquire; sem release}]]
