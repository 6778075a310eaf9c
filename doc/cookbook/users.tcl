# SPDX-License-Identifier: BSD-3-Clause
# users.tcl: the members of a group share a queue; users outside the
# group cannot open it. The umask usually takes away the group's right
# to write, so the mode is set after the queue has been made. Its
# argument is the group.

package require posix_ipc
set group [lindex $argv 0]

set queue [posix_ipc::mq open /example-group -flags CREAT \
    -maxmessages 4 -maxmessagesize 100]

# The owner does this at each start, in case an earlier run was killed
# before it could.
if {[$queue cget -owner] eq $tcl_platform(user)} {
    if {$group ne ""} {
        $queue configure -group $group
    }
    $queue configure -mode 0660
}
puts "the mode is [format %04o [$queue cget -mode]]"

# Do not trust a queue that somebody else has made under this name.
if {[$queue cget -owner] ni [list $tcl_platform(user) root]} {
    puts "[$queue cget -owner] has made it"
}
$queue unlink

# It prints:
# the mode is 0660
