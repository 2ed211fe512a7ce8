#pragma once

#include "demo/pdg-demo-random.h"
#include "demo/pdg-demo-session.h"

G_BEGIN_DECLS

/* A session while it is being lived through; shared by pdg-demo-session.c and pdg-demo-checkout.c only. */
typedef struct
{
  const PdgDemoVisitor *visitor;
  GArray *events;
  PdgDemoRandom random;
  gint64 now_usec;
  gint64 viewed_usec;
  guint32 sequence;
  PdgDemoScreenId screen;
  guint item;
  int previous_screen;
  guint previous_item;
  gboolean signed_in;
  gboolean buying;  /* on the way through the checkout */
  gint32 cart_items;
  gint32 cart_cents;
  gint32 wish_items;
  gint32 payment_method;
  gint32 payment_error;
  gint32 sort;
} PdgDemoRun;

PdgDemoEvent   *pdg_demo_run_emit (PdgDemoRun *run, PdgDemoEventType type);
void            pdg_demo_run_wait (PdgDemoRun *run, double median_ms);
void            pdg_demo_run_act (PdgDemoRun *run, PdgDemoEventType type, PdgDemoPartId part);
void            pdg_demo_run_fill (PdgDemoRun *run, PdgDemoPartId part, double median_ms); /* focus, then input */
void            pdg_demo_run_call (PdgDemoRun *run, PdgDemoApi api, int status, double median_ms);
void            pdg_demo_run_set (PdgDemoRun *run, PdgDemoStateKey key, gint32 before, gint32 after);
void            pdg_demo_run_step (PdgDemoRun *run, PdgDemoStep step);
void            pdg_demo_run_fail (PdgDemoRun *run, PdgDemoError error);

/* Draws the way on among the screen's edges; the click on it is not sent yet. */
const PdgDemoEdge *pdg_demo_run_choose (PdgDemoRun *run);

/* What visitors do on the screens of the checkout and the account, after the page has loaded. They answer where the
 * visitor goes next, all clicks sent. */
PdgDemoScreenId pdg_demo_run_sign_in (PdgDemoRun *run);
PdgDemoScreenId pdg_demo_run_create_account (PdgDemoRun *run);
PdgDemoScreenId pdg_demo_run_shipping (PdgDemoRun *run);
PdgDemoScreenId pdg_demo_run_payment (PdgDemoRun *run);
PdgDemoScreenId pdg_demo_run_review_order (PdgDemoRun *run);

G_END_DECLS
