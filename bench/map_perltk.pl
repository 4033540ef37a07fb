#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# The peer for windows in Perl: the message box that the original daemon showed.
use strict;
use warnings;
use Tk;

$SIG{TERM} = sub { exit 0 };
my $main = MainWindow->new;
$main->withdraw;
$main->messageBox(
    -title   => 'mediachanged',
    -icon    => 'info',
    -type    => 'OKCancel',
    -message => "Message from localhost (127.0.0.1)\n\nPlease insert volume 7",
);
