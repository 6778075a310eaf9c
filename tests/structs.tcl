# SPDX-License-Identifier: BSD-3-Clause
# structs.tcl --
#
#       Random types of shared memory, their declarations in C, and values of
#       them: for tests that compare Tcl with a C compiler.
#
#       structs::type           a random struct type
#       structs::value type     a random value of a type
#       structs::declare type declarator
#                               a declaration in C
#       structs::initialize type value
#                               an initializer in C

namespace eval structs {
    variable integers {
        int8  {-128 127}                    uint8  {0 255}
        int16 {-32768 32767}                uint16 {0 65535}
        int32 {-2147483648 2147483647}      uint32 {0 4294967295}
        int64 {-9223372036854775808 9223372036854775807}
        uint64 {0 18446744073709551615}
    }
    variable scalars [list {*}[dict keys $integers] float double]
}

proc structs::random {most} {
    return [expr {int(rand() * $most)}]
}

proc structs::pick {list} {
    return [lindex $list [random [llength $list]]]
}

# structs::type, structs::member --
#
#       A struct of up to seven members; a type for a member, which has structs
#       and arrays in it down to a depth.

proc structs::type {{depth 3}} {
    set type {}
    for {set n [expr {1 + [random 7]}]} {$n} {incr n -1} {
        lappend type f$n [member $depth]
    }
    return [expr {[random 4] ? $type : [list packed $type]}]
}

proc structs::member {depth} {
    variable scalars
    switch [random [expr {$depth ? 10 : 8}]] {
        5 {return [pick $scalars]\[[expr {1 + [random 5]}]\]}
        6 {return bytes\[[expr {1 + [random 9]}]\]}
        7 {return chars\[[expr {1 + [random 9]}]\]}
        8 {return [type [expr {$depth - 1}]]}
        9 {return [list array [expr {1 + [random 4]}] [member [expr {$depth - 1}]]]}
        default {return [pick $scalars]}
    }
}

# structs::split --
#
#       A type taken apart: scalar NAME, array N TYPE, bytes N, chars N, struct
#       FIELDS, packed FIELDS.

proc structs::split {type} {
    if {[llength $type] == 1} {
        if {![regexp {^(\w+)\[(\d+)\]$} $type - name count]} {
            return [list scalar $type]
        }
        return [expr {$name in {bytes chars} ? [list $name $count]
                                             : [list array $count $name]}]
    }
    return [expr {[lindex $type 0] in {array packed} ? $type : [list struct $type]}]
}

proc structs::value {type} {
    variable integers
    lassign [split $type] kind what element
    switch $kind {
        scalar {
            if {![dict exists $integers $what]} {
                return [expr {([random 4001] - 2000) / 8.0}]
            }
            lassign [dict get $integers $what] least most
            return [expr {$least + ($most - $least) * [random 1001] / 1000}]
        }
        array {
            return [lmap - [lrepeat $what -] {value $element}]
        }
        bytes - chars {
            set text ""
            for {set n [expr {$kind eq "bytes" ? $what : [random [expr {$what + 1}]]}]} {$n} {incr n -1} {
                append text [format %c [expr {97 + [random 26]}]]
            }
            return $text
        }
        default {
            set value {}
            foreach {name member} $what {
                lappend value $name [value $member]
            }
            return $value
        }
    }
}

proc structs::declare {type declarator} {
    variable integers
    lassign [split $type] kind what element
    switch $kind {
        scalar {return "$what[expr {[dict exists $integers $what] ? "_t" : ""}] $declarator"}
        array  {return [declare $element $declarator\[$what\]]}
        bytes  {return "unsigned char $declarator\[$what\]"}
        chars  {return "char $declarator\[$what\]"}
    }
    set members ""
    foreach {name member} $what {
        append members "[declare $member $name]; "
    }
    set attribute [expr {$kind eq "packed" ? "__attribute__((packed)) " : ""}]
    return "struct $attribute{ $members} $declarator"
}

proc structs::initialize {type value} {
    variable integers
    lassign [split $type] kind what element
    switch $kind {
        scalar {
            return [expr {![dict exists $integers $what] ? $value
                : $value < 0 ? "([expr {$value + 1}]LL - 1)" : "$value\ULL"}]
        }
        array {
            set parts [lmap part $value {initialize $element $part}]
        }
        bytes - chars {
            set parts [lmap character [::split $value {}] {scan $character %c}]
            lappend parts {*}[expr {$parts eq "" ? 0 : ""}]
        }
        default {
            set parts [lmap {name member} $what {
                initialize $member [dict get $value $name]
            }]
        }
    }
    return "{[join $parts ", "]}"
}
