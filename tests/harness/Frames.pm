# SPDX-License-Identifier: ISC
# Frames with MessagePack in them on a blocking socket (docs/protocol.md), for clients of bad manners.
package Frames;
use strict;
use warnings;
use Data::MessagePack;
use Exporter 'import';

our @EXPORT = qw(framed unpacked get_frame put_bytes);

my $mp = Data::MessagePack->new->utf8;

sub framed { return pack('N/a*', $mp->pack(shift)) }
sub unpacked { return $mp->unpack(shift) }

sub get {
    my ($sock, $want, $have) = (@_, '');
    while (length $have < $want) {
        sysread($sock, $have, $want - length $have, length $have) or die "closed\n";
    }
    return $have;
}

# The payload of the next frame.
sub get_frame { my $sock = shift; return get($sock, unpack 'N', get($sock, 4)) }

# All of them, with the flags of send(2).
sub put_bytes {
    my ($sock, $bytes, $flags) = @_;
    while (length $bytes) {
        my $n = send($sock, $bytes, $flags // 0) // die "send: $!\n";
        substr $bytes, 0, $n, '';
    }
}

1;
