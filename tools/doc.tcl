# doc.tcl --
#
#       Formats a manual written in doctools. The name of the output says how:
#       .n is a manual page, .html a web page.
#
#       tclsh doc.tcl manual.man manual.n

package require doctools
package require fileutil

# Format --
#
#       The text of a manual in that format. Its pictures are those beside it, in
#       the folder pictures; a web page has copies of them beside it.

proc Format {format path output} {
    set name [file tail $path]
    ::doctools::new formatter -format $format -file $name -module [file rootname $name]
    foreach picture [glob -nocomplain [file join [file dirname $path] pictures *.png]] {
        formatter img [file tail $picture] $picture \
            [file join [file dirname $output] pictures [file tail $picture]]
    }
    formatter map $name $output
    set text [formatter format [::fileutil::cat -encoding utf-8 $path]]
    foreach warning [formatter warnings] {
        puts stderr "$path: $warning"
    }
    return $text
}

# Mended --
#
#       A manual page as mandoc -Tlint asks for, which doctools does not give:
#       the title in capitals, the date of the text before its version, no
#       macro that draws nothing, no long lines of text. And as a reader asks
#       for, who copies an example: without typographic dashes and quotes.
#       The comment before the title goes: where doctools breaks it into lines,
#       they would be printed. So does what stands for a picture.

proc Mended {page date} {
    set page [string range $page [string first ".TH " $page] end]
    regexp -line {^\.TH "(.*)" n (\S+) (\S+) (".*")$} $page heading title version module about
    set mended ".TH \"[string toupper $title]\" n \"$date\" \"$module $version\" $about"
    set page [string map [list $heading $mended] $page]
    regsub -all {\n\.(?:BS|BE|PP(?=\n\.S[HS]))(?=\n)} $page {} page
    regsub -all {\n(?:\.sp\n|\.PP\n)?IMAGE: [^\n]*} $page {} page
    regsub -all {\n\.CS\n+} $page "\n.CS\n\n" page
    regsub -all {\n+\.CE\n} $page "\n.CE\n" page
    set inExample no
    set lines [lmap previous [linsert [split $page \n] 0 {}] line [split $page \n] {
        if {$line in {.CS .CE}} {
            set inExample [expr {$line eq ".CS"}]
        } elseif {$inExample} {
            set line [Verbatim $line]
        } else {
            regsub -all {(\\fB| )-(?=[a-z])} $line {\1\\-} line
            if {$previous ne ".TP" && ![string match .* $line]} {
                set line [Wrapped $line]
            }
        }
        set line
    }]
    return [join $lines \n]
}

proc Verbatim {line} {
    return [string map {- \\- ' \\(aq ` \\(ga ^ \\(ha ~ \\(ti} $line]
}

proc Wrapped {line} {
    set wrapped {}
    while {[string length $line] > 79 && [regexp {^(.{1,79}) ([^ .'].*)$} $line - head line]} {
        lappend wrapped $head
    }
    return [join [lappend wrapped $line] \n]
}

lassign $argv input output
switch [file extension $output] {
    .n {
        set date [clock format [file mtime $input] -format %Y-%m-%d -gmt 1]
        set text [Mended [Format nroff $input $output] $date]
    }
    .html {
        set text [Format html $input $output]
    }
    default {
        puts stderr "doc.tcl: $output is neither .n nor .html"
        exit 1
    }
}
::fileutil::writeFile -encoding utf-8 $output $text
