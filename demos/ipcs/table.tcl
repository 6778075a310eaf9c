# SPDX-License-Identifier: BSD-3-Clause
# The table: its columns fit the terminal, and its colors show problems.

proc showTable {model objects} {
    set lines [table $model $objects]
    puts [join $lines \n]
    if {[isTerminal stdout]} {
        foreach remark [remarks $model $objects $lines] {
            puts [clipped $remark [lindex [screen] 1]]
        }
    }
}

# The columns that a narrow terminal omits, in this order.
set expendable {mode owner age kind}

# The table of some objects, in lines as wide as the terminal.
proc table {model objects} {
    set width [lindex [screen] 1]
    set headings [dict map {column description} $::columns {lindex $description 0}]
    set rows [lmap object $objects {row $model $object}]
    set widths [widths [linsert $rows 0 $headings] $width]
    set colors [colors $model]
    set lines [list [emphasized 1 [line $headings $widths $width]]]
    foreach object $objects row $rows {
        lappend lines [emphasized [objects::lookup $colors $object ""] [line $row $widths $width]]
    }
    return $lines
}

# The widths of the columns that fit. Names and holders each get half of the rest, or
# what the other leaves.
proc widths {rows width} {
    set widths [dict map {column heading} [lindex $rows 0] {string length $heading}]
    foreach row $rows {
        dict for {column cell} $row {
            dict set widths $column [expr {max([dict get $widths $column], [columns $cell])}]
        }
    }
    dict with widths {}
    foreach column [concat {{}} $::expendable] {
        set widths [dict remove $widths $column]
        set fixed [dict remove $widths name holders]
        set rest [expr {$width - [tcl::mathop::+ {*}[dict values $fixed]] - 2 * [dict size $fixed] - 2}]
        if {$rest >= min($name + $holders, 40)} break
    }
    set name [expr {min($name, max($rest - $holders, $rest / 2, 4))}]
    return [dict replace $widths name $name holders [expr {min($holders, max($rest - $name, 4))}]]
}

proc line {row widths width} {
    set cells [lmap {column size} $widths {
        set cell [clipped [dict get $row $column] $size]
        set blanks [string repeat " " [expr {$size - [columns $cell]}]]
        if {[lindex [dict get $::columns $column] 2] eq "right"} {
            string cat $blanks $cell
        } else {
            string cat $cell $blanks
        }
    }]
    return [clipped [string trimright [join $cells "  "]] $width]
}

# How many columns a text takes: the characters of East Asia are two columns wide, and so
# are most of those beyond U+FFFF.
proc columns {text} {
    set wide {[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]}
    append wide {|[^\u0000-\uffff]}
    return [expr {[string length $text] + [regexp -all $wide $text]}]
}

# A text that fits. A truncated text ends in >.
proc clipped {text width} {
    if {[columns $text] <= $width} {
        return $text
    }
    set text [string range $text 0 [expr {$width - 2}]]
    while {[columns $text] > $width - 1} {
        set text [string range $text 0 end-1]
    }
    return $text>
}

# On a terminal the heading is bold, what is stuck, full or failing red, and what
# is filling, late or left behind yellow.
proc colors {model} {
    set colors {}
    foreach color {33 31} problems {{filling late orphaned unclaimed} {stuck abandoned full failing}} {
        foreach object [$model objects] {
            foreach problem [problemsOf $model $object] {
                if {[dict get $problem problem] in $problems} {
                    dict set colors $object $color
                }
            }
        }
    }
    return $colors
}

proc emphasized {attribute line} {
    if {$attribute eq "" || ![isTerminal stdout]} {
        return $line
    }
    return "\x1b\[${attribute}m$line\x1b\[0m"
}

proc isTerminal {channel} {
    return [dict exists [chan configure $channel] -mode]
}

# The lines and columns of the terminal. Without a terminal there is no limit.
proc screen {} {
    if {![isTerminal stdout]} {
        return {Inf Inf}
    }
    if {[catch {exec stty size </dev/tty} size]} {
        set size {0 0}
    }
    return [lmap length $size usual {24 80} {
        expr {$length ? $length : $usual}
    }]
}

# Remarks below the table.
proc remarks {model objects lines} {
    set remarks {}
    if {[llength $lines] >= [lindex [screen] 0]} {
        lappend remarks "[llength $objects] objects: \"| less -S\" shows them page by page."
    } elseif {[lsearch -glob $lines *>*] >= 0} {
        lappend remarks "> marks truncated text: \"| less -S\" shows all of it."
    }
    foreach object $objects {
        if {[isUnknown [$model get $object]]} {
            lappend remarks "?: [unseen $model]."
            break
        }
    }
    if {[objects::hidesQueues $model]} {
        lappend remarks "Queues that no visible process has open are not listed: mqueue is not mounted."
    }
    return $remarks
}

proc unseen {model} {
    set count [$model unexamined]
    switch $count {
        0 {return "some processes are not visible, so they could not be examined"}
        1 {return "1 process could not be examined"}
    }
    return "$count processes could not be examined"
}
