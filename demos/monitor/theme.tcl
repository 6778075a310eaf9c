# SPDX-License-Identifier: BSD-3-Clause
# Colors, light and dark, and sizes that follow the screen and the font.

namespace eval theme {
    variable palettes {
        light {
            ground #f3f5f7  field #ffffff  ink #1d2630   faint #667381
            line #c9d1d9    button #e6eaee over #d8dfe6
            chosen #cfe2f7  chosenInk #0e2a47
            accent #1f6fb5  second #b0671c
            good #1a7f4b    bad #b42318    badField #fdecea
            warn #8a5a00    mark #ffe49b
        }
        dark {
            ground #1e242b  field #161b21  ink #dde3ea   faint #8d9aa8
            line #3a444f    button #2b333c over #36414c
            chosen #234a70  chosenInk #ffffff
            accent #62b0f0  second #e0a35a
            good #5fd097    bad #ff8a80    badField #40211f
            warn #f0c060    mark #6b5310
        }
    }
    variable fonts {
        TkDefaultFont TkTextFont TkFixedFont TkMenuFont TkHeadingFont
        TkTooltipFont TkSmallCaptionFont
    }
    # For the bytes: rows of 16 need much room.
    font create MonitorBytes {*}[font configure TkFixedFont]
}

proc theme::color {name} {
    variable palettes
    return [dict get $palettes [expr {[settings::get dark] ? "dark" : "light"}] $name]
}

# Converts a length in pixels at 96 dots an inch to pixels of this screen.
proc theme::px {length} {
    return [expr {round($length * [tk scaling] * 0.75)}]
}

proc theme::apply {} {
    variable fonts
    foreach font $fonts {
        font configure $font -size [settings::get points]
    }
    foreach font {TkSmallCaptionFont MonitorBytes} {
        font configure $font -size [expr {[settings::get points] - 1}]
    }
    ttk::style theme use clam
    foreach name {ground field ink faint line button over chosen chosenInk accent bad} {
        set $name [color $name]
    }
    . configure -background $ground
    ttk::style configure . -background $ground -foreground $ink -font TkDefaultFont \
        -fieldbackground $field -bordercolor $line -lightcolor $ground \
        -darkcolor $ground -troughcolor $field -insertcolor $ink \
        -selectbackground $chosen -selectforeground $chosenInk \
        -focuscolor $accent -arrowcolor $ink -arrowsize [px 13]
    ttk::style map . -foreground [list disabled $faint] \
        -background [list disabled $ground active $over] \
        -bordercolor [list focus $accent] -lightcolor {} -darkcolor {}
    foreach style {TButton TCheckbutton TRadiobutton TMenubutton} {
        ttk::style configure $style -padding [list [px 6] [px 2]] -background $ground
    }
    ttk::style configure TButton -background $button -width -6
    ttk::style map TButton -background [list disabled $ground active $over]
    ttk::style configure Danger.TButton -foreground $bad
    foreach style {TCheckbutton TRadiobutton} {
        ttk::style configure $style -padding [px 2] -indicatorsize [px 11] \
            -indicatorbackground $field -indicatorforeground $ink
        ttk::style map $style -indicatorbackground [list pressed $over]
    }
    foreach style {TEntry TCombobox TSpinbox} {
        ttk::style configure $style -padding [px 3] -foreground $ink
        ttk::style map $style -fieldbackground [list readonly $ground disabled $ground] \
            -lightcolor [list focus $accent] -foreground [list disabled $faint]
    }
    ttk::style configure TScrollbar -background $button -gripcount 0
    ttk::style configure TNotebook -tabmargins [px 2]
    ttk::style configure TNotebook.Tab -padding [list [px 8] [px 3]] -background $button
    ttk::style map TNotebook.Tab -background [list selected $ground active $over] \
        -lightcolor [list selected $ground] -bordercolor [list selected $line]
    ttk::style configure Treeview -background $field -fieldbackground $field \
        -rowheight [expr {[font metrics TkDefaultFont -linespace] + [px 5]}] \
        -indent [px 16]
    ttk::style configure Item -indicatorsize [px 11] -foreground $ink
    ttk::style map Treeview -background [list selected $chosen] \
        -foreground [list selected $chosenInk]
    ttk::style configure Heading -font TkDefaultFont -background $button \
        -padding [list [px 4] [px 2]]
    ttk::style configure Title.TLabel -font TkHeadingFont
    ttk::style configure Faint.TLabel -foreground $faint
    ttk::style configure Good.TLabel -foreground [color good]
    ttk::style configure Bad.TLabel -foreground $bad
    ttk::style configure Status.TLabel -foreground $faint -padding [list [px 8] [px 3]]
    ttk::style configure Sash -sashthickness [px 6]
    paintPlain $field $ink $chosen $chosenInk
}

# Widgets without themes: future ones by the option database, and those that
# exist.
proc theme::paintPlain {field ink chosen chosenInk} {
    foreach {option value} [list background [color ground] foreground $ink \
            activeBackground $chosen activeForeground $chosenInk \
            disabledForeground [color faint] selectColor $ink \
            activeBorderWidth 0 borderWidth 1 relief flat] {
        option add *Menu.$option $value
    }
    foreach {option value} [list background $field foreground $ink \
            selectBackground $chosen selectForeground $chosenInk] {
        option add *TCombobox*Listbox.$option $value
    }
    foreach menu [menus .] {
        $menu configure -background [color ground] -foreground $ink \
            -activebackground $chosen -activeforeground $chosenInk \
            -disabledforeground [color faint] -selectcolor $ink
    }
}

proc theme::menus {window} {
    set found {}
    foreach child [winfo children $window] {
        if {[winfo class $child] eq "Menu"} {
            lappend found $child {*}[menus $child]
        }
    }
    return $found
}

# Gives a text widget the colors, now and after each change.
proc theme::paintText {text} {
    $text configure -background [color field] -foreground [color ink] \
        -insertbackground [color ink] -selectbackground [color chosen] \
        -selectforeground [color chosenInk] -inactiveselectbackground [color chosen] \
        -highlightbackground [color line] -highlightcolor [color accent]
    foreach tag {good bad warn faint} {
        $text tag configure $tag -foreground [color $tag]
    }
    $text tag configure mark -background [color mark]
    bind $text <<ThemeChanged>> [list theme::paintText $text]
}

proc theme::toggleDark {} {
    settings::put dark [expr {![settings::get dark]}]
    apply
}

proc theme::zoom {step} {
    set points [expr {[settings::get points] + $step}]
    if {$points >= 6 && $points <= 24} {
        settings::put points $points
        apply
    }
}
