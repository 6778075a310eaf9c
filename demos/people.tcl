# SPDX-License-Identifier: BSD-3-Clause
# Processes, named as the package posix_ipc::monitor names them, and safe to show.

namespace eval people {}

proc people::name {pid command} {
    return [printable [::posix_ipc::people::name $pid $command]]
}

# The same without arguments.
proc people::shortName {pid command} {
    return [printable [::posix_ipc::people::shortName $pid $command]]
}

# A list of processes in words: names the first ones and counts the others.
# Each element begins with a process and its command.
proc people::names {some} {
    set named [lmap someone [lrange $some 0 2] {
        lassign $someone pid command
        string cat [name $pid $command] " (" $pid ")"
    }]
    if {[llength $some] > 3} {
        lappend named "[expr {[llength $some] - 3}] more"
    }
    return [join $named ", "]
}
