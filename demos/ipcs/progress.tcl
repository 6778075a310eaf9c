# SPDX-License-Identifier: BSD-3-Clause
# On a terminal, anything that takes longer than a second shows its progress.

set began [clock milliseconds]
set shownAt 0

proc progress {what done total} {
    set now [clock milliseconds]
    if {$now - $::began >= 1000 && $now - $::shownAt >= 100 && [isTerminal stderr]} {
        puts -nonewline stderr "\r$what: $done of $total\x1b\[K"
        flush stderr
        set ::shownAt $now
    }
}

proc endProgress {} {
    if {$::shownAt} {
        puts -nonewline stderr "\r\x1b\[K"
        set ::shownAt 0
    }
}

proc heedProgress {event object detail} {
    dict with detail {
        progress "looking at $what" $done $total
    }
}
