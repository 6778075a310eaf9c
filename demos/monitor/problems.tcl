# SPDX-License-Identifier: BSD-3-Clause
# The problems, the worst first, at the top of the window: each with its cause
# and what can be done. A problem that comes and goes is one problem: it stays
# for a while after it is solved, and full and filling count as the same
# problem.

namespace eval problems {
    variable list
    variable frame
    variable title "Problems"
    variable sentence ""
    variable current {}     ;# {object group} -> {detail solvedAt times worst}
    variable hold 5         ;# seconds for which a solved problem stays
    variable made           ;# objects that the user has made here
    array set made {}
}

proc problems::build {window} {
    variable frame $window
    variable list $frame.list
    set gap [theme::px 6]
    ttk::frame $frame -padding [list $gap 0]
    ttk::label $frame.title -style Title.TLabel -textvariable problems::title
    ttk::treeview $list -columns {problem object span cause} -show {} -height 2 \
        -selectmode browse -yscrollcommand [list $frame.y set]
    ttk::scrollbar $frame.y -command [list $list yview]
    # Its height stays the same, so that the list above does.
    ttk::frame $frame.room -height [expr {2 * [font metrics TkDefaultFont -linespace]}]
    ttk::label $frame.sentence -textvariable problems::sentence -anchor nw
    place $frame.sentence -in $frame.room -x 0 -y 0 -relwidth 1 -relheight 1
    raise $frame.sentence
    foreach {column width} {problem 110 object 150 span 110 cause 300} {
        $list column $column -width [theme::px $width] -stretch [expr {$column eq "cause"}]
    }
    grid $frame.title - -sticky w
    grid $list $frame.y -sticky nsew
    grid $frame.room - -sticky ew
    grid rowconfigure $frame 1 -weight 1
    grid columnconfigure $frame 0 -weight 1
    bind $frame <Configure> {%W.sentence configure -wraplength [expr {%w - 20}]}
    bind $list <<TreeviewSelect>> problems::chosen
    bind $list <Return> problems::jump
    bind $list <Double-Button-1> problems::jump
    bind $list <<ThemeChanged>> problems::paint
    tooltip::add $frame.title "Double-click or Enter goes to the object; Ctrl-M mutes it"
    tooltip::add $list ""
    paint
    show
}

proc problems::paint {} {
    variable list
    $list tag configure alarm -foreground [theme::color bad]
    $list tag configure notice -foreground [theme::color warn]
    $list tag configure solved -foreground [theme::color faint]
}

# News of the model -------------------------------------------------------------

proc problems::heard {event object detail} {
    switch $event {
        problem   {begin $object $detail}
        solved    {solve $object $detail}
        appeared - changed {noticeOthers $object}
        vanished  {forget $object}
        refreshed {
            expire
            show
        }
    }
}

# Full and filling take turns when a queue is at its limit.
proc problems::group {problem} {
    return [expr {$problem in {full filling} ? "room" : $problem}]
}

proc problems::begin {object detail} {
    variable current
    set problem [dict get $detail problem]
    set key [list $object [group $problem]]
    if {![dict exists $current $key]} {
        dict set current $key [list $detail "" 1 $problem]
        tell $object $detail
        return
    }
    lassign [dict get $current $key] old solvedAt times worst
    if {$solvedAt ne ""} {
        incr times
    }
    if {[advice::severity $problem] < [advice::severity $worst]} {
        tell $object $detail
        set worst $problem
    }
    dict set current $key [list $detail "" $times $worst]
}

proc problems::solve {object detail} {
    variable current
    set key [list $object [group [dict get $detail problem]]]
    if {[dict exists $current $key]
            && [dict get [lindex [dict get $current $key] 0] problem] eq [dict get $detail problem]} {
        dict set current $key [lreplace [dict get $current $key] 1 1 [clock milliseconds]]
    }
}

# A problem that has been solved for long enough is over, and the log says so
# once.
proc problems::expire {} {
    variable current
    variable hold
    dict for {key state} $current {
        lassign $state detail solvedAt times
        if {$solvedAt ne "" && [clock milliseconds] - $solvedAt >= 1000 * $hold} {
            dict unset current $key
            finish $detail $times
        }
    }
}

proc problems::forget {object} {
    variable current
    variable made
    unset -nocomplain made($object)
    dict for {key state} $current {
        if {[lindex $key 0] eq $object} {
            dict unset current $key
            finish [lindex $state 0] [lindex $state 2]
        }
    }
}

proc problems::tell {object detail} {
    if {[isQuiet $object $detail]} return
    set problem [dict get $detail problem]
    log::add [expr {[advice::isAlarm $problem] ? "bad" : "warn"}] \
        "$problem: [log::withSince $detail]" $object
}

proc problems::finish {detail times} {
    if {[isQuiet [dict get $detail object] $detail]} return
    set often [expr {$times > 1 ? " ($times times)" : ""}]
    log::add faint "no longer: [dict get $detail text]$often" [dict get $detail object]
}

# What the user is not told --------------------------------------------------------

# An object that was created here and that nobody else has opened yet is not a
# problem.
proc problems::madeHere {object} {
    variable made
    set made($object) 1
}

# Once another process has opened it, it is an object like any other.
proc problems::noticeOthers {object} {
    variable made
    variable current
    if {![info exists made($object)]} return
    foreach holder [model holders $object] {
        if {[lindex $holder 0] != [pid]} {
            unset made($object)
            dict unset current [list $object orphaned]
            dict unset current [list $object unclaimed]
            return
        }
    }
}

proc problems::isOwn {object problem} {
    variable made
    return [expr {[info exists made($object)] && $problem in {orphaned unclaimed}}]
}

# What looks wrong with an object, without what is the user's own doing.
proc problems::of {object} {
    return [lmap detail [model problems $object] {
        if {[isOwn $object [dict get $detail problem]]} continue
        set detail
    }]
}

proc problems::isQuiet {object detail} {
    return [expr {[isMuted $object] || [isOwn $object [dict get $detail problem]]}]
}

# Names may have line breaks, so the muted objects are kept in hexadecimal.
proc problems::muted {} {
    return [encoding convertfrom utf-8 [binary decode hex [settings::get muted]]]
}

proc problems::isMuted {object} {
    return [expr {[settings::get muted] ne "" && $object in [muted]}]
}

# Mutes the chosen objects; if all are muted, unmutes them.
proc problems::toggleMute {} {
    set objects [tree::selected]
    if {![llength $objects]} return
    set muted [muted]
    set loud [lmap object $objects {
        if {$object in $muted} continue
        set object
    }]
    if {[llength $loud]} {
        lappend muted {*}$loud
    } else {
        set muted [lmap object $muted {
            if {$object in $objects} continue
            set object
        }]
    }
    settings::put muted [binary encode hex [encoding convertto utf-8 $muted]]
    foreach object $objects {
        if {[model exists $object]} {
            tree::touch $object
        }
    }
    show
}

# Showing ---------------------------------------------------------------------------

# The problems to be shown, the worst first, then the oldest: severity, since, key.
proc problems::ordered {} {
    variable current
    set all {}
    dict for {key state} $current {
        set detail [lindex $state 0]
        if {[isQuiet [lindex $key 0] $detail]} continue
        lappend all [list [advice::severity [dict get $detail problem]] \
            [dict get $detail since] $key]
    }
    return [lmap entry [lsort -integer -index 0 [lsort -real -index 1 $all]] {lindex $entry 2}]
}

# There may be thousands; the worst hundred are enough.
proc problems::show {} {
    variable list
    variable title
    set keys [ordered]
    set shown [lrange $keys 0 99]
    set title "Problems ([llength $keys])"
    set count [llength [lmap object [muted] {
        if {![model exists $object] || [model problems $object] eq ""} continue
        set object
    }]]
    if {$count} {
        append title ", of [words::count $count object] muted"
    }
    if {[llength $keys] > 100} {
        append title ", the worst 100 of them"
    }
    foreach key $shown {
        fill $key
    }
    $list delete [lmap key [$list children {}] {
        if {$key in $shown} continue
        set key
    }]
    if {$shown ne [$list children {}]} {
        $list children {} $shown
    }
    chosen
}

proc problems::fill {key} {
    variable list
    variable current
    lassign [dict get $current $key] detail solvedAt
    set problem [dict get $detail problem]
    set tag [expr {$solvedAt ne "" ? "solved" : [advice::isAlarm $problem] ? "alarm" : "notice"}]
    set word "[advice::sign $problem] $problem[expr {$solvedAt ne "" ? ", over" : ""}]"
    set name [printable [lindex $key 0 1]]
    set cause [string range [advice::sentence $detail] [string length $name]+2 end]
    set values [list $word $name [advice::span $detail] $cause]
    if {![$list exists $key]} {
        $list insert {} end -id $key
    }
    if {[$list item $key -values] ne $values || [$list item $key -tags] ne $tag} {
        $list item $key -values $values -tags [list $tag]
    }
}

# The whole sentence of the chosen problem, or of the worst.
proc problems::chosen {} {
    variable list
    variable current
    variable sentence
    set key [lindex [$list selection] 0]
    if {$key eq ""} {
        set key [lindex [$list children {}] 0]
    }
    if {$key eq "" || ![dict exists $current $key]} {
        set sentence "Nothing looks wrong in what can be seen."
    } else {
        set sentence [advice::sentence [lindex [dict get $current $key] 0]]
    }
    tooltip::change $list $sentence
}

# Whether the whole sentence is shown. A low window has no room for it; then it is only
# a tooltip.
proc problems::explain {isOn} {
    variable frame
    if {$isOn} {
        grid $frame.room
    } else {
        grid remove $frame.room
    }
}

proc problems::jump {} {
    variable list
    set key [lindex [$list selection] 0]
    if {$key ne ""} {
        tree::choose [lindex $key 0]
    }
}

proc problems::focus {} {
    variable list
    set first [lindex [$list children {}] 0]
    if {$first ne "" && [$list selection] eq ""} {
        $list selection set [list $first]
        $list focus $first
    }
    ::focus $list
}
