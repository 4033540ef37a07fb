#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# A client of testd that reads no answers until it is told to; its cancellation ends with an urgent
# byte (docs/protocol.md, Attention).
#   PORT|PATH mark|plain, then on standard input: more, cancel, read
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../harness";
use Frames;
use Socket qw(MSG_OOB);
use IO::Socket::INET;
use IO::Socket::UNIX;

my ($where, $how) = @ARGV;
my $sock = $where =~ m{/} ? IO::Socket::UNIX->new(Peer => $where)
    : IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $where);
$sock or die "connect: $!\n";
$| = 1;

sub uuid { return sprintf '00000000-0000-4000-8000-%012d', shift }
sub ask  { my ($n, $text) = @_; return framed([0, $n, 'alert.ask', [{ id => uuid($n), text => $text }]]) }
sub put  { put_bytes($sock, @_) }

put(framed([0, 1, 'hello', [{ proto => 1, program => 'perl', version => '1', role => 'asker' }]]));
get_frame($sock);
put(ask(2, 'wait for it'));
print "asked\n";
my ($sent, $last) = (0, 2);
while (my $what = <STDIN>) {
    chomp $what;
    if ($what eq 'more') {
        put(join('', map { ask(++$last, 'large one') } 1 .. 50));
        $sent += 50;
        print "sent $sent\n";
    } elsif ($what eq 'cancel') {
        my $cancel = framed([2, '$/cancel', [{ msgid => 2 }]]);
        put(substr($cancel, 0, -1));
        put(substr($cancel, -1), $how eq 'mark' ? MSG_OOB : 0);
        put(ask(++$last, 'large end'));
        print "cancelled\n";
    } else {
        my ($error, $answers) = ('none', 0);
        while ($answers < $sent + 1 || $error eq 'none') {
            my $m = unpacked(get_frame($sock));
            next if $m->[0] != 1;
            if ($m->[1] == 2) { $error = $m->[2]{name} } else { $answers++ }
        }
        print "$error $answers\n";
    }
}
