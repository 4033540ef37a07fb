# SPDX-License-Identifier: ISC
# For the tests of subnets: a real ipadmd with a few subnets, and ipadm on it.
if {![llength [info commands Fake]]} {
    source [file join [file dirname [info script]] desk.tcl]
}
need git

# A subnet file of n hosts from the third address on; `args`: more node lines.
proc subnet_file {number title base mask n args} {
    lassign [split $base .] a b c d
    set text "Title = Subnet $number, $title\nDomain = Pilots.Example.Org\nBase_IP = $base\nSubnet_Mask = $mask\n"
    append text "Gateway = $a.$b.$c.[expr {$d + 1}]\n__NODES__\n"
    for {set i 0} {$i < $n} {incr i} {
        append text "host$i:$a.$b.$c.[expr {$d + 2 + $i}]:[format 0200c0%02x%04x $number $i]:::[lindex {{bridge console} {} printer} [expr {$i % 3}]]\n"
    }
    foreach line $args {
        append text $line\n
    }
    return $text
}

set tug tug1:192.0.2.97:0200c0ffee01:ferry::pilot\ boat

proc harbour {} {
    return [list \
        Subnet_2.sdb [subnet_file 2 "Harbour Office" 192.0.2.0 255.255.255.192 40] \
        Subnet_7.sdb "Title = Subnet 7, Harbour Pilots\nDomain = Pilots.Example.Org\nBase_IP = 192.0.2.96\nSubnet_Mask = 255.255.255.224\nGateway = 192.0.2.126\n__NODES__\n$::tug\nlamp:192.0.2.98:0200c0ffee02:::\n" \
        Subnet_128A.sdb "[string map {host dock} [subnet_file 12 {Dry Dock and Cranes} 198.51.100.0 255.255.255.0 120]]" \
        Subnet_128B.sdb "[string map {host toll} [subnet_file 13 Customs 198.51.101.0 255.255.255.0 3]]crane_1:198.51.101.9::::\n"]
}

# ipadm on a daemon; its main window has the keyboard and the list is there.
proc ipadm {daemon args} {
    set desk [Job new [bin ipadm] -s [$daemon unix] {*}$args]
    focus_on [lindex [windows_are 1 {ipadm - Administer IP Nodes}] 0]
    return $desk
}

proc keys {args} {
    xd key --delay 30 {*}$args
}

proc typed {text} {
    xd type --delay 12 $text
}

# A click at a place of a window.
proc click {id x y {button 1}} {
    xd mousemove --window $id $x $y
    xd click $button
}

# The editor of a subnet, opened by Fast Find; it has the keyboard.
proc editor {file words} {
    keys ctrl+f
    typed $words
    keys Return
    set id [lindex [windows_are 1 ".*$file"] 0]
    focus_on $id
    return $id
}

# F9 until the daemon says that this user has the lock: one that is held becomes free when its time is up.
# What is typed next counts, whether the editor has been told so already or not.
proc lock_goes_to {daemon file user} {
    until 20000 {[keys F9; string match "*$file: the lock of * goes to $user@*" [$daemon log]]} "the lock of $file"
}

# The file on the server becomes so.
proc file_becomes {daemon name condition} {
    until 15000 {[set text [contents [$daemon subnet $name]]; expr $condition]} {$name: $condition: [contents [$daemon subnet $name]]}
}

proc log_of {daemon format} {
    return [$daemon git [list log -1 --format=$format]]
}
