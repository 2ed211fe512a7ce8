#pragma once

#include "db/pdg-db-pool.h"
#include "model/pdg-event.h"
#include "model/pdg-principal.h"

G_BEGIN_DECLS

/* Counts how stored events did not look like their schemas: gathered in memory, and written as soon as a thread of the pool has nothing
 * more urgent to do. Atomically counted. Any thread. */
typedef struct _PdgPlanReport PdgPlanReport;

/* (transfer full) */
PdgPlanReport *pdg_plan_report_new (PdgDbPool *pool);
void           pdg_plan_report_unref (PdgPlanReport *report);

/* Gathers the findings of a batch that is stored; without any it costs nothing. */
void           pdg_plan_report_add (PdgPlanReport *report, PdgPrincipal *principal, const PdgEventBatch *batch);

/* How many there were so far. */
guint64        pdg_plan_report_get_n_findings (PdgPlanReport *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgPlanReport, pdg_plan_report_unref)

G_END_DECLS
