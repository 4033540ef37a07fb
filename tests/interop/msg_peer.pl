#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# The message layer by somebody who has read its description: u32 length, big-endian, and bytes.
use strict;
use warnings;
use IO::Socket::UNIX;

my $sock = IO::Socket::UNIX->new(Peer => shift) or die "connect: $!\n";
for my $message ('x', "\0\0\0\0\0", join('', map chr, 0 .. 255), "\xff\0" x ((1 << 23) - 1) . "\0") {
    print $sock pack('N/a*', $message);
    $sock->flush;
    read($sock, my $head, 4) == 4 or die "no answer\n";
    read($sock, my $back, unpack('N', $head));
    print length $back, $back eq $message ? " the same\n" : " differs\n";
}
