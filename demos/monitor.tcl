#!/usr/bin/env wish
# SPDX-License-Identifier: BSD-3-Clause
# A window that shows the semaphores, segments, queues, locks, rings and topics of the
# system, live, and lets you try each of them:
#
#     wish8.6 demos/monitor.tcl
#
# The objects and their problems come from the package posix_ipc::monitor, whose
# model calls us when something has happened. The views are in the directory
# monitor, one per file; each is a namespace with a procedure build, and gets
# events of the model from the procedure heard below. Names, messages and bytes
# of other programs are shown, never evaluated: every callback is made by list.

package require Tk 8.6-
source [file join [file dirname [info script]] load.tcl]
package require posix_ipc::monitor

namespace eval monitor {
    variable folder [file join [file dirname [file normalize [info script]]] monitor]
    variable paused 0
    variable isLow 0
    variable interval 1
    variable status ""
}

foreach monitor::file {
    ../printable ../people ../objects words trend settings theme tooltip commands advice problems
    tree order selection side facts plot history hex handles actions calls locks confirm received
    create unlink log limits help
} {
    source -encoding utf-8 [file join $monitor::folder $monitor::file.tcl]
}

# The window --------------------------------------------------------------------

proc monitor::build {} {
    settings::load
    theme::apply
    wm title . "POSIX IPC monitor"
    wm minsize . [theme::px 640] [theme::px 400]
    wm geometry . [settings::geometry]
    wm protocol . WM_DELETE_WINDOW monitor::quit

    commands::buildMenus
    commands::bindKeys
    buildBar .bar
    ttk::panedwindow .panes -orient vertical
    ttk::panedwindow .panes.top -orient horizontal
    ttk::label .status -style Status.TLabel -textvariable monitor::status
    problems::build .panes.problems
    tree::build .panes.top.tree
    side::build .panes.top.side
    log::build .panes.log
    .panes.top add .panes.top.tree -weight 1
    .panes.top add .panes.top.side -weight 1
    .panes add .panes.problems -weight 0
    .panes add .panes.top -weight 1
    .panes add .panes.log -weight 0
    pack .bar -side top -fill x
    pack .status -side bottom -fill x
    pack .panes -side top -fill both -expand 1
    bind .panes.top <Map> {after idle monitor::share; bind %W <Map> {}}
    bind .panes <Configure> {monitor::suit %h}
    tree::focus
}

# A low window has no room for the whole sentence of a problem, nor for facts above the
# tabs. When the window becomes low, or high enough again, the panes are divided anew.
proc monitor::suit {height} {
    variable isLow
    set was $isLow
    set isLow [expr {$height < [theme::px 460]}]
    problems::explain [expr {!$isLow}]
    side::compact $isLow
    if {$isLow != $was} {
        after idle monitor::share
    }
}

# Gives the tree more than half of the width, except for what the right side needs to
# show 16 bytes in a row, and the problems and the log a few lines.
proc monitor::share {} {
    set height [winfo height .panes]
    set width [winfo width .panes.top]
    set most [expr {$width * ($width < [theme::px 1000] ? 55 : 58) / 100}]
    set least [theme::px 640]
    .panes.top sashpos 0 [expr {min($most, max($least, $width - [hex::fullWidth]))}]
    .panes sashpos 0 [expr {min([winfo reqheight .panes.problems], $height / 3)}]
    set lines [expr {$height > [theme::px 500] ? 4 : $height >= [theme::px 460] ? 2 : 1}]
    .panes sashpos 1 [expr {$height - [theme::px 6] - [log::height $lines]}]
}

# The bar at the top: filter, the buttons of some commands, and the interval.
proc monitor::buildBar {bar} {
    variable interval [settings::get interval]
    set gap [theme::px 4]
    ttk::frame $bar -padding [list $gap $gap]
    ttk::label $bar.label -text "Filter"
    ttk::entry $bar.filter -width 16 -textvariable tree::filter
    tooltip::add $bar.filter "Shows the objects whose name, owner or problem contains\
        this text;\nwith * or ?, those whose name matches it (Ctrl-F)"
    bind $bar.filter <Return> tree::focus
    bind $bar.filter <Down> tree::focus
    pack $bar.label $bar.filter -side left -padx $gap
    foreach command {new unlink refresh} {
        pack [commands::button $bar.$command $command] -side left -padx $gap
    }
    ttk::checkbutton $bar.pause -text Pause -variable monitor::paused \
        -command monitor::applyPause
    tooltip::add $bar.pause "Stops looking at the system while this is on (Ctrl-P)"
    ttk::label $bar.every -text "every"
    ttk::combobox $bar.interval -width 5 -textvariable monitor::interval \
        -values {0.2 0.5 1 2 5 10 60}
    ttk::label $bar.seconds -text "s"
    tooltip::add $bar.interval "Seconds from one look to the next"
    bind $bar.interval <Return> monitor::applyInterval
    bind $bar.interval <FocusOut> monitor::applyInterval
    bind $bar.interval <<ComboboxSelected>> monitor::applyInterval
    pack $bar.seconds $bar.interval $bar.every $bar.pause -side right -padx $gap
}

# The model ---------------------------------------------------------------------

proc monitor::start {} {
    variable interval
    limits::apply
    model configure -interval $interval -history 3600
    model listen monitor::heard
    model start
}

# An event of the model: each view takes what concerns it.
proc monitor::heard {event object detail} {
    advice::heard $event $object $detail
    problems::heard $event $object $detail
    tree::heard $event $object $detail
    log::heard $event $object $detail
    side::heard $event $object $detail
    if {$event eq "refreshed"} {
        report $detail
    }
}

proc monitor::report {look} {
    variable status
    dict with look {
        set status [format "%d objects, looked at %s in %.0f ms" $objects \
            [clock format [expr {int($time)}] -format %T] [expr {$seconds * 1000}]]
        dict for {type message} $errors {
            append status "   [words::kind $type]: [words::short $message]"
        }
        if {[objects::hidesQueues model]} {
            append status "   Queues that no visible process has open are hidden: mqueue is not mounted"
        }
    }
}

proc monitor::applyPause {} {
    variable paused
    variable status
    if {$paused} {
        model stop
        set status "Paused: F5 refreshes once, Ctrl-P resumes"
    } else {
        model start
    }
}

proc monitor::applyInterval {} {
    variable interval
    variable status
    try {
        model configure -interval $interval
        settings::put interval $interval
    } trap POSIXIPC {message options} {
        set status [words::failure $message $options]
        set interval [settings::get interval]
    }
}

# An error in the monitor itself goes to its log, and the monitor continues.
proc monitor::failed {message options} {
    log::add bad "error in the monitor: [words::failure $message $options]"
}

proc monitor::quit {} {
    settings::save
    handles::closeAll
    destroy .
}

interp bgerror {} monitor::failed
posix_ipc::monitor create ::model
monitor::build
monitor::start
