# Names, messages and the names of programs come from others: what a terminal or a window
# would obey, show as nothing, or turn round becomes its number, as JSON writes it.

proc printable {text} {
    if {[isPrintable $text]} {
        return $text
    }
    return [join [lmap character [split $text ""] {
        expr {[isPrintable $character] ? $character : [escaped $character]}
    }] ""]
}

# Tcl counts the separators of lines and of paragraphs as print.
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
