# SPDX-License-Identifier: BSD-3-Clause
# Which objects are shown, and in which order.

# How old an object must be to be orphaned or unclaimed, in seconds: by problem. A program
# that looks once cannot see how long nobody has had it open.
set oldEnough {}

# The objects to show, sorted. Options choose among them by problem and by
# holders.
proc chosen {model options} {
    dict with options {}
    set objects [lmap object [$model objects] {
        if {($isProblem && [problemsOf $model $object] eq "") || ($isLeft && ![isLeft $model $object])} continue
        set object
    }]
    if {$sort ne ""} {
        set script [lindex [dict get $::columns [string trimleft $sort -]] 3]
        set keyed [lmap object $objects {
            set facts [$model get $object]
            set problems [problemsOf $model $object]
            list [eval $script] $object
        }]
        set order [expr {[string match -* $sort] ? "-decreasing" : "-increasing"}]
        set objects [lmap pair [lsort -dictionary $order -index 0 $keyed] {lindex $pair 1}]
    }
    return $objects
}

# The problems of an object. If it is too young, "nobody has it open" is not one of them.
proc problemsOf {model object} {
    set seconds [seconds [$model get $object]]
    return [lmap detail [$model problems $object] {
        if {$seconds >= 0 && $seconds < [objects::lookup $::oldEnough [dict get $detail problem] 0]} continue
        set detail
    }]
}

proc isLeft {model object} {
    set facts [$model get $object]
    return [expr {[dict exists $facts holdersKnown] && [objects::lookup $facts holders {}] eq ""}]
}

proc isUnknown {facts} {
    return [expr {[objects::lookup $facts holders {}] eq "" && ![objects::lookup $facts holdersKnown 0]}]
}
