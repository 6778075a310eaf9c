# SPDX-License-Identifier: BSD-3-Clause
# Tooltips: a few words beside the widget under the pointer.

namespace eval tooltip {
    variable texts
    variable timer ""
    variable window .tooltip
}

proc tooltip::add {widget text} {
    variable texts
    set texts($widget) $text
    bind $widget <Enter> +[list tooltip::expect $widget]
    foreach event {<Leave> <ButtonPress> <KeyPress> <Destroy>} {
        bind $widget $event +tooltip::hide
    }
}

# Another text for a widget; with none, nothing is shown.
proc tooltip::change {widget text} {
    variable texts
    set texts($widget) $text
}

proc tooltip::expect {widget} {
    variable timer
    hide
    set timer [after 600 [list tooltip::show $widget]]
}

proc tooltip::show {widget} {
    variable texts
    variable window
    if {$texts($widget) eq ""} return
    toplevel $window -background [theme::color line]
    wm overrideredirect $window 1
    catch {wm attributes $window -type tooltip}
    label $window.text -text $texts($widget) -justify left -wraplength [theme::px 600] -font TkTooltipFont \
        -background [theme::color field] -foreground [theme::color ink] \
        -padx [theme::px 6] -pady [theme::px 3]
    pack $window.text -padx 1 -pady 1
    update idletasks
    set x [expr {min([winfo pointerx .],
        [winfo screenwidth .] - [winfo reqwidth $window])}]
    set y [expr {[winfo rooty $widget] + [winfo height $widget] + [theme::px 4]}]
    if {$y + [winfo reqheight $window] > [winfo screenheight .]} {
        set y [expr {[winfo rooty $widget] - [winfo reqheight $window] - [theme::px 4]}]
    }
    wm geometry $window +$x+$y
}

proc tooltip::hide {} {
    variable timer
    variable window
    after cancel $timer
    destroy $window
}
