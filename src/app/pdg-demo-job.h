#pragma once

#include "app/pdg-workspace.h"

G_BEGIN_DECLS

#define PDG_TYPE_DEMO_JOB (pdg_demo_job_get_type ())
G_DECLARE_FINAL_TYPE (PdgDemoJob, pdg_demo_job, PDG, DEMO_JOB, GObject)

/* Loads the demo shop and then shows its project.
 * Properties: "running" (boolean), "fraction" (double 0..1), "error-message" (string). UI thread. */
PdgDemoJob *pdg_demo_job_new (PdgWorkspace *workspace);

/* Starts; nothing while it runs. */
void        pdg_demo_job_start (PdgDemoJob *self);

gboolean    pdg_demo_job_is_running (PdgDemoJob *self);
double      pdg_demo_job_get_fraction (PdgDemoJob *self);
const char *pdg_demo_job_get_error_message (PdgDemoJob *self);

/* "12,034 of 48,000 events". (transfer full); NULL when unknown. */
char       *pdg_demo_job_dup_progress_text (PdgDemoJob *self);

G_END_DECLS
