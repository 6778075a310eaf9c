# The help page: what is seen, and all keys, from the table of commands.

namespace eval help {
    variable window .help
    variable about {
        "What you see"
        {Left, all named semaphores, segments of shared memory and message
         queues of the system that you may see, live. A click on a heading
         sorts. What looks wrong is coloured, named in the column Trouble, and
         told in the log at the bottom with its time.}
        "What looks wrong"
        {stuck: a semaphore stays at 0 while a process has it open. full,
         filling: a queue takes no more messages, or soon will not. left:
         nobody has the object open any more, so perhaps a program forgot to
         remove it.}
        "The chosen object"
        {Right, its facts, a plot of its value, depth or size over time, the
         processes that have it open, and the bytes of a segment, where those
         that changed since the last look are marked. Looking changes nothing.}
        "Trying it"
        {Under that are the actions. They open the object, act, and close it.
         What has to wait does so in the background, and can be cancelled. What
         fails says so there: first the errorCode by which a script can tell
         failures apart, then the message.}
    }
}

proc help::show {} {
    variable window
    if {[winfo exists $window]} {
        raise $window
        focus $window.text
        return
    }
    toplevel $window -background [theme::colour ground]
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
