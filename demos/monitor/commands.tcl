# All that can be asked of the monitor, in one table. Menus, keys, buttons and
# the help page are made from it.

namespace eval commands {
    # menu, name, label, key as it is shown, event, script, what it does
    variable table {
        Monitor new      "New…"            Ctrl-N  <Control-n>  create::show
            "Makes a semaphore, a segment or a queue"
        Monitor refresh  "Refresh now"     F5      <F5>         {model refresh}
            "Looks at the system now, also when paused"
        Monitor pause    "Pause"           Ctrl-P  <Control-p>  {.bar.pause invoke}
            "Stops looking, or goes on"
        Monitor filter   "Filter"          Ctrl-F  <Control-f>  tree::focusFilter
            "Goes to the filter field; Escape there empties it"
        Monitor quit     "Quit"            Ctrl-Q  <Control-q>  monitor::quit
            "Ends the monitor; the objects stay"
        Object  act      "Try it"          Enter   {}           actions::focus
            "Goes to the actions of the chosen object"
        Object  cancel   "Cancel waiting"  Escape  {}           actions::cancel
            "Ends the calls that wait for the chosen object"
        Object  close    "Close what was kept open" Ctrl-W <Control-w> handles::closeShown
            "Closes the handle that was kept when the object was made here"
        Object  unlink   "Unlink…"         Delete  {}           unlink::show
            "Removes the names of the chosen objects, after a question"
        Object  all      "Choose all"      Ctrl-A  {}           tree::chooseAll
            "Chooses all objects that the filter lets through"
        View    plot     "Plot"            Ctrl-1  <Control-Key-1> {side::tab plot}
            "Shows value, depth or size over time"
        View    holders  "Holders"         Ctrl-2  <Control-Key-2> {side::tab holders}
            "Shows the processes that have the object open"
        View    bytes    "Bytes"           Ctrl-3  <Control-Key-3> {side::tab bytes}
            "Shows the bytes of a segment"
        View    log      "Log"             Ctrl-L  <Control-l>  log::focus
            "Goes to the log of what looks wrong"
        View    copy     "Copy the log"    Ctrl-Shift-C <Control-C> log::copyAll
            "Puts the whole log into the clipboard"
        View    larger   "Larger"          Ctrl-+  <Control-plus>  {theme::zoom 1}
            "Makes all text larger"
        View    smaller  "Smaller"         Ctrl--  <Control-minus> {theme::zoom -1}
            "Makes all text smaller"
        View    dark     "Dark or light"   Ctrl-D  <Control-d>  theme::toggleDark
            "Changes the colours"
        Help    help     "Help"            F1      <F1>         help::show
            "Shows this page"
    }
    variable columns {menu name label key event script help}
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
            .menu add cascade -label $menu -underline 0 -menu [menu $window -tearoff 0]
        }
        $window add command -label $label -underline 0 -accelerator $key -command $script
    }
    tree::buildSortMenu .menu.view.sort
    .menu.view add cascade -label "Sort by" -menu .menu.view.sort -underline 1
}

# Keys that a text widget has for itself would do both: "break" ends them. Where
# no event stands here, the key means this only in the tree.
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
