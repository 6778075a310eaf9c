# The log: what looks wrong, since when, and when it was over; and what could not be
# looked at. It can be copied.

namespace eval log {
    variable text
    variable most 1000      ;# lines
    variable errors {}      ;# of the last look
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
    tooltip::add $text "What looks wrong. Mark lines and press Ctrl-C, or Ctrl-Shift-C for all"
}

proc log::heard {event object detail} {
    switch $event {
        problem {
            set isBad [expr {[dict get $detail problem] in {stuck full}}]
            add [expr {$isBad ? "bad" : "warn"}] [withSince $detail]
        }
        solved    {add faint "no longer: [dict get $detail text]"}
        refreshed {addErrors [dict values [dict get $detail errors]]}
    }
}

# What was not so at the last look.
proc log::addErrors {now} {
    variable errors
    foreach message $now {
        if {$message ni $errors} {
            add bad $message
        }
    }
    set errors $now
}

# What is wrong, and since when it is where that is not now.
proc log::withSince {detail} {
    dict with detail {
        if {[clock seconds] - $since >= 2} {
            return "$text, since [words::time $since]"
        }
        return $text
    }
}

# Adds a line. Who reads further up stays there.
proc log::add {tag line} {
    variable text
    variable most
    set time [words::time [clock seconds]]
    set isAtEnd [expr {[lindex [$text yview] 1] == 1}]
    $text configure -state normal
    $text insert end "$time  " faint "[printable $line]\n" $tag
    set excess [expr {[lindex [split [$text index end-1c] .] 0] - 1 - $most}]
    if {$excess > 0} {
        $text delete 1.0 [expr {$excess + 1}].0
    }
    $text configure -state disabled
    if {$isAtEnd} {
        $text see end
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
