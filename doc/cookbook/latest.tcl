# SPDX-License-Identifier: BSD-3-Clause
# latest.tcl: a program measures repeatedly, and others want only the
# newest value. A topic keeps it whole, whatever its length; a single
# number needs only shared memory.

package require posix_ipc

if {$argv eq "measure"} {
    set weather [posix_ipc::topic open /example-weather]
    set wind [posix_ipc::shm open /example-wind]
    foreach {temperature sky speed} {
        18.5 cloudy 4  19.0 cloudy 6  19.5 sunny 3
    } {
        $weather publish [list $temperature $sky]
        $wind set 0 double $speed
    }
    exit
}

set weather [posix_ipc::topic open /example-weather -flags CREX \
    -size 65536]
set wind [posix_ipc::shm open /example-wind -flags CREX -size 8]
exec [info nameofexecutable] [info script] measure
puts "it is [join [$weather latest] { degrees and }]"
puts "the wind has [$wind get 0 double] m/s"
$weather unlink
$wind unlink

# It prints:
# it is 19.5 degrees and sunny
# the wind has 3.0 m/s
