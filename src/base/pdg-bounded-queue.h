#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* First in, first out between threads, with a limit on the sum of the items' weights: the back-pressure of the house. */
typedef struct _PdgBoundedQueue PdgBoundedQueue;

/* @max_weight: the limit; @free_item frees what is left when the queue goes. (transfer full) */
PdgBoundedQueue *pdg_bounded_queue_new (gsize max_weight, GDestroyNotify free_item);
void             pdg_bounded_queue_free (PdgBoundedQueue *queue);

/* Takes @item when there is room and the queue is open; FALSE leaves it with the caller. An empty queue takes any weight.
 * Any thread; never waits. */
gboolean         pdg_bounded_queue_try_push (PdgBoundedQueue *queue, gpointer item, gsize weight);

/* Waits for items and moves as many as fit into @max_weight (at least one) to @items, in order. Returns their number;
 * 0 when @timeout_usec passed (negative = for ever), or when the queue is closed and empty. */
guint            pdg_bounded_queue_pop_many (PdgBoundedQueue *queue, GPtrArray *items, gsize max_weight, gint64 timeout_usec);

/* Refuses new items; what is queued can still be popped. */
void             pdg_bounded_queue_close (PdgBoundedQueue *queue);
gboolean         pdg_bounded_queue_is_closed (PdgBoundedQueue *queue);
gsize            pdg_bounded_queue_get_weight (PdgBoundedQueue *queue);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgBoundedQueue, pdg_bounded_queue_free)

G_END_DECLS
