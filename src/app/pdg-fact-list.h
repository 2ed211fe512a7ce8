#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PDG_TYPE_FACT_LIST (pdg_fact_list_get_type ())
G_DECLARE_FINAL_TYPE (PdgFactList, pdg_fact_list, PDG, FACT_LIST, GtkWidget)

/* A heading and rows of facts below it: what, more of it in small, and a figure at the right. Without rows nothing is seen of it. Of many
 * rows the first are shown until the rest is asked for. */
GtkWidget *pdg_fact_list_new (const char *heading);

/* One row. A plain value, borrowed. */
typedef struct
{
  const char *title;
  const char *detail;  /* nullable */
  const char *value;   /* nullable */
  const char *tooltip; /* nullable */
  gboolean is_code;    /* the title is a path or a key */
  gboolean bad;        /* marks the value with a glyph and the colour of errors */
} PdgFact;

void       pdg_fact_list_clear (PdgFactList *self);
void       pdg_fact_list_add (PdgFactList *self, const PdgFact *fact);

G_END_DECLS
