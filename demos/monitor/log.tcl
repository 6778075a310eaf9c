# SPDX-License-Identifier: BSD-3-Clause
# The log: problems, when they began and ended, and what could not be read.

namespace eval log {
    variable text
    variable most 1000      ;# lines
    variable errors {}      ;# of the last look
    variable links 0        ;# numbers the lines that lead to an object
}

proc log::build {frame} {
    variable text $frame.text
    ttk::frame $frame -padding [list [theme::px 6] 0]
    text $text -height 5 -width 10 -wrap word -state disabled -takefocus 1 \
        -borderwidth 0 -highlightthickness 1 -font TkDefaultFont -padx [theme::px 4] \
        -yscrollcommand [list $frame.y set]
    ttk::scrollbar $frame.y -command [list $text yview]
    pack $frame.y -side right -fill y
    pack $text -side left -fill both -expand 1
    theme::paintText $text
    bind $text <Button-1> {+focus %W}
    bind $text <Return> {log::jumpHere; break}
    tooltip::add $text "What looked wrong. A double click or Enter goes to the object.\nTo copy, select lines and press Ctrl-C, or Ctrl-Shift-C for all"
}

# The height of the log with this number of lines.
proc log::height {lines} {
    variable text
    set edges [expr {[$text cget -highlightthickness] + [$text cget -borderwidth] + [$text cget -pady]}]
    return [expr {$lines * [font metrics TkDefaultFont -linespace] + 2 * $edges}]
}

proc log::heard {event object detail} {
    if {$event eq "refreshed"} {
        addErrors [dict values [dict get $detail errors]]
    }
}

# The lines that were not there at the last look.
proc log::addErrors {now} {
    variable errors
    foreach message $now {
        if {$message ni $errors} {
            add bad $message
        }
    }
    set errors $now
}

# The problem, and the time since which it has existed if that is not now.
proc log::withSince {detail} {
    dict with detail {
        if {$earlier} {
            return "$text, at least since [words::time $since]"
        } elseif {[clock seconds] - $since >= 2} {
            return "$text, since [words::time $since]"
        }
        return $text
    }
}

# Adds a line with a link to its object. A reader who has scrolled up stays
# there.
proc log::add {tag line {object ""}} {
    variable text
    variable most
    variable links
    if {$object ne ""} {
        set link link[incr links]
        $text tag bind $link <Double-Button-1> [list log::jump $object]
        set tag [list $tag $link]
    }
    set time [words::time [clock seconds]]
    set isAtEnd [expr {[lindex [$text yview] 1] == 1}]
    $text configure -state normal
    $text insert end "$time  " faint "[printable $line]\n" $tag
    set excess [expr {[lindex [split [$text index end-1c] .] 0] - 1 - $most}]
    if {$excess > 0} {
        dropLinks 1.0 [expr {$excess + 1}].0
        $text delete 1.0 [expr {$excess + 1}].0
    }
    $text configure -state disabled
    if {$isAtEnd} {
        $text see end
    }
}

proc log::dropLinks {from to} {
    variable text
    foreach {key tag -} [$text dump -tag $from $to] {
        if {$key eq "tagon" && [string match link* $tag]} {
            $text tag delete $tag
        }
    }
}

# Goes to the object of a line: the one that was clicked on, or the one with
# the cursor.
proc log::jump {object} {
    if {[model exists $object]} {
        tree::choose $object
    } else {
        set ::monitor::status "[printable [lindex $object 1]] is gone"
    }
}

proc log::jumpHere {} {
    variable text
    set tag [lsearch -inline -glob [$text tag names "insert lineend -1 chars"] link*]
    if {$tag ne ""} {
        {*}[$text tag bind $tag <Double-Button-1>]
    }
}

proc log::focus {} {
    variable text
    ::focus $text
}

proc log::copyAll {} {
    variable text
    clipboard clear
    clipboard append [$text get 1.0 end-1c]
}
