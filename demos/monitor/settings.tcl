# SPDX-License-Identifier: BSD-3-Clause
# The settings that are kept from one run to the next: a dict in the user's XDG directory.
# The file is data. It is read as a dict and checked; nothing in it is evaluated.

namespace eval settings {
    variable defaults {
        geometry {} columns {} sort name order increasing
        interval 1 dark 0 points 10 muted {} limits {}
    }
    variable checks {
        geometry {^(\d+x\d+([+-]-?\d+){2})?$}
        sort     {^(name|amount|waiting|holders|mode|owner|changed|trouble)$}
        order    {^(increasing|decreasing)$}
        interval {^(?=.*[1-9])\d+(\.\d+)?$}
        dark     {^[01]$}
        points   {^([6-9]|[12]\d)$}
        columns  {^([a-z]+ \d+ ?)*$}
        muted    {^([0-9a-f]{2})*$}
        limits   {^([a-z]+ [0-9.]+ ?)*$}
    }
    variable values $defaults
}

proc settings::path {} {
    global env
    if {[info exists env(XDG_CONFIG_HOME)]
            && [file pathtype $env(XDG_CONFIG_HOME)] eq "absolute"} {
        set folder $env(XDG_CONFIG_HOME)
    } else {
        set folder [file join $env(HOME) .config]
    }
    return [file join $folder posix_ipc monitor.conf]
}

proc settings::get {name} {
    variable values
    return [dict get $values $name]
}

proc settings::put {name value} {
    variable values
    dict set values $name $value
}

# A missing or malformed file must not keep the monitor from starting. It is read as bytes,
# because Tcl 9 refuses text that is not UTF-8.
proc settings::load {} {
    variable values
    variable checks
    if {[catch {open [path] rb} channel]} return
    try {
        foreach line [split [read $channel] \n] {
            if {[regexp {^(\w+)=(.*)$} $line -> name value]
                    && [dict exists $checks $name]
                    && [regexp [dict get $checks $name] $value]} {
                dict set values $name $value
            }
        }
    } finally {
        close $channel
    }
}

# A new file replaces the old one in one step.
proc settings::save {} {
    variable values
    settings::put geometry [wm geometry .]
    settings::put columns [tree::widths]
    try {
        file mkdir [file dirname [path]]
        set channel [open [path].new w]
        dict for {name value} $values {
            puts $channel $name=$value
        }
        close $channel
        file rename -force [path].new [path]
    } trap POSIX message {
        puts stderr "monitor: the settings are not kept: $message"
    }
}

# The size and the position of the window in the last run, or a size that suits the
# screen. The position is omitted if the title would be out of reach, because the
# screen was larger then.
proc settings::geometry {} {
    set geometry [get geometry]
    if {$geometry ne ""} {
        return [expr {[isReachable $geometry] ? $geometry : [regsub {[+-].*} $geometry ""]}]
    }
    set width [expr {min([theme::px 1240], [winfo screenwidth .])}]
    set height [expr {min([theme::px 720], [winfo screenheight .]) - [theme::px 40]}]
    return ${width}x$height
}

# Whether a window with this geometry would have enough of its title on the screen.
proc settings::isReachable {geometry} {
    regexp {^(\d+)x(\d+)([+-])(-?\d+)([+-])(-?\d+)$} $geometry -> width height fromRight x fromBottom y
    if {$fromRight eq "-"} {
        set x [expr {[winfo screenwidth .] - $width - $x}]
    }
    if {$fromBottom eq "-"} {
        set y [expr {[winfo screenheight .] - $height - $y}]
    }
    set enough [theme::px 80]
    return [expr {$x + $width >= $enough && $x <= [winfo screenwidth .] - $enough
                  && $y >= -[theme::px 10] && $y <= [winfo screenheight .] - [theme::px 40]}]
}
