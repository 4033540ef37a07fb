# SPDX-License-Identifier: ISC
# MessagePack for tests, written from its specification and not from lib/, so that both check each
# other.  Packing takes typed values, as Tcl's have no types:
#   nil | true | false | {int N} | {str TEXT} | {bin BYTES} | {arr VALUES} | {map {KEY VALUE …}} |
#   {raw BYTES}          (anything at all, for bad input)
# Unpacking gives plain Tcl: dicts, lists, strings, 0 and 1, and "" for nil.
namespace eval mp {}

proc mp::pack {value} {
    lassign $value type content
    switch $type {
        nil { return \xc0 }
        false { return \xc2 }
        true { return \xc3 }
        raw { return $content }
        int { return [Int $content] }
        str {
            set bytes [encoding convertto utf-8 $content]
            return [Header [string length $bytes] 0xa0 31 d9 da db]$bytes
        }
        bin { return [Header [string length $content] 0 -1 c4 c5 c6]$content }
        arr {
            set out [Header [llength $content] 0x90 15 "" dc dd]
            foreach item $content {
                append out [pack $item]
            }
            return $out
        }
        map {
            set out [Header [dict size $content] 0x80 15 "" de df]
            dict for {key item} $content {
                append out [pack [list str $key]] [pack $item]
            }
            return $out
        }
    }
    error "no type: $value"
}

proc mp::Int {n} {
    if {$n >= 0 && $n < 128} {
        return [binary format c $n]
    } elseif {$n < 0 && $n >= -32} {
        return [binary format c $n]
    }
    return \xd3[binary format W $n]
}

# The header of n bytes or items: fixed form up to `small`, else by width.
proc mp::Header {n fixed small one two four} {
    if {$n <= $small} {
        return [binary format c [expr {$fixed | $n}]]
    } elseif {$one ne "" && $n < 256} {
        return [binary format H2c $one $n]
    } elseif {$n < 65536} {
        return [binary format H2S $two $n]
    }
    return [binary format H2I $four $n]
}

proc mp::unpack {bytes} {
    set at 0
    set value [Take $bytes at]
    if {$at != [string length $bytes]} {
        error "[expr {[string length $bytes] - $at}] bytes after the value"
    }
    return $value
}

proc mp::Take {bytes atvar} {
    upvar 1 $atvar at
    set b [Number $bytes at cu 1]
    if {$b < 0x80} {
        return $b
    } elseif {$b < 0x90} {
        return [Map $bytes at [expr {$b & 15}]]
    } elseif {$b < 0xa0} {
        return [Array $bytes at [expr {$b & 15}]]
    } elseif {$b < 0xc0} {
        return [Text $bytes at [expr {$b & 31}]]
    } elseif {$b >= 0xe0} {
        return [expr {$b - 256}]
    }
    switch [format %x $b] {
        c0 { return "" }
        c2 { return 0 }
        c3 { return 1 }
        c4 { return [Bytes $bytes at [Number $bytes at cu 1]] }
        c5 { return [Bytes $bytes at [Number $bytes at Su 2]] }
        c6 { return [Bytes $bytes at [Number $bytes at Iu 4]] }
        cb { return [Number $bytes at Q 8] }
        cc { return [Number $bytes at cu 1] }
        cd { return [Number $bytes at Su 2] }
        ce { return [Number $bytes at Iu 4] }
        cf { return [Number $bytes at Wu 8] }
        d0 { return [Number $bytes at c 1] }
        d1 { return [Number $bytes at S 2] }
        d2 { return [Number $bytes at I 4] }
        d3 { return [Number $bytes at W 8] }
        d9 { return [Text $bytes at [Number $bytes at cu 1]] }
        da { return [Text $bytes at [Number $bytes at Su 2]] }
        db { return [Text $bytes at [Number $bytes at Iu 4]] }
        dc { return [Array $bytes at [Number $bytes at Su 2]] }
        dd { return [Array $bytes at [Number $bytes at Iu 4]] }
        de { return [Map $bytes at [Number $bytes at Su 2]] }
        df { return [Map $bytes at [Number $bytes at Iu 4]] }
    }
    error "no such type byte: $b"
}

proc mp::Number {bytes atvar format width} {
    upvar 1 $atvar at
    if {![binary scan $bytes @$at$format value]} {
        error "value ends early"
    }
    incr at $width
    return $value
}

proc mp::Bytes {bytes atvar n} {
    upvar 1 $atvar at
    set value [string range $bytes $at [expr {$at + $n - 1}]]
    incr at $n
    return $value
}

proc mp::Text {bytes atvar n} {
    upvar 1 $atvar at
    return [encoding convertfrom utf-8 [Bytes $bytes at $n]]
}

proc mp::Array {bytes atvar n} {
    upvar 1 $atvar at
    set list {}
    for {set i 0} {$i < $n} {incr i} {
        lappend list [Take $bytes at]
    }
    return $list
}

proc mp::Map {bytes atvar n} {
    upvar 1 $atvar at
    set dict {}
    for {set i 0} {$i < $n} {incr i} {
        set key [Take $bytes at]
        dict set dict $key [Take $bytes at]
    }
    return $dict
}
