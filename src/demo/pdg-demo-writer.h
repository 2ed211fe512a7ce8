#pragma once

#include "demo/pdg-demo-session.h"

G_BEGIN_DECLS

/* What all events of one session have in common, written once. */
typedef struct
{
  char *head; /* keys before the type */
  char *tail; /* the beginning of metadata */
  char *user; /* the key that is sent once signed in */
} PdgDemoConstants;

void pdg_demo_constants_init (PdgDemoConstants *constants, const PdgDemoVisitor *visitor, const char *project_json);
void pdg_demo_constants_clear (PdgDemoConstants *constants);

/* A JSON string with its quotes. (transfer full) */
char *pdg_demo_quote_json (const char *text);

/* Appends the event as a JSON object of the wire, with @at_usec as its time. */
void pdg_demo_write_event (GString              *out,
                           guint64               id_seed,
                           const PdgDemoVisitor *visitor,
                           const PdgDemoConstants *constants,
                           const PdgDemoEvent   *event,
                           gint64                at_usec);

G_END_DECLS
