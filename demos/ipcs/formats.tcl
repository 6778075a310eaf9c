# SPDX-License-Identifier: BSD-3-Clause
# The objects as JSON and as CSV, for other programs.

proc showJson {model objects} {
    package require json::write
    chan configure stdout -encoding utf-8
    puts [json::write array {*}[lmap object $objects {jsonObject $model $object}]]
}

proc jsonObject {model object} {
    set fields {}
    dict for {key value} [$model get $object] {
        dict set fields $key [switch $key {
            name - type - owner - group {json $value}
            holders      {jsonList {pid command} $value}
            blocked      {jsonList {pid command operation} $value}
            owners       {jsonList {pid permits} $value}
            oldest       {jsonFields {token attempts} $value}
            holdersKnown {expr {$value ? "true" : "false"}}
            default      {set value}
        }]
    }
    if {[dict exists $fields mode]} {
        dict set fields modeText [json [format %04o [dict get $fields mode]]]
    }
    dict set fields problems [json::write array {*}[lmap detail [problemsOf $model $object] {
        dict with detail {
            json::write object problem [json $problem] text [json $text] since $since \
                earlier [expr {$earlier ? "true" : "false"}]
        }
    }]]
    return [json::write object {*}$fields]
}

# A list of lists as an array of objects with these keys.
proc jsonList {keys lists} {
    return [json::write array {*}[lmap list $lists {jsonFields $keys $list}]]
}

proc jsonFields {keys list} {
    return [json::write object {*}[concat {*}[lmap key $keys value $list {
        list $key [expr {$key in {pid permits attempts} ? $value : [json $value]}]
    }]]]
}

proc json {text} {
    return [printable [json::write string $text]]
}

# Names are whole, as RFC 4180 quotes them. None can be a formula of a spreadsheet: each cell
# begins with a letter, a digit or a slash.
proc showCsv {model objects} {
    package require csv
    set keys {type name mode uid gid owner group mtime value size maxmessages
        maxmessagesize currentmessages bytes notifypid holders holdersKnown waiters blocked problems
        permits free abandoned owners messages taken published}
    puts [csv::join $keys]
    foreach object $objects {
        set facts [$model get $object]
        set record [csv::join [lmap key $keys {
            switch $key {
                mode     {mode $facts}
                holders - blocked - owners {join [lmap process [objects::lookup $facts $key {}] {join $process}] ", "}
                problems {join [lmap detail [problemsOf $model $object] {dict get $detail problem}]}
                default  {objects::lookup $facts $key ""}
            }
        }]]
        puts [expr {[isTerminal stdout] ? [printable $record] : [wellFormed $record]}]
    }
}

# The name of a program may be bytes that are not text. Tcl then has halves of surrogate
# pairs, which by themselves would be invalid UTF-8.
proc wellFormed {text} {
    set forms {}
    foreach found [regexp -all -inline {[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]} $text] {
        lappend forms $found [expr {[string length $found] == 2 ? $found : [escaped $found]}]
    }
    return [string map $forms $text]
}
