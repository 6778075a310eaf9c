# SPDX-License-Identifier: BSD-3-Clause
# The limits of the model, beyond which something looks wrong, in a window.

namespace eval limits {
    variable table {
        stuck     "A semaphore or lock is stuck after" "s at 0, or held, while a process waits"
        abandoned "A lock is abandoned after"       "s without a takeover"
        full      "A queue or ring is full after"   "s without room"
        filling   "A queue or ring is filling from" "of its room, such as 0.8"
        late      "A ring is late after"            "s with the same next message"
        failing   "A ring is failing when its next message was taken" "times and came back"
        orphaned  "An object is orphaned after"     "s in which no process has it open"
        unclaimed "An object is unclaimed after"    "s in which no visible process has it open"
    }
    variable window .limits
    variable value
    variable outcome ""
}

# Restores the limits of an earlier run.
proc limits::apply {} {
    dict for {problem limit} [settings::get limits] {
        catch {model limit $problem $limit}
    }
}

proc limits::show {} {
    variable window
    variable table
    variable value
    variable outcome ""
    array set value [model limit]
    if {[winfo exists $window]} {
        raise $window
        return
    }
    toplevel $window -background [theme::color ground]
    wm title $window "Limits: POSIX IPC monitor"
    wm transient $window .
    set gap [theme::px 8]
    ttk::frame $window.form -padding $gap
    foreach {problem before after} $table {
        set entry $window.form.$problem
        ttk::label $entry-before -text $before
        ttk::entry $entry -width 7 -justify right -textvariable limits::value($problem)
        ttk::label $entry-after -text $after -style Faint.TLabel
        grid $entry-before $entry $entry-after -sticky w -padx [theme::px 3] -pady [theme::px 2]
        bind $entry <Return> limits::accept
    }
    ttk::label $window.form.outcome -style Bad.TLabel -textvariable limits::outcome
    ttk::frame $window.form.buttons
    ttk::button $window.form.buttons.set -text "Set" -command limits::accept
    ttk::button $window.form.buttons.back -text "Back" -command [list destroy $window]
    pack $window.form.buttons.set $window.form.buttons.back -side left -padx [list 0 $gap]
    grid $window.form.outcome - - -sticky w
    grid $window.form.buttons - - -sticky w
    pack $window.form -fill both -expand 1
    bind $window <Escape> "[list destroy $window]; break"
    focus $window.form.stuck
}

# Sets all limits, or none.
proc limits::accept {} {
    variable table
    variable value
    variable window
    variable outcome ""
    foreach {problem - -} $table {
        if {![string is double -strict $value($problem)] || $value($problem) < 0} {
            set outcome "\"[printable $value($problem)]\" is not a limit: enter a number, 0 or more"
            return
        }
    }
    foreach {problem - -} $table {
        model limit $problem $value($problem)
        dict set chosen $problem $value($problem)
    }
    settings::put limits $chosen
    model refresh
    destroy $window
}
