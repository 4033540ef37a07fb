/* SPDX-License-Identifier: ISC */
/* Parts of an alert as text for a terminal (client/common/cells.h). */
#ifndef OPDESK_CLIENT_MEDIACHANGEQ_CELLS_H
#define OPDESK_CLIENT_MEDIACHANGEQ_CELLS_H

#include "client/common/cells.h"

cell_fn cell_id, cell_age, cell_ended, cell_severity, cell_from, cell_state, cell_question;

#endif
