# SPDX-License-Identifier: ISC
# In the place of Amanda's modules, as far as a plug-in for interactivity uses them (amanda_scan.pl).
use strict;
use warnings;
$INC{"Amanda/$_.pm"} = __FILE__ for qw(Config MainLoop Changer Interactivity);

package Amanda::Config;
our $CONFIG_INIT_USE_CWD = 2;
our %properties;
sub config_init {
    open my $file, '<', 'amanda.conf' or die "amanda.conf: $!";
    /^\s*property\s+"(.*?)"\s+"(.*?)"/ and $properties{$1} = { values => [$2] } while <$file>;
}
sub get_config_name { return 'nightly' }

package Amanda::Interactivity;
sub new {
    require Amanda::Interactivity::mediachange;
    return Amanda::Interactivity::mediachange->new(\%Amanda::Config::properties);
}

package Amanda::Changer::Error;
use overload '""' => sub { return $_[0]{'message'} };
sub new { my ($class, $type, %info) = @_; return bless { type => $type, %info }, $class }

package Amanda::Changer;
sub import { }

# A loop over descriptors and children.
package Amanda::MainLoop;
our ($G_IO_IN, $G_IO_HUP) = (1, 16);
our (%sources, $is_over);
sub import {
    no strict 'refs';
    *{caller() . "::$_"} = \${"Amanda::MainLoop::$_"} for qw(G_IO_IN G_IO_HUP);
}
sub fd_source { return bless { fd => $_[0] }, 'Amanda::MainLoop::Source' }
sub child_watch_source { return bless { pid => $_[0] }, 'Amanda::MainLoop::Source' }
sub quit { $is_over = 1 }
sub run {
    while (!$is_over) {
        my $bits = '';
        vec($bits, $_->{'fd'}, 1) = 1 for grep { defined $_->{'fd'} } values %sources;
        select $bits, undef, undef, 0.05;
        # a copy: what is called may remove sources
        my @all = values %sources;
        for my $s (@all) {
            next if !$sources{$s};
            $s->{'callback'}->($s)
                if defined $s->{'fd'} ? vec($bits, $s->{'fd'}, 1) : waitpid($s->{'pid'}, 1) > 0;
        }
    }
}
sub Amanda::MainLoop::Source::set_callback { my ($s, $do) = @_; $s->{'callback'} = $do; $sources{$s} = $s }
sub Amanda::MainLoop::Source::remove { delete $sources{ $_[0] } }

1;
