# SPDX-License-Identifier: BSD-3-Clause
# rig.tcl: a rig tests a program that talks through a terminal. A
# semaphore shows when the program is ready, so the rig neither sleeps
# nor waits for a prompt. While it waits, it reads what the program
# prints. Needs Expect.

package require Expect
package require posix_ipc
log_user 0

if {$argv eq "greet"} {
    puts [string repeat "starting " 9000]
    [posix_ipc::sem open /example-greeter] release
    puts "Hello, [gets stdin]"
    exit
}

set ready [posix_ipc::sem open /example-greeter -flags CREX]
spawn -noecho [info nameofexecutable] [info script] greet
expect_background -re .+
$ready acquire -timeout 20 -command {apply {{code result options} {
    set ::isReady [expr {$code == 0}]
}}}
vwait isReady
expect_background
puts [expr {$isReady ? "ready" : "not ready"}]

send "Tcl\r"
expect {
    "Hello, Tcl" {puts "passed"}
    timeout {puts "failed"}
}
$ready unlink

# It prints:
# ready
# passed
