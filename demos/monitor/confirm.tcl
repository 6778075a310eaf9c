# SPDX-License-Identifier: BSD-3-Clause
# The question before an action that cannot be undone. The harmless button has
# the focus, so a key that was meant for something else does no harm.

namespace eval confirm {
    variable frame
    variable action ""
    variable title ""
    variable object ""
    variable effect ""
}

proc confirm::build {window} {
    variable frame $window
    set gap [theme::px 4]
    ttk::frame $frame
    ttk::label $frame.title -style Title.TLabel -textvariable confirm::title
    ttk::label $frame.object -style Faint.TLabel -textvariable confirm::object
    ttk::label $frame.effect -textvariable confirm::effect
    ttk::frame $frame.buttons
    ttk::button $frame.buttons.do -style Danger.TButton -command confirm::run
    ttk::button $frame.buttons.back -text "Back" -command commands::escape
    pack $frame.buttons.do $frame.buttons.back -side left -padx [list 0 $gap]
    pack $frame.title $frame.object $frame.effect $frame.buttons -side top -fill x -pady [list 0 $gap]
    bind $frame <Configure> {
        %W.object configure -wraplength %w
        %W.effect configure -wraplength %w
    }
}

# Asks about what is to be done to something, a kind and a name; the script is evaluated
# if the answer is yes.
proc confirm::ask {something question consequence button script} {
    variable frame
    variable title $question
    variable object "[words::kind [lindex $something 0]] [printable [lindex $something 1]]"
    variable effect $consequence
    variable action $script
    $frame.buttons.do configure -text $button
    side::showPage confirm
    focus $frame.buttons.back
}

proc confirm::run {} {
    variable action
    side::showPage object
    uplevel #0 $action
    actions::focus
}
