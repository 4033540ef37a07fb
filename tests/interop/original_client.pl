#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# Behaves as the original client does: HOST PORT MESSAGE; sends the line, prints what comes back.
use strict;
use warnings;
use IO::Socket;

my ($host, $port, $message) = @ARGV;
my $server = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port, Proto => 'tcp')
    or die "cannot connect to $host:$port: $!\n";
print $server "$message\n";
print while <$server>;
