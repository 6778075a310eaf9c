# SPDX-License-Identifier: BSD-3-Clause
# The right side. It shows one page: the chosen object, the form for a new one,
# or a question before what cannot be undone.

namespace eval side {
    variable side
    variable shown ""       ;# the object that is looked at
    variable gone 0         ;# it has vanished; its last facts stay
    variable page object
    variable title ""
    variable subtitle ""
    variable isCompact 0    ;# the facts are a tab, not above the tabs
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
    confirm::build $side.confirm
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
    received::build $page.tabs.messages
    ttk::frame $page.tabs.facts
    foreach {tab label} {plot Plot facts Facts holders Processes bytes Bytes messages Messages} {
        $page.tabs add $page.tabs.$tab -text $label -underline 0 -padding $gap
    }
    $page.tabs hide $page.tabs.facts
    raise $page.facts
    ttk::notebook::enableTraversal $page.tabs
    bind $page.tabs <<NotebookTabChanged>> hex::show
    actions::build $page.actions
    pack $page.title $page.subtitle -side top -fill x
    bind $page <Configure> side::wrap
}

# In a low window, only one line is below the title.
proc side::wrap {} {
    variable side
    variable isCompact
    set page $side.object
    $page.subtitle configure -wraplength [expr {$isCompact ? 0 : [winfo width $page]}]
}

# The part of an object's page below the title, once an object is chosen.
proc side::unfold {page} {
    if {[winfo manager $page.tabs] eq ""} {
        placeFacts
        pack $page.actions -side bottom -fill x
        pack $page.tabs -side top -fill both -expand 1 -pady [theme::px 4]
    }
}

# The facts are above the tabs, or in a tab of their own.
proc side::compact {isOn} {
    variable isCompact
    variable side
    if {$isOn == $isCompact} return
    set isCompact $isOn
    wrap
    if {[winfo manager $side.object.facts] ne ""} {
        placeFacts
    }
}

proc side::placeFacts {} {
    variable isCompact
    variable side
    set page $side.object
    if {$isCompact} {
        $page.tabs add $page.tabs.facts
        pack $page.facts -in $page.tabs.facts -side top -fill x
    } else {
        if {[isTab facts]} {
            $page.tabs select $page.tabs.plot
        }
        $page.tabs hide $page.tabs.facts
        pack $page.facts -in $page -side top -fill x -after $page.subtitle
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
    variable subtitle "Choose an object, or create one (Ctrl-N)"
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
        received::showFor $object
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
        if {!$gone && [model exists $shown]} {
            facts::show [facts::derived $shown]
        }
        plot::draw
        hex::show
    } elseif {$object eq $shown} {
        switch $event {
            vanished {
                set gone 1
                set subtitle "It is gone"
                actions::applyStates
            }
            appeared {showObject $object}
            default  {update}
        }
    }
}

proc side::update {} {
    variable side
    variable shown
    variable subtitle [join [lmap problem [problems::of $shown] {
        words::short [dict get $problem text]
    }] "; "]
    if {$subtitle eq ""} {
        set subtitle [facts::unreadable $shown]
    }
    if {$subtitle eq ""} {
        set subtitle [words::kind [lindex $shown 0]]
    }
    set tabs $side.object.tabs
    foreach {tab types} {bytes shm messages {mq ring topic}} {
        set fits [expr {[lindex $shown 0] in $types}]
        $tabs tab $tabs.$tab -state [expr {$fits ? "normal" : "disabled"}]
        if {!$fits && [isTab $tab]} {
            $tabs select $tabs.plot
        }
    }
    facts::show [facts::derived $shown]
    actions::applyStates
}
