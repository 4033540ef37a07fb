# SPDX-License-Identifier: ISC
# Amanda's interactivity plug-in: a request for a volume becomes a question of mediachangec.
# Install it as Amanda/Interactivity/mediachange.pm in Amanda's Perl directory; in amanda.conf:
#   define interactivity desk {
#       plugin "mediachange"
#       property "server" "unix:"
#   }
#   interactivity "desk"
# Refused: the scan ends with an error.  Found by Amanda itself meanwhile: the question is withdrawn.
package Amanda::Interactivity::mediachange;

use strict;
use warnings;
use vars qw( @ISA );
@ISA = qw( Amanda::Interactivity );

use POSIX ();
use Amanda::Config;
use Amanda::Changer;
use Amanda::Interactivity;
use Amanda::MainLoop qw( :GIOCondition );

# 3.5 calls it with (class, properties), later versions with two more in between.
sub new {
    my $class = shift;
    my ($properties) = reverse grep { ref $_ eq 'HASH' } @_;
    return bless { properties => $properties || {} }, $class;
}

sub property {
    my ($self, $name, $default) = @_;
    my $values = $self->{'properties'}{$name}{'values'};
    return defined $values ? $values->[0] : $default;
}

sub question {
    my (%params) = @_;
    my $what = defined $params{'label'} ? "volume '$params{'label'}'" : 'a volume';
    $what = 'a new volume' if !defined $params{'label'} && $params{'new_volume'};
    my $where = defined $params{'chg_name'} ? " into changer '$params{'chg_name'}'" : '';
    my $text = "Insert $what$where, then choose Ok.";
    $text .= "\n\n$params{'message'}" if defined $params{'message'};
    $text .= "\n$params{'err'}" if defined $params{'err'};
    return $text;
}

# Start mediachangec; returns its process and the end of a pipe that closes when it ends.
sub start_client {
    my ($self, $text, $key) = @_;
    pipe(my $reader, my $writer) or return;
    my $pid = fork;
    return unless defined $pid;
    if ($pid == 0) {
        close $reader;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>&', $writer;
        exec { 'mediachangec' } 'mediachangec', '-s', $self->property('server', 'unix:'),
            '--title', 'Amanda', '--key', $key, '--', $text
            or POSIX::_exit(70);
    }
    close $writer;
    return ($pid, $reader);
}

sub user_request {
    my ($self, %params) = @_;
    my $finished = $params{'request_cb'};
    # The same volume asked for again is the next attempt of the same question.
    my $key = join ':', 'amanda', Amanda::Config::get_config_name() // '', $params{'label'} // '';
    my ($pid, $reader) = $self->start_client(question(%params), $key);
    return $finished->(failed('cannot start mediachangec')) unless $pid;

    $self->{'pid'} = $pid;
    $self->{'source'} = Amanda::MainLoop::fd_source(fileno $reader, $G_IO_IN | $G_IO_HUP);
    $self->{'source'}->set_callback(sub {
        return if sysread $reader, my $ignored, 4096;
        $self->forget;
        waitpid $pid, 0;
        my $status = $? >> 8;
        # An empty answer means: look again.
        return $finished->(undef, '') if $? == 0;
        return $finished->(failed($status == 1 ? 'the operator refused'
                                               : "mediachangec ended with status $status"));
    });
}

sub failed {
    my ($message) = @_;
    return Amanda::Changer::Error->new('fatal', message => $message);
}

sub forget {
    my ($self) = @_;
    $self->{'source'}->remove if $self->{'source'};
    delete @$self{'source', 'pid'};
}

# The volume turned up by itself.  Waiting for the client here would hold up the scan.
sub abort {
    my ($self) = @_;
    my $pid = $self->{'pid'} or return;
    kill 'TERM', $pid;
    $self->forget;
    my $reaper = Amanda::MainLoop::child_watch_source($pid);
    $reaper->set_callback(sub { $reaper->remove });
}

1;
