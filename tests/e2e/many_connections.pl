#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# PORT COUNT: connects COUNT times as fast as it can, says nothing, and prints `closed N bytes B` when
# that changes: how many the other side has closed, and how many bytes came.  Ends with its input.
use strict;
use warnings;
use IO::Poll qw(POLLIN POLLHUP POLLERR);
use IO::Socket::INET;

my ($port, $count) = @ARGV;
my $poll = IO::Poll->new;
my ($closed, $bytes) = (0, 0);
$| = 1;
for (1 .. $count) {
    my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port);
    if (!$s) {
        $closed++;
        next;
    }
    $poll->mask($s => POLLIN);
}
$poll->mask(\*STDIN => POLLIN | POLLHUP);
while (1) {
    print "closed $closed bytes $bytes\n";
    $poll->poll;
    for my $s ($poll->handles(POLLIN | POLLHUP | POLLERR)) {
        exit 0 if $s == \*STDIN;
        my $n = sysread $s, my $buffer, 4096;
        if ($n) {
            $bytes += $n;
            next;
        }
        $poll->remove($s);
        close $s;
        $closed++;
    }
}
