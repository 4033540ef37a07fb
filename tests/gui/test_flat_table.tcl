# SPDX-License-Identifier: ISC
# Promise: a flat file whose lines are parted is edited as a table: its cells, new rows, removed ones, undone
# and done again; what is no row stays byte for byte; what the check says stands at its row; as a text, too.
source [file join [file dirname [info script]] subnet.tcl]

proc table_daemon {} {
    variable home [tmp table[incr ::harness::counter]]
    file mkdir $::home
    write $::home/aliases "# ours\nroot: lena : night\n\nada: ada@example.org:\nbob : 010 :tape, no. 7\n"
    write $::home/hosts "127.0.0.1\tlocalhost\n# the harbour\n192.0.2.1  gate  gw router # by the door\n192.0.2.9 lamp\n"
    return [ipadmd -files [harbour] -conf "file \"aliases\" {\n path = \"$::home/aliases\"\n type = \"table\"
        columns = {\"name\", \"to\", \"note\"}\n title = \"Mail aliases\"\n}\nfile \"hosts\" {\n path = \"$::home/hosts\"\n type = \"hosts\"\n}\n"]
}

proc stored {id} {
    keys ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    windows_are 0 Update
    focus_on $id
}

proc becomes {name text} {
    until 15000 {[contents $::home/$name] eq $text} {$name: [contents $::home/$name]}
}

test cells_rows_undo_and_redo {
    screen 1280x900
    set d [table_daemon]
    set desk [ipadm $d]
    set id [editor aliases aliases]
    shot flat-table
    # ada, its second cell; then a new row below it
    keys Down Right
    typed "020000000001"
    keys Return Up ctrl+n
    typed "ferry"
    keys Tab
    typed "pilots"
    keys Return
    # undone and done again, cell by cell
    keys ctrl+z ctrl+z ctrl+y ctrl+y
    shot flat-table-edited
    stored $id
    becomes aliases "# ours\nroot: lena : night\n\nada: 020000000001:\nferry:pilots:\nbob : 010 :tape, no. 7\n"
    # what was looked at and not changed stays, whatever it looks like
    keys Home Down Down Down F2 Return
    keys Home ctrl+Delete
    stored $id
    becomes aliases "# ours\n\nada: 020000000001:\nferry:pilots:\nbob : 010 :tape, no. 7\n"
    equal [$desk err] ""
}

test a_new_row_without_a_word_in_it_is_none {
    screen 1280x900
    set d [table_daemon]
    set desk [ipadm $d]
    set id [editor aliases aliases]
    keys ctrl+n Return ctrl+n Escape ctrl+n
    # refused: it would be a comment
    typed "#x"
    keys Return
    shot flat-table-refused
    # the keyboard is on the last row again, as nothing came of it
    keys Escape Home Right
    typed "lars"
    keys Return ctrl+f
    # a filter goes for a new row, which comes behind the current one
    typed "ada"
    keys Down ctrl+n
    shot flat-table-new
    typed "ferry"
    keys Return
    stored $id
    becomes aliases "# ours\nroot: lars : night\n\nada: ada@example.org:\nferry::\nbob : 010 :tape, no. 7\n"
    equal [$desk err] ""
}

test what_the_check_refuses_is_not_stored_and_stands_at_its_row {
    screen 1280x900
    set d [table_daemon]
    set desk [ipadm $d]
    set id [editor aliases aliases]
    keys End ctrl+n
    typed "root"
    keys Return
    keys ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    until 15000 {[regexp {"sdb.put","file":"aliases","result":"bad_request"} [contents [$d state]/audit.log]]} "refused"
    equal [llength [split [contents $::home/aliases] \n]] 6 "nothing was stored"
    focus_on $id
    shot flat-table-finding
    equal [$desk err] ""
}

test hosts_and_the_same_as_text {
    screen 1280x900
    set d [table_daemon]
    set desk [ipadm $d]
    set id [editor hosts hosts]
    keys Down Down Right Right
    typed "lantern light"
    # the last row stays the current one
    keys Return Right
    typed "on the mole"
    keys Return
    shot flat-hosts
    keys F4
    keys ctrl+End
    typed "192.0.2.10 buoy"
    keys F4 End Right Left Left Left
    shot flat-hosts-again
    stored $id
    becomes hosts "127.0.0.1\tlocalhost\n# the harbour\n192.0.2.1  gate  gw router # by the door\n192.0.2.9 lamp lantern light\t# on the mole\n192.0.2.10 buoy"
    equal [$desk err] ""
}

test many_columns_scroll_sideways_and_are_sorted_by_keyboard {
    screen 1280x900
    set home [tmp wide]
    file mkdir $home
    set rows {}
    foreach {name place} {gate 10 lamp 9 buoy 100} {
        lappend rows "$name:[join [lmap n {1 2 3 4 5 6 7 8 9 10 11} {string cat $name $n}] :]:$place"
    }
    write $home/racks "# rack by rack\n[join $rows \n]\n"
    set d [ipadmd -conf "file \"racks\" {\n path = \"$home/racks\"\n type = \"table\"\n columns = {\"name\",
        [join [lmap n {1 2 3 4 5 6 7 8 9 10 11} {string cat \"column $n\"}] ", "], \"place\"}\n}\n"]
    set desk [ipadm $d]
    set id [editor racks racks]
    # from a cell at the edge to the next one, which is not on the screen
    keys Right Right Right Right Right Right Right Right Right Right Right F2
    typed "gate11"
    keys Tab
    shot flat-table-wide
    # behind what it holds
    keys End
    typed "0"
    keys Return
    keys ctrl+shift+o
    shot flat-table-sorted
    # the first row by place is the lamp, the last the buoy
    keys Home F2
    typed "11"
    keys Return End
    typed "7"
    keys Return
    keys ctrl+s
    focus_on [lindex [windows_are 1 Update] 0]
    keys Return
    until 15000 {[contents $home/racks] eq "# rack by rack\n[join [string map {gate11:10 gate11:100 lamp11:9 lamp11:11 buoy11:100 buoy11:7} $rows] \n]\n"} {[contents $home/racks]}
    equal [$desk err] ""
}

finish
