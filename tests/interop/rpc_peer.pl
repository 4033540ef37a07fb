#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# MessagePack-RPC over the 4-byte framing without any code of ours, as a client and as a server.
#   call PATH    calls an rpcd, answers its call, cancels one; prints what came
#   serve        prints its port; serves one connection as an rpcd does
use strict;
use warnings;
use IO::Socket::INET;
use IO::Socket::UNIX;
use Data::MessagePack;

my $mp = Data::MessagePack->new->utf8;
my ($what, $path) = @ARGV;
my $sock;
$| = 1;

sub get {
    my ($want, $have) = (shift, '');
    while (length $have < $want) {
        read($sock, $have, $want - length $have, length $have) or exit;
    }
    return $have;
}
sub receive { return $mp->unpack(get(unpack 'N', get(4))) }
sub transmit {
    my $payload = $mp->pack(shift);
    print $sock pack('N', length $payload), $payload;
    $sock->flush;
}

if ($what eq 'call') {
    $sock = IO::Socket::UNIX->new(Peer => $path) or die "connect: $!\n";
    transmit([0, 1, 'divide', [{ a => 17, b => 5 }]]);
    print join(' ', @{ receive()->[3] }), "\n";
    transmit([0, 2, 'divide', [{ a => 1 }]]);
    print receive()->[2]{name}, "\n";
    transmit([0, 3, 'welcome', []]);
    my $back = receive();
    print "asked: $back->[2]\n";
    transmit([1, $back->[1], undef, 'Grace']);
    print receive()->[3], "\n";
    transmit([0, 4, 'forever', []]);
    transmit([2, '$/cancel', [{ msgid => 4 }]]);
    print receive()->[2]{name}, "\n";
} else {
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1) or die "listen: $!\n";
    print "listening ", $listener->sockport, "\n";
    $sock = $listener->accept;
    while (1) {
        my $m = receive();
        if ($m->[0] == 2) {
            print "$m->[1] $m->[2][0]{msgid}\n";
        } elsif ($m->[2] eq 'divide') {
            my ($a, $b) = @{ $m->[3][0] }{qw(a b)};
            transmit($b ? [1, $m->[1], undef, [int($a / $b), $a % $b]]
                : [1, $m->[1], { code => -1, name => 'bad_request', message => 'not by nothing' }, undef]);
        } elsif ($m->[2] eq 'welcome') {
            transmit([0, 1, 'name', []]);
            transmit([1, $m->[1], undef, receive()->[3]]);
        }
    }
}
