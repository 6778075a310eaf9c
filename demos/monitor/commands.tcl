# SPDX-License-Identifier: BSD-3-Clause
# All commands of the monitor, in one table. Menus, keys, buttons and the help
# page are made from it.

namespace eval commands {
    # menu, name, label, key as it is shown, event, script, what it does
    variable table {
        Monitor new      "New…"            Ctrl-N  <Control-n>  create::show
            "Creates an object of any kind"
        Monitor refresh  "Refresh now"     F5      <F5>         {model refresh}
            "Looks at the system now, even while paused"
        Monitor pause    "Pause"           Ctrl-P  <Control-p>  {.bar.pause invoke}
            "Stops looking at the system, or resumes"
        Monitor filter   "Filter"          Ctrl-F  <Control-f>  tree::focusFilter
            "Goes to the filter field; Escape clears it"
        Monitor limits   "Limits…"         Ctrl-,     <Control-comma> limits::show
            "Sets the limits beyond which something looks wrong"
        Monitor quit     "Quit"            Ctrl-Q  <Control-q>  monitor::quit
            "Ends the monitor; the objects stay"
        Object  act      "Try it"          Enter   {}           actions::focus
            "Goes to the actions of the chosen object"
        Object  cancel   "Cancel waiting"  Escape  {}           actions::cancel
            "Ends the calls that wait for the chosen object"
        Object  close    "Close the open handle" Ctrl-W <Control-w> handles::closeShown
            "Closes the handle that was kept open when the object was created or acquired here"
        Object  unlink   "Unlink…"         Delete  {}           unlink::show
            "Removes the names of the chosen objects, after asking"
        Object  mute     "Mute or unmute" Ctrl-M <Control-m> problems::toggleMute
            "Hides the problems of the chosen objects, or shows them again"
        Object  all      "Choose all"      Ctrl-A  {}           tree::chooseAll
            "Chooses all objects that match the filter"
        View    problems "Problems"        Ctrl-0  <Control-Key-0> problems::focus
            "Goes to the list of what looks wrong now"
        View    plot     "Plot"            Ctrl-1  <Control-Key-1> {side::tab plot}
            "Shows value, depth or size over time"
        View    holders  "Processes"       Ctrl-2  <Control-Key-2> {side::tab holders}
            "Shows the processes that have the object open, or wait for it"
        View    bytes    "Bytes"           Ctrl-3  <Control-Key-3> {side::tab bytes}
            "Shows the bytes of a segment"
        View    messages "Messages"        Ctrl-4  <Control-Key-4> {side::tab messages}
            "Shows the messages that were received here"
        View    log      "Log"             Ctrl-L  <Control-l>  log::focus
            "Goes to the log of what looks wrong"
        View    copy     "Copy the log"    Ctrl-Shift-C <Control-C> log::copyAll
            "Copies the whole log to the clipboard"
        View    csv      "Copy the history" Ctrl-Shift-H <Control-H> history::copy
            "Copies the history of the chosen object to the clipboard, as CSV"
        View    save     "Save the history…" Ctrl-S  <Control-s>  history::save
            "Writes the history of the chosen object to a file, as CSV"
        View    larger   "Larger"          Ctrl-+  <Control-plus>  {theme::zoom 1}
            "Makes all text larger"
        View    smaller  "Smaller"         Ctrl--  <Control-minus> {theme::zoom -1}
            "Makes all text smaller"
        View    dark     "Dark or light"   Ctrl-D  <Control-d>  theme::toggleDark
            "Switches between dark and light colors"
        Help    help     "Help"            F1      <F1>         help::show
            "Shows this page"
    }
    variable columns {menu name label key event script help}
    # The commands that follow a separator in the menu, and the conditions under
    # which commands are of use.
    variable separated {pause limits quit close unlink mute plot log csv larger}
    variable needs {
        act     {[side::shown] ne "" && ![side::gone]}
        cancel  {[llength [actions::waiting]]}
        close   {[handles::isKept [side::shown]]}
        unlink  {[llength [tree::selected]]}
        mute    {[llength [tree::selected]]}
        plot    {[side::shown] ne ""}
        csv     {[side::shown] ne "" && ![side::gone]}
        save    {[side::shown] ne "" && ![side::gone]}
        holders {[side::shown] ne ""}
        bytes   {[lindex [side::shown] 0] eq "shm"}
        messages {[lindex [side::shown] 0] in {mq ring topic}}
    }
}

# Evaluates a script for each command, with its columns as variables.
proc commands::each {script} {
    variable table
    variable columns
    uplevel 1 [list foreach $columns $table $script]
}

proc commands::buildMenus {} {
    . configure -menu [menu .menu -tearoff 0]
    each {
        set window .menu.[string tolower $menu]
        if {![winfo exists $window]} {
            .menu add cascade -label $menu -underline 0 -menu [menu $window -tearoff 0 \
                -postcommand [list commands::enable $window $menu]]
        }
        addSeparator $window $name
        $window add command -label $label -underline 0 -accelerator $key -command $script
    }
    tree::buildSortMenu .menu.view.sort
    .menu.view add separator
    .menu.view add cascade -label "Sort by" -menu .menu.view.sort -underline 1
    menu .context -tearoff 0 -postcommand [list commands::enable .context Object]
    each {
        if {$menu eq "Object"} {
            addSeparator .context $name
            .context add command -label $label -underline 0 -accelerator $key -command $script
        }
    }
}

proc commands::addSeparator {window name} {
    variable separated
    if {$name in $separated} {
        $window add separator
    }
}

# Before a menu opens: disables commands that would do nothing now.
proc commands::enable {window wanted} {
    variable needs
    each {
        if {$menu eq $wanted && [dict exists $needs $name]} {
            $window entryconfigure $label -state [expr {
                [expr [dict get $needs $name]] ? "normal" : "disabled"}]
        }
    }
}

# A key that a text widget also binds would do both; "break" prevents that. The
# keys of commands without an event work only in the tree.
proc commands::bindKeys {} {
    each {
        if {$event ne ""} {
            foreach class {. Text TEntry TCombobox TSpinbox} {
                bind $class $event "[list commands::run $script]; break"
            }
        }
    }
    bind . <Control-equal> {theme::zoom 1}
    bind . <Escape> commands::escape
    foreach class {TButton TCheckbutton TRadiobutton} {
        bind $class <Return> {%W invoke}
    }
    foreach class {TEntry TCombobox TSpinbox} {
        bind $class <FocusIn> {%W selection range 0 end}
        bind $class <Control-a> {%W selection range 0 end; break}
    }
}

proc commands::run {script} {
    uplevel #0 $script
}

# Escape goes back, one step at a time: out of a page, out of a wait, out of the
# filter, and to the tree.
proc commands::escape {} {
    if {[side::page] ne "object"} {
        side::showPage object
    } elseif {[llength [actions::waiting]]} {
        actions::cancel
    } elseif {[focus] eq ".bar.filter"} {
        set ::tree::filter ""
    }
    tree::focus
}

# A button for a command, with its tooltip.
proc commands::button {window wanted} {
    each {
        if {$name eq $wanted} {
            ttk::button $window -text $label -command $script
            tooltip::add $window "$help ($key)"
        }
    }
    return $window
}
