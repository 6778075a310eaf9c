# SPDX-License-Identifier: BSD-3-Clause
# unlinkLeft.tcl --
#
#       Unlinks the objects that an ended process has left, for cleanup.tcl: reads
#       its lines "+ family name" and "- family name" from standard input. The
#       argument is the script that loads posix_ipc.

eval [lindex $argv 0]
set handles {}
while {[gets stdin line] >= 0} {
    lassign $line sign family name
    dict incr handles [list $family $name] ${sign}1
}
dict for {object count} $handles {
    lassign $object family name
    if {$count > 0} {
        catch {posix_ipc::$family unlink [encoding convertfrom utf-8 [binary decode hex $name]]}
    }
}
