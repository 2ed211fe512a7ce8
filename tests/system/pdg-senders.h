#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Threads that send events as an SDK does: unique ids, and the same batch again until it got its 202. */
typedef struct _PdgSenders PdgSenders;

typedef struct
{
  guint n_threads;
  guint n_batch;        /* events a request, from 1 to this */
  gboolean careless;    /* takes a broken connection for an answer and goes on: what a control test needs */
  const char *project;  /* NULL = proj_demo */
  const char *key;      /* ingest key, nullable */
  guint16 twin_port;    /* each batch goes to this collector too, at the same time; 0 = none */
} PdgSendersOptions;

/* Starts them; they send until they are told to finish. (transfer full) */
PdgSenders *pdg_senders_start (guint16 port, const PdgSendersOptions *options);

/* Requests that ended without an answer, and those that were refused with a 503 or 429. */
guint       pdg_senders_get_n_broken (PdgSenders *senders);
guint       pdg_senders_get_n_refused (PdgSenders *senders);

/* Events that got their 202. */
guint       pdg_senders_get_n_acknowledged (PdgSenders *senders);

/* Waits until that number has grown by @n. */
void        pdg_senders_wait_for (PdgSenders *senders, guint n);

/* Lets each finish its last batch and waits for them. With @give_up a batch without an answer is left as it is. */
void        pdg_senders_finish (PdgSenders *senders, gboolean give_up);

/* After that: acknowledged events that are not stored exactly once, as the owner at @uri sees it. */
guint       pdg_senders_count_lost (PdgSenders *senders, const char *uri);

/* Fails when one of them is lost, or one is stored twice. */
void        pdg_senders_assert_stored (PdgSenders *senders, const char *uri);

void        pdg_senders_free (PdgSenders *senders);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgSenders, pdg_senders_free)

G_END_DECLS
