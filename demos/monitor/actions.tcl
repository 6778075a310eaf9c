# What can be done to the chosen object. A table has the actions of each kind,
# with their fields; code makes the rows from it. The outcome, good or bad, is
# written under the buttons.

namespace eval actions {
    # type: action, button, fields: name, label, first value, width
    variable table {
        sem {
            release "Release" {count "units" 1 5}
            acquire "Acquire" {timeout "within s" "" 5}
        }
        mq {
            send    "Send"    {message "" "" 0 priority "priority" 0 3 timeout "within s" "" 3}
            receive "Receive" {timeout "within s" "" 3}
        }
        shm {
            write   "Write"   {bytes "" "" 0 form "as" text 5 offset "at" 0 8}
            resize  "Resize"  {size "to bytes" "" 12}
        }
    }
    variable tips {
        count    "How many units are given back"
        timeout  "Seconds to wait at most; empty: until it is cancelled (Escape)"
        message  "The text of the message; it goes out in UTF-8"
        priority "Higher ones are received first"
        bytes    "What is written: text, or bytes in hexadecimal such as 00 ff 1a"
        form     "text, which is written in UTF-8, or hex"
        offset   "The offset of the first byte"
        size     "The new size of the segment"
    }
    variable frame
    variable field          ;# type,action,name -> what is in the field
    variable outcomes       ;# object -> {good|bad text}
    variable pending {}     ;# call -> {object handle token}
    variable calls 0
}

proc actions::build {window} {
    variable table
    variable frame $window
    ttk::frame $frame
    foreach {type rows} $table {
        ttk::frame $frame.$type
        foreach {action label fields} $rows {
            buildRow $frame.$type.$action $type $action $label $fields
            pack $frame.$type.$action -side top -fill x -pady [theme::px 2]
        }
    }
    ttk::button $frame.cancel -text "Cancel waiting" -command actions::cancel
    tooltip::add $frame.cancel "Ends the calls that wait (Escape)"
    ttk::label $frame.outcome
    pack $frame.outcome -side bottom -fill x
    bind $frame <Configure> {%W.outcome configure -wraplength %w}
}

# A button and its fields. Enter in a field is the button.
proc actions::buildRow {row type action label fields} {
    variable tips
    variable field
    set gap [theme::px 4]
    ttk::frame $row
    ttk::button $row.do -text $label -width 8 \
        -command [list actions::start $type $action]
    pack $row.do -side left
    foreach {name text value width} $fields {
        set field($type,$action,$name) $value
        set variable actions::field($type,$action,$name)
        if {$text ne ""} {
            pack [ttk::label $row.label_$name -text $text] -side left -padx [list $gap 0]
        }
        if {$name eq "form"} {
            ttk::combobox $row.$name -values {text hex} -state readonly
        } else {
            ttk::entry $row.$name
        }
        $row.$name configure -textvariable $variable -width [expr {max(3, $width)}]
        tooltip::add $row.$name [dict get $tips $name]
        bind $row.$name <Return> [list $row.do invoke]
        pack $row.$name -side left -padx [list $gap 0] -fill x -expand [expr {$width == 0}]
    }
}

# Showing -----------------------------------------------------------------------

# However long the outcome is, the buttons above it have their room first.
proc actions::showFor {object} {
    variable frame
    variable outcomes
    pack forget $frame.sem $frame.mq $frame.shm
    pack $frame.[lindex $object 0] -side top -fill x -before $frame.outcome
    showOutcome
    showCancel
}

proc actions::enable {isOn} {
    variable frame
    set state [expr {$isOn ? "!disabled" : "disabled"}]
    set rows $frame.[lindex [side::shown] 0]
    foreach row [winfo children $rows] {
        $row.do state $state
    }
}

# The outcome of an action; where another object is shown by now, the log has it.
proc actions::tell {object quality text} {
    variable outcomes
    set outcomes($object) [list $quality $text]
    if {$object eq [side::shown]} {
        showOutcome
    } else {
        log::add $quality "[printable [lindex $object 1]]: $text"
    }
}

proc actions::showOutcome {} {
    variable frame
    variable outcomes
    set object [side::shown]
    lassign [expr {[info exists outcomes($object)] ? $outcomes($object) : {good ""}}] \
        quality text
    $frame.outcome configure -text $text -style [string totitle $quality].TLabel
}

proc actions::showCancel {} {
    variable frame
    set count [llength [waiting]]
    if {$count} {
        $frame.cancel configure -text "Cancel [words::count $count call] that wait[
            expr {$count == 1 ? "s" : ""}]"
        pack $frame.cancel -side top -anchor w -before $frame.outcome
    } else {
        pack forget $frame.cancel
    }
}

# The first field of the chosen object's actions.
proc actions::focus {} {
    variable frame
    variable table
    set type [lindex [side::shown] 0]
    if {$type ne "" && [side::page] eq "object"} {
        lassign [dict get $table $type] action - fields
        ::focus $frame.$type.$action.[lindex $fields 0]
    }
}
