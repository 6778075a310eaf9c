# SPDX-License-Identifier: BSD-3-Clause
# Makes text from other programs safe to show: characters that would control a
# terminal or a window, be invisible, or reverse the direction become numbers, as
# JSON writes them.

proc printable {text} {
    if {[isPrintable $text]} {
        return $text
    }
    return [join [lmap character [split $text ""] {
        expr {[isPrintable $character] ? $character : [escaped $character]}
    }] ""]
}

# In Tcl, the class print contains the separators of lines and paragraphs.
proc isPrintable {text} {
    return [expr {[string is print $text] && ![regexp {[\u2028\u2029]} $text]}]
}

proc escaped {character} {
    scan $character %c number
    if {$number <= 0xffff} {
        return [format {\u%04X} $number]
    }
    return [format {\u%04X\u%04X} [expr {0xd7c0 + ($number >> 10)}] \
        [expr {0xdc00 + ($number & 0x3ff)}]]
}
