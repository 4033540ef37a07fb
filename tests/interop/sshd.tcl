# SPDX-License-Identifier: ISC
# An OpenSSH server of the test's own, on loopback and a high port, with keys made here; and an ssh
# that knows it: `$sshd ssh` is a program for $OPDESK_SSH.  The hosts of its configuration:
#   desk      lets us in
#   wrongkey  with a key that the server does not take
#   stranger  has another host key than we know
#   closed    nobody listens there
# Sessions have the PATH and the runtime folder of the test, so that they find our programs and the
# daemon that listens on `unix:`.
oo::class create Sshd {
    variable dir port job

    constructor {} {
        set dir [tmp sshd[incr ::harness::counter]]
        file mkdir $dir
        file attributes $dir -permissions 0700
        foreach key {host user wrong other} {
            must ssh-keygen -q -t ed25519 -N "" -C $key -f $dir/$key
        }
        file copy $dir/user.pub $dir/authorized
        set port [my FreePort]
        my ServerConfig
        my ClientConfig
        set job [Job new /usr/sbin/sshd -D -e -f $dir/sshd_config]
        until 10000 {[$job ended] || [string match "*Server listening on*" [$job err]]} sshd
        if {[$job ended]} {
            error "sshd does not run: [$job err]"
        }
    }

    method FreePort {} {
        set listener [socket -server {} -myaddr 127.0.0.1 0]
        set free [lindex [fconfigure $listener -sockname] 2]
        close $listener
        return $free
    }

    # Without PAM sshd takes an account whose password is locked for a locked account.
    method NeedsPam {} {
        return [expr {[file readable /etc/shadow]
            && [regexp -line "^$::tcl_platform(user):!" [contents /etc/shadow]]}]
    }

    method ServerConfig {} {
        write $dir/sshd_config "Port $port
ListenAddress 127.0.0.1
HostKey $dir/host
AuthorizedKeysFile $dir/authorized
PidFile none
StrictModes no
UsePAM [expr {[my NeedsPam] ? "yes" : "no"}]
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
SetEnv PATH=$::harness::bin:/usr/bin:/bin OPDESK_RUNTIME=$::env(OPDESK_RUNTIME)
"
    }

    method ClientConfig {} {
        set type_and_key [lrange [contents $dir/host.pub] 0 1]
        write $dir/known "\[127.0.0.1\]:$port $type_and_key\n"
        write $dir/known_other "\[127.0.0.1\]:$port [lrange [contents $dir/other.pub] 0 1]\n"
        write $dir/config "Host stranger
    UserKnownHostsFile $dir/known_other
Host wrongkey
    IdentityFile $dir/wrong
Host closed
    Port [my FreePort]
Host !wrongkey *
    IdentityFile $dir/user
Host *
    HostName 127.0.0.1
    Port $port
    User $::tcl_platform(user)
    IdentitiesOnly yes
    IdentityAgent none
    UserKnownHostsFile $dir/known
    GlobalKnownHostsFile /dev/null
    StrictHostKeyChecking yes
"
        write $dir/ssh "#!/bin/sh\nexec ssh -F $dir/config \"\$@\"\n"
        file attributes $dir/ssh -permissions 0700
    }

    method ssh {} {
        return $dir/ssh
    }
    method log {} {
        return [$job err]
    }
}

# sshd as root wants its folder; it is removed again if it was made here.
proc need_sshd {} {
    need ssh ssh-keygen /usr/sbin/sshd
    if {[exec id -u] == 0 && ![file exists /run/sshd]} {
        file mkdir /run/sshd
        file attributes /run/sshd -permissions 0755
        set ::made_run_sshd 1
    }
}

proc finish_sshd {} {
    if {[info exists ::made_run_sshd]} {
        catch {file delete /run/sshd}
    }
    finish
}
