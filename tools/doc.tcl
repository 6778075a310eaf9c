# SPDX-License-Identifier: BSD-3-Clause
# doc.tcl --
#
#       Formats all pages of the manual from doctools, as manual pages (n; those
#       of the commands, 1) or as web pages (html).
#
#       tclsh doc.tcl n|html directory output version
#
#       @PACKAGE_VERSION@ in a page stands for the version. A line "[recipe
#       NAME]" stands for the program cookbook/NAME.tcl. The date of a manual
#       page is SOURCE_DATE_EPOCH, or else the time of the last change.

package require doctools
package require fileutil

# Source --
#
#       The text of a page in doctools.

proc Source {path version} {
    set text [string map [list @PACKAGE_VERSION@ $version] [::fileutil::cat -encoding utf-8 $path]]
    set folder [file join [file dirname $path] cookbook]
    foreach {line name} [regexp -all -inline -line {^\[recipe (\w+)\]$} $text] {
        set program [::fileutil::cat -encoding utf-8 [file join $folder $name.tcl]]
        set text [string map [list $line "\[example {\n[string trimright [WithoutLicense $program]]\n}\]"] $text]
    }
    return $text
}

proc WithoutLicense {program} {
    return [regsub {^(?:#!|# SPDX)[^\n]*\n} $program {}]
}

# Format --
#
#       A page in one of the formats of doctools. A web page has copies of the
#       pictures beside it. In the examples of web pages, doctools drops empty
#       lines, and joins a line that ends in a backslash with the next, so
#       placeholders stand for both while it formats.

proc Format {format path output version} {
    set name [file tail $path]
    ::doctools::new formatter -format $format -file $name -module [file rootname $name]
    foreach picture [glob -nocomplain [file join [file dirname $path] pictures *.png]] {
        formatter img [file tail $picture] $picture [file join $output pictures [file tail $picture]]
    }
    set source [Kept [Source $path $version] [expr {$format eq "html" ? "@EMPTY@" : ""}]]
    set backslash [expr {$format eq "html" ? "\\" : "\\e"}]
    set text [string map [list @EMPTY@\n \n @BACKSLASH@ $backslash] [formatter format $source]]
    foreach warning [formatter warnings] {
        puts stderr "$path: $warning"
    }
    formatter destroy
    return $text
}

proc Kept {source empty} {
    set inExample no
    return [join [lmap line [split $source \n] {
        if {[string match {\[example *} $line]} {
            set inExample yes
        } elseif {$line in {\}\] \[example_end\]}} {
            set inExample no
        }
        if {!$inExample} {
            set line
        } elseif {$line eq ""} {
            set empty
        } else {
            regsub {\\$} $line @BACKSLASH@
        }
    }] \n]
}

# Pages --
#
#       The names of the pages: posix_ipc, then the others in the order in which
#       it names them, then those that it does not name.

proc Pages {folder} {
    set pages [lmap path [lsort [glob -directory $folder *.man]] {file rootname [file tail $path]}]
    set overview [::fileutil::cat -encoding utf-8 [file join $folder posix_ipc.man]]
    set listed [lmap {- page} [regexp -all -inline {\[def \[manpage ([\w-]+)} $overview] {set page}]
    set ordered posix_ipc
    foreach page [concat $listed $pages] {
        if {$page in $pages && $page ni $ordered} {
            lappend ordered $page
        }
    }
    return $ordered
}

# Manual pages --------------------------------------------------------------

# SectionOf --
#
#       The section of the manual that a page belongs to: n, or 1 for a command.

proc SectionOf {path} {
    regexp {\[manpage_begin \S+ (\S+)} [::fileutil::cat -encoding utf-8 $path] - section
    return $section
}

proc Date {path} {
    set seconds [expr {[info exists ::env(SOURCE_DATE_EPOCH)] ? $::env(SOURCE_DATE_EPOCH) : [file mtime $path]}]
    return [clock format $seconds -format %Y-%m-%d -gmt 1]
}

# Mended --
#
#       Repairs the output of doctools to satisfy mandoc -Tlint: the title in
#       capitals, the date of the text before its version, no macro without
#       effect, no long lines of text. Examples have no typographic dashes and
#       quotes, so that they can be copied, and are indented little: 71
#       characters fit into 80 columns. The comment before the title is
#       removed, because doctools may break it into lines, which would be
#       printed. So are placeholders for pictures.

proc Mended {page date} {
    set page [string range $page [string first ".TH " $page] end]
    regexp -line {^\.TH "(.*)" (\S+) (\S+) (\S+) (".*")$} $page heading title section version module about
    set mended ".TH \"[string toupper $title]\" $section \"$date\" \"posix_ipc $version\" $about"
    set page [string map [list $heading $mended] $page]
    regsub -all {\n\.(?:BS|BE|PP(?=\n\.S[HS]))(?=\n)} $page {} page
    regsub -all {\n(?:\.sp\n|\.PP\n)?IMAGE: [^\n]*} $page {} page
    regsub {\n\.de CS\n\.RS\n} $page "\n.de CS\n.RS 2\n" page
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
            set line [string map {posix-ipc- posix\\-ipc\\-} $line]
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

# Web pages -----------------------------------------------------------------

# WebPage --
#
#       Our own web page, made of the sections of doctools' page, with links
#       to the other pages and to the sections.

proc WebPage {text page pages} {
    set contents {}
    set body {}
    foreach section [lrange [split [string map [list "\n<div id=\"" \0] $text] \0] 1 end] {
        regexp {^([^"]+)" class="doctools_section"><h2><a name="[^"]*">([^<]*)</a></h2>(.*)\n</div>} $section \
            - id title section
        if {$id in {name copyright}} {
            set [expr {$id eq "name" ? "about" : "copyright"}] [regsub -all {^.* - |</?p>|\n} $section {}]
        }
        if {$id in {name toc copyright}} continue
        set title [Heading $title]
        append contents "<li><a href=\"#$id\">$title</a></li>\n"
        append body "<section id=\"$id\"[Kind $title]>\n<h2>$title</h2>$section\n</section>\n"
    }
    return [string map [list @PAGE@ $page @ABOUT@ $about @COPYRIGHT@ $copyright \
        @PAGES@ [Others $page $pages] @CONTENTS@ $contents @BODY@ [Linked $body $page $pages]] [Template]]
}

proc Template {} {
    return {<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>@PAGE@: @ABOUT@</title>
<link rel="stylesheet" href="manual.css">
</head>
<body>
<header>
<nav aria-label="Pages">
<ul>
@PAGES@</ul>
</nav>
</header>
<main>
<h1>@PAGE@</h1>
<p class="about">@ABOUT@</p>
<nav class="contents" aria-label="Contents">
<ul>
@CONTENTS@</ul>
</nav>
@BODY@</main>
<footer>@COPYRIGHT@</footer>
</body>
</html>
}
}

# Others --
#
#       The links to all pages. The page itself is marked.

proc Others {page pages} {
    set items {}
    foreach other $pages {
        set label [expr {$other eq "posix_ipc" ? "posix_ipc" : [regsub {^posix_ipc_} $other {}]}]
        set current [expr {$other eq $page ? " aria-current=\"page\"" : ""}]
        append items "<li><a href=\"$other.html\"$current>$label</a></li>\n"
    }
    return $items
}

# Heading --
#
#       A title in lower case, except names.

proc Heading {title} {
    if {$title ni [list [string toupper $title] "See Also"]} {
        return $title
    }
    set words [lmap word [split $title] {
        expr {[dict exists $::names $word] ? [dict get $::names $word] : [string tolower $word]}
    }]
    return [string toupper [join $words] 0]
}

set names {C C EXPECT Expect NUMPY NumPy TCL Tcl TK Tk PYTHON Python}

# Kind --
#
#       The class of a section: choice, if its list is read like a table.

proc Kind {title} {
    return [expr {[regexp {^(?:Which|The pages|When to use)} $title] ? " class=\"choice\"" : ""}]
}

# Linked --
#
#       The sections with links to other pages, anchors by id, files without
#       quotes, and examples that can be scrolled with the keyboard.

proc Linked {body page pages} {
    regsub -all {<dt><a name="(\w+?)">(.*?)</a></dt>} $body {<dt id="\1" class="call">\2</dt>} body
    regsub -all {<i class="term">(posix[_-]ipc[\w-]*\([1n]\))</i>} $body {\1} body
    foreach other $pages {
        if {$other ne $page} {
            set link "<a href=\"$other.html\">$other</a>"
            set body [string map [list "$other\(n)" $link "$other\(1)" $link] $body]
        }
    }
    regsub -all {&quot;(<b class="file">[^<]*</b>)&quot;} $body {\1} body
    regsub -all {src="[^"]*(pictures/[^"]*)"} $body {src="\1"} body
    regsub -all {<pre class="doctools_example">\n} $body {<pre tabindex="0">} body
    return $body
}

# All pages -----------------------------------------------------------------

# The overview is written last: to make, its existence means that all pages
# exist.

lassign $argv format folder output version
if {$format ni {n html} || $version eq ""} {
    puts stderr "usage: doc.tcl n|html directory output version"
    exit 1
}
set pages [Pages $folder]
foreach page [lreverse $pages] {
    set path [file join $folder $page.man]
    if {$format eq "n"} {
        set text [Mended [Format nroff $path $output $version] [Date $path]]
        set suffix [SectionOf $path]
    } else {
        set text [WebPage [Format html $path $output $version] $page $pages]
        set suffix html
    }
    ::fileutil::writeFile -encoding utf-8 [file join $output $page.$suffix] $text
}
if {$format eq "html" && [file normalize $folder] ne [file normalize $output]} {
    file copy -force [file join $folder manual.css] $output
}
