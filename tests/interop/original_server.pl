#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# Behaves as the original daemon does, with the operator's click given: ANSWER COUNT.  Forks a child
# for each connection, which reads one line and sends the label.  Prints the port, then the lines.
use strict;
use warnings;
use IO::Socket;

my ($answer, $count) = @ARGV;
$| = 1;
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => 'tcp', Listen => 5,
    ReuseAddr => 1) or die "cannot listen: $!\n";
print 'port ', $listener->sockport, "\n";
for (1 .. $count) {
    my $client = $listener->accept or die "accept: $!\n";
    my $pid = fork;
    die "fork: $!\n" unless defined $pid;
    next if $pid;
    my $line = <$client>;
    chomp $line;
    print "line $line\n";
    print $client "$answer\n";
    close $client;
    exit;
}
1 while wait > 0;
