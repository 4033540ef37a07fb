# SPDX-License-Identifier: ISC
# (f) Calls GUI → helper → echoing server and back, beside the pipe alone.
test frames {
    foreach window {1 32} {
        set values [alternate $::runs {
            pipe { value frames [pinned [bench frames $window $::seconds pipe]] }
            helper {
                set path [tmp]
                set server [Job new {*}[pinned [bench echo_server $path]]]
                until 5000 {[string match *ready* [$server out]]}
                set rate [value frames \
                    [pinned [bench frames $window $::seconds [bin ipadmh] unix:$path]]]
                harness::Cleanup
                set rate
            }
        }]
        figure "calls through the helper, $window in flight" 1/s [dict get $values helper] \
            "the pipe alone" [dict get $values pipe]
    }
}
