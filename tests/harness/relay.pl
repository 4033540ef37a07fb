#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# A bad network between two ends of a datagram service, for kernels without netem: what comes to the
# listening port goes to the target and the answers back, each datagram in either direction lost,
# doubled, delayed or overtaken by the next with the chances given in per cent.
#   relay.pl LISTEN-HOST:PORT TARGET-HOST:PORT [drop=N] [double=N] [delay=N] [delay-max=MS] [reorder=N] [seed=N]
# Prints "listening PORT" when it is ready.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Time::HiRes 'time';

my ($listen, $target, @rest) = @ARGV;
my %chance = ('drop', 0, 'double', 0, 'delay', 0, 'delay-max', 50, 'reorder', 0, 'seed', 1);
for (@rest) {
    my ($name, $value) = /^([a-z-]+)=(\d+)$/ or die "what is $_?\n";
    exists $chance{$name} or die "what is $name?\n";
    $chance{$name} = $value;
}
srand $chance{seed};
$| = 1;
my $front = IO::Socket::INET->new(Proto => 'udp', LocalAddr => $listen) or die "$listen: $@\n";
my (%back, %client, @waiting, %held);    # back sockets by client; clients by back socket
my $select = IO::Select->new($front);
print 'listening ', $front->sockport, "\n";

sub chance { return rand(100) < $chance{ $_[0] } }

# A way is a socket and the address to send to from there, undef when it is connected.
sub let_go {
    my ($socket, $to, $bytes) = @_;
    defined $to ? send($socket, $bytes, 0, $to) : send($socket, $bytes, 0);
    return;
}

sub pass {
    my ($socket, $to, $bytes) = @_;
    return if chance('drop');
    my $way = fileno($socket) . (defined $to ? $to : '');
    if (!$held{$way} && chance('reorder')) {
        $held{$way} = [$socket, $to, $bytes];
        push @waiting, [time + $chance{'delay-max'} / 1000, $way];
        return;
    }
    for (1 .. 1 + (chance('double') ? 1 : 0)) {
        if (chance('delay')) {
            push @waiting, [time + rand($chance{'delay-max'}) / 1000, $socket, $to, $bytes];
        } else {
            let_go($socket, $to, $bytes);
        }
    }
    let_go(@{ delete $held{$way} }) if $held{$way};
    return;
}

while (1) {
    my $now = time;
    my @due = grep { $_->[0] <= $now } @waiting;
    @waiting = grep { $_->[0] > $now } @waiting;
    for my $item (@due) {
        my (undef, @what) = @$item;
        if (@what == 1) {    # held, and nothing came that could overtake
            let_go(@{ delete $held{ $what[0] } }) if $held{ $what[0] };
        } else {
            let_go(@what);
        }
    }
    my ($next) = sort { $a <=> $b } map { $_->[0] } @waiting;
    for my $socket ($select->can_read(defined $next ? ($next > $now ? $next - $now : 0) : undef)) {
        my $from = recv($socket, my $bytes, 65535, 0);
        next unless defined $from;
        if ($socket != $front) {
            pass($front, $client{$socket}, $bytes);
            next;
        }
        if (!$back{$from}) {
            my $new = IO::Socket::INET->new(Proto => 'udp', PeerAddr => $target) or die "$target: $@\n";
            $back{$from} = $new;
            $client{$new} = $from;
            $select->add($new);
        }
        pass($back{$from}, undef, $bytes);
    }
}
