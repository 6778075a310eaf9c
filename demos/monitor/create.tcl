# The form for a new object: the options of "open", each with its field.

namespace eval create {
    # option, label, kinds, widget, first value, tip
    variable table {
        name "Name" {sem shm mq} entry ""
            "It begins with a slash; empty: a random one"
        -flags "Flags" {sem shm mq} flags {CREAT EXCL}
            "CREAT makes it; EXCL with it fails where it exists; TRUNC empties a segment"
        -mode "Mode" {sem shm mq} entry 0600
            "The permission bits, in octal"
        -value "Value" sem entry 0
            "Its value when it is new"
        -size "Size" shm entry 4096
            "In bytes; 0 leaves it as it is"
        -readonly "Read only" shm check 0
            "What is kept open can only be read"
        -maxmessages "Messages" mq entry ""
            "How many it holds at most"
        -maxmessagesize "Message size" mq entry ""
            "The most bytes that a message may have"
        -read "Read" mq check 1
            "What is kept open can receive"
        -write "Write" mq check 1
            "What is kept open can send"
        -blocking "Blocking" mq check 1
            "Off: what would have to wait fails at once"
        -encoding "Encoding" mq encoding utf-8
            "Of messages: binary, or an encoding"
        keep "Keep it open" {sem shm mq} check 0
            "The monitor stays a holder, and its actions use this handle.\nA queue that nobody holds may not be listed"
    }
    variable columns {option label kinds widget first tip}
    variable frame
    variable type sem
    variable value          ;# option -> what is in the field
    variable flag           ;# flag -> 0 or 1
    variable outcome ""
}

proc create::build {window} {
    variable table
    variable columns
    variable frame $window
    variable value
    set gap [theme::px 4]
    ttk::frame $frame
    ttk::label $frame.title -style Title.TLabel -text "New object"
    ttk::frame $frame.kinds
    foreach kind [model cget -types] {
        ttk::radiobutton $frame.kinds.$kind -text [words::kind $kind] -value $kind \
            -variable create::type -command create::fit
        pack $frame.kinds.$kind -side left -padx [list 0 $gap]
    }
    ttk::frame $frame.form
    grid columnconfigure $frame.form 1 -weight 1
    foreach $columns $table {
        set value($option) $first
        buildField $frame.form.field$option $option $label $widget $tip
    }
    ttk::frame $frame.buttons
    ttk::button $frame.buttons.make -text "Make" -command create::make
    ttk::button $frame.buttons.back -text "Back" -command commands::escape
    pack $frame.buttons.make $frame.buttons.back -side left -padx [list 0 $gap]
    ttk::label $frame.outcome -style Bad.TLabel -textvariable create::outcome
    bind $frame <Configure> {%W.outcome configure -wraplength %w}
    pack $frame.title $frame.kinds $frame.form $frame.buttons $frame.outcome \
        -side top -fill x -pady [list 0 $gap]
    fillLimits
    fit
}

proc create::buildField {window option label widget tip} {
    ttk::label $window-label -text $label
    set variable create::value($option)
    switch $widget {
        entry {ttk::entry $window -textvariable $variable}
        check {ttk::checkbutton $window -variable $variable}
        flags {buildFlags $window}
        encoding {
            ttk::combobox $window -textvariable $variable \
                -values [list binary {*}[lsort -dictionary [encoding names]]]
        }
    }
    bind $window <Return> create::make
    tooltip::add $window $tip
}

proc create::buildFlags {window} {
    variable flag
    variable value
    ttk::frame $window
    foreach name {CREAT EXCL TRUNC} {
        set flag($name) [expr {$name in $value(-flags)}]
        ttk::checkbutton $window.[string tolower $name] -text $name \
            -variable create::flag($name)
        pack $window.[string tolower $name] -side left
    }
}

# What the system takes where nothing is said.
proc create::fillLimits {} {
    variable value
    foreach {option constant} {
        -maxmessages QUEUE_MESSAGES_MAX_DEFAULT
        -maxmessagesize QUEUE_MESSAGE_SIZE_MAX_DEFAULT
    } {
        set value($option) [posix_ipc::constants $constant]
    }
}

# Shows the fields that the kind has.
proc create::fit {} {
    variable table
    variable columns
    variable type
    variable frame
    set form $frame.form
    foreach field [grid slaves $form] {
        grid forget $field
    }
    foreach $columns $table {
        if {$type in $kinds} {
            grid $form.field$option-label $form.field$option -sticky w \
                -pady [theme::px 1] -padx [list 0 [theme::px 6]]
            if {$widget in {entry encoding}} {
                grid configure $form.field$option -sticky ew
            }
        }
    }
    $form.field-flags.trunc state [expr {$type eq "shm" ? "!disabled" : "disabled"}]
}

proc create::show {} {
    variable frame
    variable outcome ""
    side::showPage create
    $frame.form.fieldname selection range 0 end
    focus $frame.form.fieldname
}

proc create::make {} {
    variable type
    variable value
    variable outcome ""
    try {
        set handle [posix_ipc::$type open $value(name) {*}[options]]
    } on error {message options} {
        set outcome [words::failure $message $options]
        return
    }
    set object [list $type [$handle cget -name]]
    log::add good "made the [string tolower [words::kind $type]]\
        [printable [lindex $object 1]]"
    if {$value(keep)} {
        handles::keep $object $handle
    } else {
        $handle destroy
    }
    side::showPage object
    tree::choose $object
    tree::focus
    model refresh
}

# The options of "open", as the form has them.
proc create::options {} {
    variable table
    variable columns
    variable type
    variable value
    variable flag
    set value(-flags) [lmap name {CREAT EXCL TRUNC} {
        if {!$flag($name) || ($name eq "TRUNC" && $type ne "shm")} continue
        set name
    }]
    set options {}
    foreach $columns $table {
        if {$type in $kinds && $option ni {name keep}} {
            lappend options $option $value($option)
        }
    }
    return $options
}
