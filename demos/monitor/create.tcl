# SPDX-License-Identifier: BSD-3-Clause
# The form for a new object: the options of "open", each with its field.

namespace eval create {
    # option, label, kinds, widget, first value, tip
    variable table {
        name "Name" * entry ""
            "Begins with a slash; if empty, the package chooses one"
        -flags "Flags" * flags {CREAT EXCL}
            "CREAT creates it; with EXCL too, fails if it exists; TRUNC empties a segment"
        -mode "Mode" * entry 0600
            "The permission bits, in octal"
        -value "Value" sem entry 0
            "The value of a new semaphore"
        -permits "Permits" lock entry 1
            "The permits of a new lock: with 1 it is a mutex"
        -size "Size" {shm ring topic} entry 4096
            "In bytes; 0 leaves a segment as it is"
        -readonly "Read only" shm check 0
            "The handle that is kept open can only read"
        -maxmessages "Messages" mq entry ""
            "How many messages it can hold"
        -maxmessagesize "Message size" mq entry ""
            "How many bytes a message can have"
        -read "Read" mq check 1
            "The handle that is kept open can receive"
        -write "Write" mq check 1
            "The handle that is kept open can send"
        -blocking "Blocking" mq check 1
            "Off: a call that would have to wait fails at once"
        -encoding "Encoding" {mq ring topic} encoding utf-8
            "The encoding of messages, or binary"
        keep "Keep it open" * check 0
            "The monitor stays a holder, and its actions use this handle.\nA queue that no process has open may not be listed"
    }
    variable columns {option label kinds widget first tip}
    # The conditions under which a field is of use: the object may be created, or the
    # handle is kept open. The others always are.
    variable needs {
        -mode CREAT -value CREAT -permits CREAT -maxmessages CREAT -maxmessagesize CREAT
        -readonly keep -read keep -write keep -blocking keep -encoding keep
    }
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
    set place -1
    foreach kind [model cget -types] {
        incr place
        ttk::radiobutton $frame.kinds.$kind -text [words::kind $kind] -value $kind \
            -variable create::type -command create::fit
        grid $frame.kinds.$kind -row [expr {$place / 3}] -column [expr {$place % 3}] -sticky w -padx [list 0 $gap]
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
    trace add variable ::create::flag(CREAT) write create::enable
    trace add variable ::create::value(keep) write create::enable
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

# The system's defaults for empty fields.
proc create::fillLimits {} {
    variable value
    foreach {option constant} {
        -maxmessages QUEUE_MESSAGES_MAX_DEFAULT
        -maxmessagesize QUEUE_MESSAGE_SIZE_MAX_DEFAULT
    } {
        set value($option) [posix_ipc::constants $constant]
    }
}

# Shows the fields of the chosen kind.
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
        if {$kinds eq "*" || $type in $kinds} {
            grid $form.field$option-label $form.field$option -sticky w \
                -pady [theme::px 1] -padx [list 0 [theme::px 6]]
            if {$widget in {entry encoding}} {
                grid configure $form.field$option -sticky ew
            }
        }
    }
    enable
}

# Whether a field is of use now.
proc create::applies {option} {
    variable needs
    variable flag
    variable value
    if {![dict exists $needs $option]} {
        return 1
    }
    return [dict get [dict create CREAT $flag(CREAT) keep $value(keep)] [dict get $needs $option]]
}

# Disables the fields that are of no use.
proc create::enable {args} {
    variable needs
    variable type
    variable frame
    variable flag
    foreach option [dict keys $needs] {
        set state [expr {[applies $option] ? "!disabled" : "disabled"}]
        $frame.form.field$option state $state
        $frame.form.field$option-label state $state
    }
    $frame.form.field-flags.excl state [expr {$flag(CREAT) ? "!disabled" : "disabled"}]
    $frame.form.field-flags.trunc state [expr {$type eq "shm" ? "!disabled" : "disabled"}]
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
    set isNew [$handle cget -created]
    log::add good "[expr {$isNew ? "made" : "opened"}] the [string tolower [words::kind $type]]\
        [printable [lindex $object 1]]"
    if {$value(keep)} {
        handles::keep $object $handle
    } else {
        $handle destroy
    }
    if {$isNew} {
        problems::madeHere $object
    }
    side::showPage object
    tree::choose $object
    tree::focus
    model refresh
}

# The options of "open" in the form, without those that are disabled.
proc create::options {} {
    variable table
    variable columns
    variable type
    variable value
    variable flag
    set value(-flags) [lmap name {CREAT EXCL TRUNC} {
        if {!$flag($name) || ($name eq "TRUNC" && $type ne "shm") || ($name eq "EXCL" && !$flag(CREAT))} continue
        set name
    }]
    set options {}
    foreach $columns $table {
        if {($kinds eq "*" || $type in $kinds) && $option ni {name keep} && [applies $option]} {
            lappend options $option $value($option)
        }
    }
    return $options
}
