# SPDX-License-Identifier: ISC
# Amanda's side of examples/mediachange.pm: a scan that lacks a volume asks for it, with the configuration
# in ./amanda.conf.  By Amanda's own modules where they are in Perl's path, else by ours in their place
# (amanda_played.pl), which do what Amanda::Interactivity(3), Amanda::MainLoop(3) and Amanda::Changer(3) say.
#   perl amanda_scan.pl LABEL     prints what request_cb is given; a line on standard input: the volume has
#                                 turned up by itself, so it aborts
use strict;
use warnings;
no warnings 'once';
use FindBin;

my $is_real = eval { require Amanda::Config; require Amanda::MainLoop; require Amanda::Changer; 1 };
require "$FindBin::Bin/amanda_played.pl" unless $is_real;
require Amanda::Interactivity;
Amanda::Config::config_init($Amanda::Config::CONFIG_INIT_USE_CWD, undef);
STDOUT->autoflush(1);
print $is_real ? "by Amanda\n" : "played\n";

my $desk = Amanda::Interactivity->new(name => 'desk');
my $input = Amanda::MainLoop::fd_source(fileno STDIN, $Amanda::MainLoop::G_IO_IN);
$input->set_callback(sub {
    $input->remove;
    $desk->abort;
    print "aborted\n";
    Amanda::MainLoop::quit();
});
$desk->user_request(
    label => $ARGV[0], new_volume => 0, chg_name => 'vtape', message => 'No acceptable volumes found',
    err => 'slot 1 is empty',
    request_cb => sub {
        my ($err, $answer) = @_;
        print defined $err ? "error: $err\n" : "answer: [$answer]\n";
        Amanda::MainLoop::quit();
    });
Amanda::MainLoop::run();
