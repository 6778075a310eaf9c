# SPDX-License-Identifier: BSD-3-Clause
# gauge.tcl: a window follows a number in shared memory and the
# messages of a topic, without polling. Needs Tk: start it with wish.

package require posix_ipc
set level [posix_ipc::shm open /example-level -flags CREAT -size 4]
set alarms [posix_ipc::topic open /example-alarms -flags CREAT]

if {$argv eq "measure"} {
    foreach value {20 40 60 80 100 70 50} {
        $level set 0 int32 $value -wake all
        if {$value > 75} {$alarms publish "the level is $value"}
        after 500
    }
    exit
}

package require Tk
pack [ttk::progressbar .level -maximum 100 -variable shown] -fill x
pack [text .alarms -width 40 -height 10] -fill both -expand 1

# Only this coroutine waits, until the number is not the one shown.
coroutine follow apply {{} {
    while 1 {
        set ::shown [$::level get 0 int32]
        posix_ipc::await $::level wait 0 $::shown
    }
}}

$alarms event readable {
    lassign [$alarms receive -timeout 0] message missed
    .alarms insert end $message\n
}

bind .alarms <Destroy> {
    $level unlink
    $alarms unlink
}
exec [info nameofexecutable] [info script] measure &
