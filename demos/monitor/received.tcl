# SPDX-License-Identifier: BSD-3-Clause
# The messages that were received here. They have left their queue, so they are
# kept as bytes and can be sent back. Those of a topic were only read, and some of
# a ring only looked at.

namespace eval received {
    variable kept           ;# queue -> list of {time priority bytes}
    variable list
    variable frame
    variable most 200       ;# messages that are kept for each queue
    variable looked "looked at" ;# in place of a priority: the message is still there
    variable showing ""     ;# the queue whose messages are in the list
    variable notes {
        mq    "The system does not show which messages are in a queue, nor their priorities."
        ring  "Peek shows the oldest messages that wait."
        topic "Latest shows the newest message."
    }
    array set kept {}
}

proc received::build {window} {
    variable frame $window
    variable list $window.list
    set gap [theme::px 4]
    ttk::frame $window
    ttk::treeview $list -columns {time priority message} -show headings -height 3 \
        -selectmode browse -yscrollcommand [list $window.y set]
    ttk::scrollbar $window.y -command [list $list yview]
    foreach {column heading width anchor} {
        time "Received" 75 e priority "Priority" 80 e message "Message" 200 w
    } {
        $list heading $column -text $heading -anchor $anchor
        $list column $column -width [theme::px $width] -anchor $anchor \
            -stretch [expr {$column eq "message"}]
    }
    ttk::frame $window.foot
    ttk::button $window.foot.back -text "Send back" -command received::sendBack
    ttk::label $window.foot.note -style Faint.TLabel
    bind $window.foot.note <Configure> {%W configure -wraplength %w}
    tooltip::add $window.foot.back "Sends the chosen message again, behind those of its priority"
    pack $window.foot.back -side left
    pack $window.foot.note -side left -padx $gap -fill x -expand 1
    pack $window.foot -side bottom -fill x -pady [list $gap 0]
    pack $window.y -side right -fill y
    pack $list -side left -fill both -expand 1
    bind $list <<TreeviewSelect>> received::enable
    bind $list <Return> received::sendBack
}

proc received::add {queue bytes priority} {
    variable kept
    variable most
    lappend kept($queue) [::list [clock seconds] $priority $bytes]
    set kept($queue) [lrange $kept($queue) end-[expr {$most - 1}] end]
    if {$queue eq [side::shown]} {
        showFor $queue
    }
}

# The messages of a ring that were looked at, in place of those of an earlier look.
proc received::look {ring messages} {
    variable kept
    variable looked
    if {[info exists kept($ring)]} {
        set kept($ring) [lsearch -all -inline -not -exact -index 1 $kept($ring) $looked]
    }
    foreach bytes $messages {
        add $ring $bytes $looked
    }
}

proc received::showFor {queue} {
    variable kept
    variable list
    variable showing $queue
    variable frame
    variable notes
    $frame.foot.note configure -text [objects::lookup $notes [lindex $queue 0] ""]
    $list delete [$list children {}]
    if {[info exists kept($queue)]} {
        set number -1
        foreach message $kept($queue) {
            lassign $message time priority bytes
            $list insert {} end -id [incr number] -values [::list [words::time $time] $priority \
                [words::short [posix_ipc::people::decode $bytes]]]
        }
        if {$number >= 0} {
            $list see $number
        }
    }
    enable
}

proc received::enable {} {
    variable frame
    variable list
    $frame.foot.back state [expr {[isOut [lindex [$list selection] 0]] ? "!disabled" : "disabled"}]
}

# Whether a message of the list, by its number, has left its queue.
proc received::isOut {number} {
    variable kept
    variable looked
    variable showing
    return [expr {$number ne "" && [lindex $showing 0] ne "topic"
                  && [lindex $kept($showing) $number 1] ne $looked}]
}

# Does not wait: a full queue has no room for it.
proc received::sendBack {} {
    variable kept
    variable list
    variable showing
    set number [lindex [$list selection] 0]
    if {![isOut $number] || $showing ne [side::shown]} return
    lassign [lindex $kept($showing) $number] - priority bytes
    set isRing [expr {$priority eq ""}]
    try {
        set handle [handles::take $showing [expr {$isRing ? "" : {-read 0}}]]
        try {
            $handle send [handles::asMessage $handle $bytes] -timeout 0 \
                {*}[expr {$isRing ? "" : [::list -priority $priority]}]
        } finally {
            handles::leave $showing $handle
        }
    } on error {message options} {
        actions::tell $showing bad [words::failure $message $options]
        return
    }
    set kept($showing) [lreplace $kept($showing) $number $number]
    actions::tell $showing good "sent back[expr {$isRing ? "" : ", priority $priority"}]"
    showFor $showing
    model refresh
}
