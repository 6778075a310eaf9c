# SPDX-License-Identifier: BSD-3-Clause
# latest.tcl: a program measures often, and a slower one follows the
# newest value. A topic keeps a value whole, whatever its length; for a
# single number, see gauge.tcl.

package require posix_ipc

# Waits until more is published than at the last call, and returns the
# newest message.

proc newest {topic} {
    global seen
    set before $seen
    while {$seen == $before} {
        $topic receive
        set seen [$topic cget -published]
    }
    return [$topic latest]
}

if {$argv eq "measure"} {
    set weather [posix_ipc::topic open /example-weather]
    for {set n 1} {$n <= 200} {incr n} {
        $weather publish [list $n [expr {18 + $n/100.0}] sunny]
        after 1
    }
    exit
}

set seen 0
set weather [posix_ipc::topic open /example-weather -flags CREX \
    -from latest]
exec [info nameofexecutable] [info script] measure &
for {set n 0} {$n < 200} {after 20} {
    lassign [newest $weather] n temperature sky
}
puts "measurement $n: $temperature degrees and $sky"
$weather unlink

# It prints:
# measurement 200: 20.0 degrees and sunny
