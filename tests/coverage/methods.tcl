# SPDX-License-Identifier: BSD-3-Clause
# methods.tcl --
#
#       Reports how many of the methods of library/ a test file calls:
#
#           tclsh methods.tcl PERCENT FILE.test
#
#       Prints a line for each method with its calls, and one with the sums.
#       Exits with 1 if fewer than that percentage were called. The methods of
#       library/ belong to one class.

package require Tcl 8.6-
package require posix_ipc::monitor

lassign $argv limit file
set argv {}

# Counted --
#
#       A mixin that counts the calls of each method, including those from
#       within the class.

oo::class create Counted {
    constructor {args} {
        incr ::calls(constructor)
        next {*}$args
    }
    destructor {
        incr ::calls(destructor)
        next
    }
    method Count {args} {
        set method [lindex [self target] 1]
        if {[info exists ::calls($method)]} {
            incr ::calls($method)
        }
        next {*}$args
    }
    filter Count
}

array set calls {constructor 0 destructor 0}
foreach method [info class methods posix_ipc::monitor -private] {
    set calls($method) 0
}
oo::define posix_ipc::monitor mixin Counted

set argv0 $file
info script $file
source $file

set called 0
foreach method [lsort [array names calls]] {
    puts [format "%8d  %s" $calls($method) $method]
    incr called [expr {$calls($method) > 0}]
}
set percent [expr {100 * $called / [array size calls]}]
puts "methods of library/: $called of [array size calls], $percent %"
exit [expr {$percent < $limit}]
