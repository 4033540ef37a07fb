#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# A client over TCP with megabytes of answers in flight: it asks for large ones and then for slow ones
# in one go, and reads nothing until it is told to.  When answers have come: "flooded".  Its last cancellation ends with an urgent byte
# (docs/protocol.md, Attention).
#   PORT COUNT LARGE COUNT SLOW     LARGE and SLOW: JSON [METHOD, PARAMS]
# Then on standard input: cancel (all slow ones), read (all answers).
use strict;
use warnings;
use Socket;
use IO::Socket::INET;
use JSON::PP;
use Data::MessagePack;

my ($port, $large_count, $large, $slow_count, $slow) = @ARGV;
my $mp = Data::MessagePack->new->utf8;
my $sock = IO::Socket::INET->new(Proto => 'tcp') or die "socket: $!\n";
setsockopt($sock, SOL_SOCKET, SO_RCVBUF, 65536) or die "SO_RCVBUF: $!\n"; # before the window is agreed
connect($sock, pack_sockaddr_in($port, inet_aton('127.0.0.1'))) or die "connect: $!\n";
$| = 1;

sub framed { my $p = $mp->pack(shift); return pack('N/a*', $p) }
sub get {
    my ($want, $have) = (shift, '');
    while (length $have < $want) {
        sysread($sock, $have, $want - length $have, length $have) or die "closed\n";
    }
    return $have;
}
sub message { return $mp->unpack(get(unpack 'N', get(4))) }
sub put {
    my ($bytes, $flags) = @_;
    while (length $bytes) {
        my $n = send($sock, $bytes, $flags) // die "send: $!\n";
        substr $bytes, 0, $n, '';
    }
}

put(framed([0, 0, 'hello', [{ proto => 1, program => 'perl', version => '1', role => 'tool' }]]), 0);
message();
my $id = 0;
sub calls {
    my ($count, $call) = @_;
    my ($method, $params) = @{ decode_json($call) };
    return join '', map { framed([0, ++$id, $method, [$params]]) } 1 .. $count;
}
put(calls($large_count, $large) . calls($slow_count, $slow), 0);
my $waiting = '';
do {
    select(undef, undef, undef, 0.01);
    defined recv($sock, $waiting, 20000, MSG_PEEK) or die "recv: $!\n";
} while length $waiting < 20000;
print "flooded\n";
while (my $what = <STDIN>) {
    if ($what =~ /cancel/) {
        my $bytes = join '', map { framed([2, '$/cancel', [{ msgid => $_ }]]) }
            $large_count + 1 .. $id;
        put(substr($bytes, 0, -1), 0);
        put(substr($bytes, -1), MSG_OOB);
        print "cancelled\n";
    } else {
        my ($answers, $bytes, %seen) = (0, 0);
        while ($answers < $id) {
            my $length = unpack 'N', get(4);
            my $m = $mp->unpack(get($length));
            next if $m->[0] != 1;
            $answers++;
            $bytes += $length;
            $seen{ $m->[2] ? $m->[2]{name} : 'ok' }++;
        }
        print 'read ', join(' ', map { "$_=$seen{$_}" } sort keys %seen), ' MB=', int($bytes / 1e6), "\n";
    }
}
