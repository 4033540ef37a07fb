#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# A client over TCP with megabytes of answers in flight: it asks for large ones and then for slow
# ones in one go, and reads nothing until it is told to.  When answers have come: "flooded".  Its
# last cancellation ends with an urgent byte (docs/protocol.md, Attention).
#   PORT COUNT LARGE COUNT SLOW     LARGE and SLOW: JSON [METHOD, PARAMS]
# Then on standard input: cancel (all slow ones), read (all answers).
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Frames;
use Socket;
use IO::Socket::INET;
use JSON::PP;

my ($port, $large_count, $large, $slow_count, $slow) = @ARGV;
my $sock = IO::Socket::INET->new(Proto => 'tcp') or die "socket: $!\n";
setsockopt($sock, SOL_SOCKET, SO_RCVBUF, 65536) or die "SO_RCVBUF: $!\n"; # before the window is agreed
connect($sock, pack_sockaddr_in($port, inet_aton('127.0.0.1'))) or die "connect: $!\n";
$| = 1;

put_bytes($sock, framed([0, 0, 'hello', [{ proto => 1, program => 'perl', version => '1', role => 'tool' }]]));
get_frame($sock);
my $id = 0;
sub calls {
    my ($count, $call) = @_;
    my ($method, $params) = @{ decode_json($call) };
    return join '', map { framed([0, ++$id, $method, [$params]]) } 1 .. $count;
}
put_bytes($sock, calls($large_count, $large) . calls($slow_count, $slow));
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
        put_bytes($sock, substr($bytes, 0, -1));
        put_bytes($sock, substr($bytes, -1), MSG_OOB);
        print "cancelled\n";
    } else {
        my ($answers, $bytes, %seen) = (0, 0);
        while ($answers < $id) {
            my $payload = get_frame($sock);
            my $m = unpacked($payload);
            next if $m->[0] != 1;
            $answers++;
            $bytes += length $payload;
            $seen{ $m->[2] ? $m->[2]{name} : 'ok' }++;
        }
        print 'read ', join(' ', map { "$_=$seen{$_}" } sort keys %seen), ' MB=', int($bytes / 1e6), "\n";
    }
}
