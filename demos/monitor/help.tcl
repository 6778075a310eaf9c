# SPDX-License-Identifier: BSD-3-Clause
# The help page: what the window shows, and all keys, from the table of
# commands.

namespace eval help {
    variable window .help
    variable about {
        "What you see"
        {At the top: the current problems, the worst first, each with its cause and
         what you can do about it. On the left: all named semaphores, segments of shared memory,
         message queues, locks, rings and topics of the system that you may see,
         live. Click on a heading to sort. "Open in" counts the processes that have
         an object open: "?" if none can be seen but there may be some, "2+" if
         two can be seen and there may be more. "Waiting" counts the calls that wait. "Last minute" draws the
         value, the size or the messages of the last 60 seconds. The log at the
         bottom keeps the problems and their times.}
        "What looks wrong"
        {stuck: a semaphore stays at 0, or a lock stays held by the same owners, while
         a process waits for it. abandoned: the owner of a lock died, or gave it up,
         and nobody has taken it over. full, filling: a queue or a ring has no room
         for more messages, or little. late, failing: the next message of a ring has
         waited for a long time, or was taken several times and came back. orphaned: no process has
         the object open, so perhaps a program forgot to remove it. unclaimed: no
         process that you can see has it open, but some processes could not be
         examined.}
        "The chosen object"
        {On the right: its facts, a plot of its value, depth or size over time, the
         processes that have it open or wait for it, and the bytes of a segment, in
         which recent changes are marked. Looking changes nothing.}
        "Trying it out"
        {Below that are the actions. Each opens the object, acts, and closes it. A lock
         that was acquired stays open until it is released here, or the window is
         closed. An action that has to wait does so in the background, and can be
         canceled. If an action fails, its error is shown there: first the
         errorCode, which a script can trap, then the message.}
    }
}

proc help::show {} {
    variable window
    if {[winfo exists $window]} {
        raise $window
        focus $window.text
        return
    }
    toplevel $window -background [theme::color ground]
    wm title $window "Help: POSIX IPC monitor"
    wm transient $window .
    set gap [theme::px 10]
    text $window.text -wrap word -width 64 -height 28 -font TkDefaultFont \
        -borderwidth 0 -padx $gap -pady $gap -yscrollcommand [list $window.y set]
    ttk::scrollbar $window.y -command [list $window.text yview]
    pack $window.y -side right -fill y
    pack $window.text -side left -fill both -expand 1
    theme::paintText $window.text
    write $window.text
    bind $window <Escape> "[list destroy $window]; break"
    focus $window.text
}

proc help::write {text} {
    variable about
    set tab [font measure TkDefaultFont "Ctrl-Shift-C    "]
    $text tag configure title -font TkHeadingFont -spacing1 [theme::px 8]
    $text tag configure keys -tabs $tab -lmargin2 $tab
    foreach {title words} $about {
        $text insert end $title\n title [regsub -all {\s+} $words " "]\n
    }
    $text insert end "Keys\n" title
    commands::each {
        $text insert end $key\t keys "$help\n" keys
    }
    $text configure -state disabled
}
