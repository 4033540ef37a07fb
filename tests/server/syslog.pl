# SPDX-License-Identifier: ISC
# syslog.pl FILE PROGRAM...: a /dev of its own with a /dev/log whose lines go to FILE, and in it the
# program in the place of this process.  Until there is FILE nothing is read.  To be run in a mount
# namespace.
use strict;
use warnings;
use File::Temp qw(tempdir);
use IO::Socket::UNIX;

my ($file, @program) = @ARGV;
my $dev = tempdir();

sub run {
    system(@_) == 0 or die "@_\n";
}
run(qw(mount --make-rprivate /));
run(qw(mount -t tmpfs none), $dev);
for my $name (qw(null zero random urandom)) {
    open(my $f, '>', "$dev/$name") or die;
    run('mount', '--bind', "/dev/$name", "$dev/$name");
}
run('mount', '--rbind', $dev, '/dev');
my $log = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => '/dev/log') or die "/dev/log: $!\n";
my $daemon = $$;
if (fork() == 0) {
    open(STDIN, '<', '/dev/null');
    open(STDOUT, '>', '/dev/null');
    open(STDERR, '>', '/dev/null');
    my $ready = '';
    while (!-e $file) {
        exit 0 if getppid() != $daemon;
        select(undef, undef, undef, 0.02);
    }
    open(STDOUT, '>>', $file) or die;
    $| = 1;
    while (getppid() == $daemon) {
        vec($ready = '', fileno($log), 1) = 1;
        next if select($ready, undef, undef, 0.2) <= 0;
        recv($log, my $line, 8192, 0);
        print "$line\n";
    }
    exit 0;
}
exec(@program) or die "$program[0]: $!\n";
