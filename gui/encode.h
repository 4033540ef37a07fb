/* SPDX-License-Identifier: ISC */
/*
 * Tcl values as MessagePack.  Tcl's have no types: lib/method.h says what each parameter is.
 */
#ifndef OPDESK_GUI_ENCODE_H
#define OPDESK_GUI_ENCODE_H

#include "gui/command.h"
#include "lib/method.h"
#include "lib/mp.h"

/*
 * Append the dict `params` as the map that `m` wants.  OP_BAD_REQUEST with the message in the
 * interpreter: no dict, a parameter that the method does not have, a value of another type, a
 * required one missing.
 */
int encode_params(Tcl_Interp *interp, struct mp_out *o, const struct method *m, Tcl_Obj *params);

#endif
