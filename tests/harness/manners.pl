#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# Daemons with bad manners, each on a port of 127.0.0.1 of its own, in one process: "PORT NAME" a line, in the
# order of the arguments, when all listen.
#   silent    takes the connection and says nothing
#   slow      answers hello after a second and a half
#   dies      answers hello and closes
#   garbage   answers hello with what is no message
#   unable    answers hello, and everything else with "unavailable"
#   late      takes questions, and answers one with Ok when it is taken back
#   chatty    answers hello and says 200 times "chatter" with 8 KiB and their numbers from 0
#   flood     the same without an end; how many were said so far is a line "said N" once a second
# After hello, what is asked is not answered by the others.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Data::MessagePack;
use Time::HiRes 'time';

my $mp = Data::MessagePack->new->utf8;
my $text = 'x' x 8192;
my %manner;    # by listener
my %peer;      # by connection: {manner, in, out, said, due}
$| = 1;
$SIG{PIPE} = 'IGNORE';

sub framed { my $p = $mp->pack(shift); return pack('N/a*', $p) }
sub hello { return framed([1, shift, undef, { proto => 1, program => 'mediachanged', version => '1', operator => 1 }]) }

my $select = IO::Select->new;
for my $name (@ARGV) {
    my $s = IO::Socket::INET->new(Listen => 16, LocalAddr => '127.0.0.1', ReuseAddr => 1) or die "listen: $!\n";
    $select->add($s);
    $manner{$s} = $name;
    print $s->sockport, " $name\n";
}

sub drop { my $c = shift; $select->remove($c); delete $peer{$c}; close $c }

# What is to be sent next, when nothing waits.
sub refill {
    my $p = shift;
    my $most = { chatty => 200, flood => 1e9 }->{ $p->{manner} } // 0;
    return if length $p->{out} or !$p->{greeted} or $p->{said} >= $most;
    $p->{out} = framed([2, 'chatter', [{ n => $p->{said}, text => $text }]]);
    $p->{said}++;
}

sub greet {
    my ($c, $p) = @_;
    $p->{out} .= $p->{manner} eq 'garbage' ? pack('N/a*', "\xc1nonsense") : hello($p->{id});
    $p->{greeted} = 1;
}

# What "late" says to a call.
sub late {
    my ($p, $call, $params) = @_;
    my %alert = (id => $params->{id}, state => 'answered', kind => 'okcancel', labels => ['Ok', 'Cancel'], answer => 'Ok');
    if ($call->[2] eq 'alert.ask') {
        $p->{ask} = $call->[1];
        return framed([2, 'alert.accepted', [{ ask => $params->{id}, id => $params->{id}, desks => 1, attempt => 1 }]]);
    }
    return framed([1, $call->[1], undef, {}]) if $call->[2] ne 'alert.withdraw';
    return framed([1, $call->[1], { code => 9, name => 'already_answered', message => 'late', data => \%alert }, undef])
        . framed([1, $p->{ask}, undef, \%alert]);
}

sub refuse {
    my $p = shift;
    while (length $p->{in} >= 4 and length $p->{in} >= 4 + unpack('N', $p->{in})) {
        my $m = $mp->unpack(unpack('N/a*', $p->{in}));
        substr($p->{in}, 0, 4 + unpack('N', $p->{in})) = '';
        next if $m->[2] eq 'hello';
        $p->{out} .= late($p, $m, $m->[3][0]) and next if $p->{manner} eq 'late';
        $p->{out} .= framed([1, $m->[1], { code => 0, name => 'unavailable', message => 'the store is away' }, undef]);
    }
}

sub hear {
    my ($c, $p) = @_;
    return drop($c) unless sysread $c, $p->{in}, 65536, length $p->{in};
    return refuse($p) if $p->{asked} and $p->{manner} =~ /unable|late/;
    return if $p->{asked} or length $p->{in} < 4 or length $p->{in} < 4 + unpack('N', $p->{in});
    $p->{id} = $mp->unpack(substr $p->{in}, 4, unpack('N', $p->{in}))->[1];
    $p->{asked} = 1;
    $p->{due} = time + 1.5;
    greet($c, $p) unless $p->{manner} =~ /silent|slow/;
}

my $told = time;
while (1) {
    my @writers;
    for my $key (keys %peer) {
        my $p = $peer{$key};
        greet($p->{c}, $p) if $p->{manner} eq 'slow' and $p->{asked} and !$p->{greeted} and time > $p->{due};
        refill($p);
        push @writers, $p->{c} if length $p->{out};
    }
    my ($r, $w) = IO::Select->select($select, IO::Select->new(@writers), undef, 0.1);
    for my $s (@{ $r // [] }) {
        if (my $name = $manner{$s}) {
            my $c = $s->accept or next;
            $c->blocking(0);
            $select->add($c);
            $peer{$c} = { manner => $name, in => '', out => '', said => 0, c => $c };
        } elsif ($peer{$s}) {
            hear($s, $peer{$s});
        }
    }
    for my $c (@{ $w // [] }) {
        my $p = $peer{$c} or next;
        my $n = syswrite $c, $p->{out};
        substr $p->{out}, 0, $n, '' if $n;
        drop($c) if $p->{manner} eq 'dies' and $p->{greeted} and !length $p->{out};
    }
    if (time > $told + 1) {
        $told = time;
        for my $p (values %peer) { print "said $p->{said}\n" if $p->{manner} eq 'flood' }
    }
}
