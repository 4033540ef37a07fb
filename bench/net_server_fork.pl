#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# The peer in Perl: Net::Server's Fork personality, a line in, Ok out, close.  usage: PORT
package Peer;
use strict;
use warnings;
use parent 'Net::Server::Fork';

sub process_request {
    my $line = <STDIN>;
    print "Ok\n";
}

Peer->run(
    host       => '127.0.0.1',
    port       => shift,
    ipv        => '4',
    listen     => 4096,
    max_servers => 256,
    log_level  => 0,
    no_client_stdout => 0,
);
