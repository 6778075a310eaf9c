# SPDX-License-Identifier: BSD-3-Clause
# The question before names are removed: it says what will happen to which
# processes. The harmless button has the focus.

namespace eval unlink {
    variable frame
    variable objects {}
    variable outcome ""
}

proc unlink::build {window} {
    variable frame $window
    set gap [theme::px 4]
    ttk::frame $frame
    ttk::label $frame.title -style Title.TLabel
    ttk::label $frame.effect
    ttk::frame $frame.buttons
    ttk::button $frame.buttons.unlink -text "Unlink" -style Danger.TButton \
        -command unlink::run
    ttk::button $frame.buttons.back -text "Keep" -command commands::escape
    pack $frame.buttons.unlink $frame.buttons.back -side left -padx [list 0 $gap]
    ttk::label $frame.outcome -style Bad.TLabel -textvariable unlink::outcome
    text $frame.names -width 10 -height 4 -wrap none -state disabled -borderwidth 0 \
        -font TkDefaultFont -highlightthickness 1 -padx $gap -pady $gap
    theme::paintText $frame.names
    pack $frame.title $frame.effect $frame.buttons $frame.outcome -side top -fill x \
        -pady [list 0 $gap]
    pack $frame.names -side top -fill both -expand 1
    bind $frame <Configure> {
        %W.effect configure -wraplength %w
        %W.outcome configure -wraplength %w
    }
}

proc unlink::show {} {
    variable frame
    variable objects [tree::selected]
    variable outcome ""
    if {[llength $objects] == 0} return
    $frame.title configure -text "Unlink [words::count [llength $objects] object]?"
    $frame.effect configure -text [effect]
    showNames
    side::showPage unlink
    focus $frame.buttons.back
}

# Whether the page asks about all of these objects. If so, the question stays,
# even if other objects that it asks about have vanished.
proc unlink::isAsking {some} {
    variable objects
    set asked [dict create {*}[concat {*}[lmap object $objects {list $object 1}]]]
    foreach object $some {
        if {![dict exists $asked $object]} {
            return 0
        }
    }
    return [expr {[side::page] eq "unlink"}]
}

proc unlink::effect {} {
    variable objects
    set held 0
    set unknown 0
    foreach object $objects {
        set facts [expr {[model exists $object] ? [model get $object] : ""}]
        if {[objects::lookup $facts holders {}] ne ""} {
            incr held
        } elseif {![objects::lookup $facts holdersKnown 0]} {
            incr unknown
        }
    }
    set text "The names are removed at once, and nobody can open them any more."
    if {$held} {
        append text " Of these, [words::count $held object] [expr {
            $held == 1 ? "is" : "are"}] open in a process: what is in it stays\
            there until the last process closes it. Programs that open\
            one of these names later will not find the old object."
    } elseif {!$unknown} {
        append text " No process has one open: what is in them is lost."
    }
    if {$unknown} {
        append text " Whether [words::count $unknown object] [expr {$unknown == 1 ? "is" : "are"}]\
            open in a process cannot be seen."
    }
    return $text
}

proc unlink::showNames {} {
    variable frame
    variable objects
    $frame.names configure -state normal
    $frame.names delete 1.0 end
    foreach object $objects {
        lassign $object type name
        $frame.names insert end "[printable $name]  " {} "[words::kind $type]" faint
        foreach holder [expr {[model exists $object] ? [model holders $object] : {}}] {
            $frame.names insert end "  [people::names [list $holder]]" bad
        }
        $frame.names insert end \n
    }
    $frame.names configure -state disabled
}

# Unlinks them. What fails stays on the page, with the reason.
proc unlink::run {} {
    variable objects
    variable outcome
    set failures {}
    set objects [lmap object $objects {
        lassign $object type name
        try {
            posix_ipc::$type unlink $name
            log::add good "unlinked [printable $name]"
            continue
        } trap POSIXIPC {message options} {
            lappend failures [words::failure $message $options]
        }
        set object
    }]
    model refresh
    if {[llength $failures]} {
        set outcome [join [lrange $failures 0 5] \n]
        if {[llength $failures] > 6} {
            append outcome "\nand [expr {[llength $failures] - 6}] more"
        }
        showNames
    } else {
        side::showPage object
        tree::focus
    }
}
