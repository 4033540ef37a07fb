# SPDX-License-Identifier: ISC
# The bytes of a flat file as text and back, so that nothing is lost: UTF-8 where every byte is, else byte
# by byte; CRLF, when every line ends so, is put back.
namespace eval opdesk::app::sdb_text {}

# {TEXT HOW}; HOW is for `encode`.
proc opdesk::app::sdb_text::decode {bytes} {
    set text [encoding convertfrom utf-8 $bytes]
    set encoding [expr {[encoding convertto utf-8 $text] eq $bytes ? "utf-8" : "iso8859-1"}]
    set text [encoding convertfrom $encoding $bytes]
    set crlf [expr {[string first \r\n $text] >= 0 && ![regexp {(^|[^\r])\n} $text]}]
    return [list [if {$crlf} {string map {\r\n \n} $text} else {set text}] [list $encoding $crlf]]
}

proc opdesk::app::sdb_text::encode {text how} {
    lassign $how encoding crlf
    if {$crlf} {
        set text [string map {\n \r\n} $text]
    }
    return [encoding convertto $encoding $text]
}

# Can the text be written so, every letter of it?
proc opdesk::app::sdb_text::holds {text how} {
    lassign $how encoding
    return [expr {[encoding convertfrom $encoding [encoding convertto $encoding $text]] eq $text}]
}
