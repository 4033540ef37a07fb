# SPDX-License-Identifier: ISC
# Promise: the pictures of README.md can be made again: picture-*.png among the artefacts are what docs/ has.
source [file join [file dirname [info script]] view.tcl]
source [file join [file dirname [info script]] subnet.tcl]

# A window with its frame, nothing around it.
proc picture {name id} {
    lassign [place_of $id] x y width height
    set extents [must xprop -id $id _NET_FRAME_EXTENTS]
    lassign [regexp -all -inline {\d+} [lindex [split $extents =] 1]] left right top bottom
    must import -window root -crop [expr {$width + $left + $right}]x[expr {$height + $top + $bottom}]+[expr \
        {$x - $left}]+[expr {$y - $top}] +repage [file join $::artefacts picture-$name.png]
}

proc minutes {n} {
    return [expr {$n * 60000}]
}

test windows_of_questions {
    lassign [with_view 1400x900] fake desk
    set now [clock milliseconds]
    set first [uuid]
    $fake lives $first [list \
        [dict create at [expr {$now - 262000}] what asked by root@alpha.example.org] \
        [dict create at [expr {$now - 142000}] what escalated by "level 1" note "/usr/local/bin/page-duty: exit 0"] \
        [dict create at [expr {$now - 100000}] what claimed by anna@local]]
    $fake alert $first title "Nightly backup" from "alpha.example.org (192.0.2.7)" age_ms 262000 \
        created_at [expr {$now - 262000}] text "Volume 3 of 5 is full. Change the disk in bay 2, then press Ok." \
        claimed_by anna@local claim_left_ms [minutes 59] ring_in_ms [minutes 59] escalated 1 \
        left_ms [expr {[minutes 20] + 30000}] default Cancel
    $fake alert [uuid] title "RAID of gamma" severity critical from "gamma.example.org (192.0.2.9)" \
        text "Drive 4 does not answer. Replace it, then press Retry." kind abortretryignore \
        labels {Abort Retry Ignore} age_ms 100000 claimed_by me@desk claim_left_ms [minutes 40] ring_in_ms [minutes 40]
    $fake alert [uuid] title "Release 12.4" severity info kind yesno labels {Yes No} from "ci.example.org (192.0.2.30)" \
        text "May it go out?" age_ms 70000 ring_in_ms [minutes 15]
    $fake alert [uuid] title Label severity info kind text from "delta.example.org (192.0.2.12)" orphaned 1 \
        text "Which label does the tape carry?" age_ms [minutes 125] ring_in_ms [minutes 15]
    $fake alert [uuid] title "dump /home" from "beta.example.org (192.0.2.8)" text "Mount tape 2 of set B" \
        age_ms 51000 ring_in_ms [minutes 15]
    until 10000 {[windows {opdesk \(5\)}] ne ""} "listed"
    focus_on [main_window]
    xd key ctrl+f
    xd type nightly
    xd key Return Home
    until 10000 {[llength [$fake calls alert.show]]} "fetched"
    xd key ctrl+f Escape Return
    drawn
    # the one that is selected has been read by then
    stays 1500 {1}
    picture main-window [main_window]
    $fake alert [uuid] title "Nightly backup" from "alpha.example.org (192.0.2.7)" \
        text "Volume 3 goes to /mnt/disk/vol.tar. Put the disk labelled NIGHTLY-03 into bay 2, then press Ok. Cancel stops the backup." \
        left_ms [expr {[minutes 420] - 2000}] default Cancel
    set id [lindex [windows_are 1 {mediachanged: Nightly backup}] 0]
    focus_on $id
    stays 1500 {1} "its buttons count"
    picture alert-window $id
    equal [$desk err] ""
}

test editor_of_a_subnet {
    screen 1280x900
    set nodes "dock1:198.51.100.2:0200c00c0001::mail.Example.Org:bridge console\n"
    foreach {name n comment} {crane 20 "by the slip" ferry 22 "" tug1 24 "pilot boat" tug2 25 "" lamp 40 "solar" winch 41 ""
        office 64 "printer on the first floor" office2 65 "" camera 80 "gate" camera2 81 "quay" meter 96 ""} {
        append nodes "$name:198.51.100.$n:0200c00c[format %04x $n]:::$comment\n"
    }
    set d [ipadmd -files [list Subnet_12.sdb "Title = Subnet 12, Dry Dock and Cranes\nDomain = Pilots.Example.Org\n\
Base_IP = 198.51.100.0\nSubnet_Mask = 255.255.255.128\nGateway = 198.51.100.1\n__NODES__\n$nodes"]]
    set desk [ipadm $d]
    set id [editor Subnet_12.sdb dock1]
    keys Down Down Down
    stays 1200 {1} "checked and drawn"
    picture subnet-window $id
    equal [$desk err] ""
}

finish
