#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# A framed client that shares no code with us: IO::Socket, pack and Data::MessagePack.
#   PORT|PATH ask ID TEXT      asks, waits, confirms, prints the label
#   PORT|PATH answer ID LABEL  answers as a desk, prints who did
use strict;
use warnings;
use IO::Socket::INET;
use IO::Socket::UNIX;
use Data::MessagePack;

my ($where, $what, $id, $text) = @ARGV;
my $mp   = Data::MessagePack->new->utf8;
my $sock = $where =~ m{/}
    ? IO::Socket::UNIX->new(Peer => $where)
    : IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $where);
$sock or die "cannot connect: $!\n";
my $msgid = 0;

sub get {
    my $want = shift;
    my $have = '';
    while (length $have < $want) {
        read($sock, $have, $want - length $have, length $have) or die "closed\n";
    }
    return $have;
}

sub call {
    my ($method, $params) = @_;
    my $payload = $mp->pack([0, ++$msgid, $method, [$params]]);
    print $sock pack('N', length $payload) . $payload;
    $sock->flush;
    while (1) {
        my $message = $mp->unpack(get(unpack 'N', get(4)));
        next if $message->[0] != 1 || $message->[1] != $msgid;
        die "$method: $message->[2]{name}: $message->[2]{message}\n" if $message->[2];
        return $message->[3];
    }
}

call('hello', { proto => 1, program => 'perl', version => '1', role => $what eq 'ask' ? 'asker' : 'tool' });
if ($what eq 'ask') {
    my $alert = call('alert.ask', { id => $id, text => $text });
    call('alert.confirm', { id => $id });
    print "$alert->{answer}\n";
} else {
    my $alert = call('alert.answer',
        { id => $id, answer_id => '11111111-2222-4333-8444-555555555555', label => $text });
    print "$alert->{by}\n";
}
