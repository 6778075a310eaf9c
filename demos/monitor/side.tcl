# The right side. It shows one page: the chosen object, the form for a new one,
# or the question before names are removed.

namespace eval side {
    variable side
    variable shown ""       ;# the object that is looked at
    variable gone 0         ;# it has vanished; what was known of it stays
    variable page object
    variable title ""
    variable subtitle ""
}

proc side::build {frame} {
    variable side $frame
    set gap [theme::px 6]
    ttk::frame $side -padding [list $gap 0]
    grid rowconfigure $side 0 -weight 1
    grid columnconfigure $side 0 -weight 1
    buildObject $side.object
    create::build $side.create
    unlink::build $side.unlink
    showPage object
    empty
}

proc side::buildObject {page} {
    set gap [theme::px 4]
    ttk::frame $page
    ttk::label $page.title -style Title.TLabel -textvariable side::title
    ttk::label $page.subtitle -style Faint.TLabel -textvariable side::subtitle
    facts::build $page.facts
    ttk::notebook $page.tabs -height 1
    plot::build $page.tabs.plot
    facts::buildHolders $page.tabs.holders
    hex::build $page.tabs.bytes
    foreach {tab label} {plot Plot holders Holders bytes Bytes} {
        $page.tabs add $page.tabs.$tab -text $label -underline 0 -padding $gap
    }
    ttk::notebook::enableTraversal $page.tabs
    bind $page.tabs <<NotebookTabChanged>> hex::show
    actions::build $page.actions
    pack $page.title $page.subtitle -side top -fill x
    bind $page <Configure> {%W.subtitle configure -wraplength %w}
}

# What the page of an object has below its title, once there is one.
proc side::unfold {page} {
    if {[winfo manager $page.tabs] eq ""} {
        pack $page.facts -side top -fill x
        pack $page.actions -side bottom -fill x
        pack $page.tabs -side top -fill both -expand 1 -pady [theme::px 4]
    }
}

# Pages -------------------------------------------------------------------------

proc side::page {} {
    variable page
    return $page
}

proc side::showPage {name} {
    variable side
    variable page $name
    foreach other [grid slaves $side] {
        grid forget $other
    }
    grid $side.$name -sticky nsew
}

proc side::tab {name} {
    variable side
    set tabs $side.object.tabs
    if {[shown] ne "" && [$tabs tab $tabs.$name -state] eq "normal"} {
        $tabs select $tabs.$name
        focus $tabs
    }
}

proc side::isTab {name} {
    variable side
    return [expr {[$side.object.tabs select] eq "$side.object.tabs.$name"}]
}

# The object --------------------------------------------------------------------

proc side::shown {} {
    variable shown
    return $shown
}

proc side::gone {} {
    variable gone
    return $gone
}

proc side::empty {} {
    variable title "Nothing is chosen"
    variable subtitle "Choose an object, or make one (Ctrl-N)"
}

proc side::showObject {object} {
    variable side
    variable shown
    variable gone 0
    variable title [printable [lindex $object 1]]
    unfold $side.object
    if {$object ne $shown} {
        set shown $object
        actions::showFor $object
        hex::reset
    }
    showPage object
    update
    plot::draw
    hex::show
}

proc side::heard {event object detail} {
    variable shown
    variable gone
    variable subtitle
    if {$shown eq ""} return
    if {$event eq "refreshed"} {
        plot::draw
        hex::show
    } elseif {$object eq $shown} {
        switch $event {
            vanished {
                set gone 1
                set subtitle "It is gone"
                actions::enable 0
            }
            appeared {showObject $object}
            default  {update}
        }
    }
}

proc side::update {} {
    variable side
    variable shown
    variable subtitle [join [lmap problem [model problems $shown] {
        words::short [dict get $problem text]
    }] "; "]
    if {$subtitle eq ""} {
        set subtitle [words::kind [lindex $shown 0]]
    }
    set tabs $side.object.tabs
    $tabs tab $tabs.bytes \
        -state [expr {[lindex $shown 0] eq "shm" ? "normal" : "disabled"}]
    if {[lindex $shown 0] ne "shm" && [isTab bytes]} {
        $tabs select $tabs.plot
    }
    facts::show [model get $shown]
    actions::enable 1
}
