#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A part: the events of one project and one UTC day as immutable bytes that are scanned where they lie. It is derived from the rows of
 * `event` and can be made from them again.
 *
 * Bytes, little-endian, no gaps, in this order; n = events, r = runs:
 *
 *   header, 64 bytes
 *      0  u8[4]  "PDGP"
 *      4  u16    version, 1
 *      6  u8     bytes of a key: 2, or 4 when a key is above 65,535
 *      7  u8     bytes of one row of event columns, 0 in this version
 *      8  i32    number of the organisation
 *     12  i32    number of the project
 *     16  i32    day: days since 1970-01-01 UTC
 *     20  u32    n
 *     24  u32    r
 *     28  u8[36] 0
 *   u32[n]    time of each event: ms since the day began, below 86,400,000
 *   u32[r]    actor of each run
 *   u32[r]    session of each run
 *   u32[r+1]  first event of each run, and n
 *   u16|u32[n] key of each event
 *
 * The content is a multiset of (actor, time, session, key), sorted by that tuple; a run is a maximal stretch of one actor and session. So
 * the bytes follow from the content alone: packing the rows of a day equals merging any parts of them. Byte 7, the 36 zero bytes and the
 * five highest bits of a time, which are 0, are what a later version may use, say for amounts and durations of events; a reader refuses a
 * version it does not know. Actors, sessions and keys are numbers of the project; what they stand for lies in its tables.
 *
 * Who stores parts needs of this folder: with the rows of a day pdg_part_pack(); for compaction pdg_part_open() and pdg_part_merge(); when a person is
 * deleted or linked pdg_part_remove_actor() and pdg_part_remap_actor(). Who asks a report needs pdg_part_open() with the id that the row of the
 * database has, pdg_part_merge() for the parts of one day, pdg_scan_new() over the days in order, columns (PdgProperty) and dictionaries by
 * number for its filters (pdg-filter.h), and edges of buckets (base/pdg-buckets.h); then the _check() of the report, its _run() over
 * ranges of actors up to pdg_scan_get_actor_end(), and _result_add(). */

#define PDG_PART_VERSION 1
#define PDG_PART_HEADER_BYTES 64
#define PDG_PART_MAX_EVENTS 200000000
#define PDG_MS_PER_DAY 86400000

typedef enum
{
  PDG_PART_ERROR_FOREIGN, /* of another organisation, project or version */
  PDG_PART_ERROR_BROKEN,
  PDG_PART_ERROR_TOO_LARGE,
} PdgPartError;

#define PDG_PART_ERROR (pdg_part_error_quark ())
GQuark pdg_part_error_quark (void);

/* Whose events, of which day. A plain value. */
typedef struct
{
  gint32 org_no;
  gint32 project_no;
  gint32 day;
} PdgPartId;

typedef struct
{
  gint64 ts_ms; /* since 1970 UTC */
  guint32 actor;
  guint32 session;
  guint32 key;
} PdgPartRow;

/* A checked part. Immutable, atomically counted; every thread may read it. */
typedef struct _PdgPart PdgPart;

/* Makes the bytes of @rows, in any order, all of the day of @id; @n_rows at most PDG_PART_MAX_EVENTS. Any thread. (transfer full) */
GBytes    *pdg_part_pack (PdgPartId id, const PdgPartRow *rows, gsize n_rows);

/* Reads a part: every length, the order and that it is of @id are checked here, once. Hostile bytes only give an error. Takes a reference on
 * @bytes, and copies them when they are not aligned. Any thread. (transfer full) (nullable) @error: PDG_PART_ERROR */
PdgPart   *pdg_part_open (GBytes *bytes, PdgPartId id, GError **error);

/* Reads whose part it claims to be, for tools and tests; FALSE when the header is not one. */
gboolean   pdg_part_peek_id (GBytes *bytes, PdgPartId *out_id);

PdgPart   *pdg_part_ref (PdgPart *part);
void       pdg_part_unref (PdgPart *part);

PdgPartId  pdg_part_get_id (const PdgPart *part);
guint32    pdg_part_get_n_events (const PdgPart *part);
guint32    pdg_part_get_n_runs (const PdgPart *part);

/* (transfer none) */
GBytes    *pdg_part_get_bytes (const PdgPart *part);

/* The events as rows, in the order of the part. (transfer full) (array length=out_n) */
PdgPartRow *pdg_part_dup_rows (const PdgPart *part, gsize *out_n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgPart, pdg_part_unref)

G_END_DECLS
