# SPDX-License-Identifier: BSD-3-Clause
# pubsub.tcl: one program publishes, and every subscriber sees every
# message. The publisher never waits: a subscriber that is too slow is
# told how many messages it has missed.

package require posix_ipc

proc subscribe {} {
    set topic [posix_ipc::topic open /example-prices -from oldest]
    while 1 {
        lassign [$topic receive -timeout 20] price missed
        if {$price eq "end"} exit
        puts "price: $price"
    }
}

if {$argv eq "subscribe"} subscribe

set topic [posix_ipc::topic open /example-prices -flags CREX \
    -size 4096]
set subscribers [lmap n {1 2} {
    open |[list [info nameofexecutable] [info script] subscribe]
}]
foreach price {10 12 11 end} {
    $topic publish $price
}
foreach subscriber $subscribers {
    puts [join [split [read -nonewline $subscriber] \n] ", "]
}

# A thousand messages do not fit, and this handle has not read any.
for {set price 0} {$price < 1000} {incr price} {$topic publish $price}
lassign [$topic receive] price missed
puts [expr {$missed > 0 ? "missed the first" : "missed none"}]
$topic unlink

# It prints:
# price: 10, price: 12, price: 11
# price: 10, price: 12, price: 11
# missed the first
