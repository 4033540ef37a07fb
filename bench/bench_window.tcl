# SPDX-License-Identifier: ISC
# (c) From a question to its window, and (e) the memory of the desk, beside other programs that show
# a box.  A screen of its own: Xvfb and openbox.  All of them run as an ordinary user, as people run them.

# The command as somebody who is not root, with a home folder.
proc as_person {args} {
    if {[exec id -u] != 0} {
        return $args
    }
    set home [tmp home]
    file mkdir $home
    exec chown nobody $home
    # the folders above let only us in
    exec chmod a+x [file dirname $home]
    return [list setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME=$home {*}$args]
}

test window {
    need Xvfb openbox
    set x [Job new Xvfb -displayfd 1 -screen 0 1280x900x24 -nolisten tcp]
    until 10000 {[regexp {^(\d+)\n} [$x out] - number]}
    set ::env(DISPLAY) :$number
    set wm [Job new openbox --sm-disable]
    until 10000 {![catch {exec xprop -root _NET_SUPPORTING_WM_CHECK} said]
        && [string match "*window id*" $said]}
    set d [daemon -conf {insecure_operators = { "127.0.0.1" }}]
    set text "Please insert volume 7"
    set others {}
    foreach {name command} [list \
        xmessage [list xmessage -buttons Ok,Cancel $text] \
        zenity [list zenity --question --text $text] \
        perl-tk [list perl $::here/map_perltk.pl]] {
        dict set others $name "value ms \[list {*}\[bench map_time\] [as_person {*}$command]\]"
    }
    set pending [Job new [bin mediachangec] -s [$d tcp] $text]
    pending_is $d 1
    dict set others cold "value ms \[list {*}\[bench map_time\] [as_person [bin opdesk] -s [$d tcp]]\]"
    set values [alternate [expr {$::runs + 2}] $others]
    $pending signal TERM
    $pending wait

    set desk [Job new [bin opdesk] -s [$d unix]]
    set tool [Peer new [$d unix] tool]
    until 15000 {[dict get [$tool call alert.stats] desks] == 1}
    set warm [alternate [expr {3 * $::runs}] "ask {value ms \[list {*}\[bench map_time\] [bin mediachangec] -s [$d tcp] {$text}\]}"]
    set warm [dict get $warm ask]
    # 20 ms where xmessage takes 21, 90 where zenity takes 99 and Perl/Tk 55
    figure "mediachangec to window, running desk" ms $warm xmessage [dict get $values xmessage] {<= 0.95}
    figure "desk started to window" ms [dict get $values cold] zenity [dict get $values zenity] {<= 0.91}
    figure "  the same" ms [dict get $values cold] "Perl/Tk messageBox" [dict get $values perl-tk] {<= 1.64}

    set box [Job new zenity --question --text $text]
    until 10000 {![catch {exec xdotool search --onlyvisible --class zenity}]}
    set theirs [expr {[memory_of [$box pid] VmRSS] / 1024.0}]
    set ours [expr {[memory_of [$desk pid] VmRSS] / 1024.0}]
    figure "desk, resident" MiB $ours zenity $theirs
    figure "  the aim" MiB $ours "" "" {<= 25}
}
