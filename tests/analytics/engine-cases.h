#pragma once

#include "analytics/pdg-scan.h"

/* What the answers to reference.py share: reading a case from standard input. */

gint64       next_number (void);
guint32     *next_numbers (guint32 *out_n);

/* Events as they come, into a part a day. */
PdgScan     *next_scan (void);
PdgProperty  next_property (void);

void         answer_buckets (void);
void         answer_retention (void);
