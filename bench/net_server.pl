#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# The peers in Perl: a personality of Net::Server that answers every line with Ok and ends a connection after
# its first line, unless that begins with "again".  usage: Fork|PreFork|Multiplex PORT
use strict;
use warnings;

my ($personality, $port) = @ARGV;
eval "require Net::Server::$personality" or die $@;
our @ISA = ("Net::Server::$personality");

sub process_request {
    $| = 1;
    while (my $line = <STDIN>) {
        print "Ok\n";
        last unless $line =~ /^again/;
    }
}

# Multiplex gives what has come to the handler of IO::Multiplex instead.
sub mux_input {
    my ($self, $mux, $fh, $in) = @_;
    while ($$in =~ s/^(.*\n)//) {
        my $line = $1;
        print $fh "Ok\n";
        $mux->shutdown($fh, 1) unless $line =~ /^again/;
    }
}

__PACKAGE__->run(
    host      => '127.0.0.1',
    port      => $port,
    ipv       => '4',
    listen    => 4096,
    log_level => 0,
    no_client_stdout => 0,
    $personality eq 'Fork'    ? (max_servers => 256) : (),
    # as many as there will be connections, from the start
    $personality eq 'PreFork' ? (min_servers => 72, max_servers => 80, min_spare_servers => 1, max_spare_servers => 79,
        max_requests => 1_000_000) : (),
);
