#pragma once

#include "analytics/pdg-scan.h"

G_BEGIN_DECLS

/* The one filter language of all reports: tests of typed columns, joined by all, any and not. A column is a property (of a key, a session or an
 * actor; a cohort is one of an actor) and its dictionary: what the values from 1 on stand for. A test is evaluated once on the dictionary, so an
 * event costs look-ups of numbers only. Filters are immutable, atomically counted, and borrow the arrays of their columns.
 *
 * What parts hold: actor, session, time and key of an event. Whatever else a filter asks about an event has to be a member of its key (type,
 * name, page, component, and properties of few values), of its session or of its actor. */
typedef struct _PdgFilter PdgFilter;

#define PDG_TEST_MAX_DEPTH 32

typedef enum { PDG_TEST_TEXT, PDG_TEST_NUMBER } PdgFilterType;

typedef struct
{
  PdgProperty property;
  PdgFilterType type;
  guint32 n_values;         /* of the dictionary, the value 0 (none) counted */
  const char *const *texts; /* n_values; [0] is not read; as the next */
  const double *numbers;
} PdgFilterColumn;

typedef enum
{
  PDG_TEST_IS,
  PDG_TEST_IS_NOT, /* this and the next two negations hold where there is no value, too */
  PDG_TEST_CONTAINS, /* of texts; upper and lower case are the same, as in the next three */
  PDG_TEST_CONTAINS_NOT,
  PDG_TEST_STARTS_WITH,
  PDG_TEST_ENDS_WITH,
  PDG_TEST_LESS, /* of numbers */
  PDG_TEST_LESS_OR_EQUAL,
  PDG_TEST_GREATER,
  PDG_TEST_GREATER_OR_EQUAL,
  PDG_TEST_IS_SET,
  PDG_TEST_IS_NOT_SET,
} PdgFilterOperator;

/* Whether the column's value passes for any of the operands (for a negation: for none is the opposite true), which are @texts or @numbers as the
 * column's type asks. Any thread. (transfer full) (nullable) @error: G_IO_ERROR_INVALID_ARGUMENT when the operator is not one of the
 * type, or has no operand */
PdgFilter *pdg_filter_new_test (const PdgFilterColumn *column, PdgFilterOperator op, const char *const *texts, const double *numbers,
                                guint n_operands, GError **error);

/* Takes a reference on each. No filters: all of them pass, none of any does. (transfer full) (nullable) @error: when it is deeper than
 * PDG_TEST_MAX_DEPTH */
PdgFilter *pdg_filter_new_all (PdgFilter *const *filters, guint n_filters, GError **error);
PdgFilter *pdg_filter_new_any (PdgFilter *const *filters, guint n_filters, GError **error);
PdgFilter *pdg_filter_new_not (PdgFilter *filter, GError **error);
PdgFilter *pdg_filter_ref (PdgFilter *filter);
void       pdg_filter_unref (PdgFilter *filter);

/* Whether an event passes. Any thread. */
gboolean   pdg_filter_test (const PdgFilter *filter, guint32 actor, guint32 session, guint32 key);

/* Up to 32 filters compiled together: for each key the bits of those that its events pass. What they ask about sessions and actors is
 * answered once for a run of events, and chooses among tables of keys. Immutable; every thread may read it. */
typedef struct _PdgMasks PdgMasks;

/* @filters: NULL = every event. @n_keys: one more than the highest key. Takes no reference: filters may go, their columns may not.
 * (transfer full) (nullable) @error: G_IO_ERROR_INVALID_ARGUMENT when they ask too many different things about sessions and actors */
PdgMasks      *pdg_masks_new (PdgFilter *const *filters, guint n_filters, guint32 n_keys, GError **error);
PdgMasks      *pdg_masks_ref (PdgMasks *masks);
void           pdg_masks_unref (PdgMasks *masks);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgFilter, pdg_filter_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgMasks, pdg_masks_unref)

G_END_DECLS
