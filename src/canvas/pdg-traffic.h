#pragma once

#include "canvas/pdg-scene-draw.h"

G_BEGIN_DECLS

/* Events on their way over a scene, and who is on which screen. A step between two screens runs along their edge as a dot in the time
 * that it took; other events light up their card. Many are gathered into one dot, which is larger: no event is lost, and each is in one
 * place. Screens are known by id, so that the scene may be exchanged under them. One thread. @now_usec: monotonic. */
typedef struct _PdgTraffic PdgTraffic;

/* How long a dot runs. */
#define PDG_TRAFFIC_MIN_MS 400.0
#define PDG_TRAFFIC_MAX_MS 2000.0

/* Dots under way at most: of more, those of one edge are joined. */
#define PDG_TRAFFIC_MAX_DOTS 1500

/* (transfer full) */
PdgTraffic *pdg_traffic_new (void);
void        pdg_traffic_free (PdgTraffic *traffic);

/* Forgets everything but what came in. */
void        pdg_traffic_clear (PdgTraffic *traffic);

/* What they run over; nullable. Takes a reference. */
void        pdg_traffic_set_scene (PdgTraffic *traffic, PdgScene *scene);

/* Without motion: events are only counted. */
void        pdg_traffic_set_still (PdgTraffic *traffic, gboolean still);

/* Holds everything where it is, and lets it go on from there. */
void        pdg_traffic_set_paused (PdgTraffic *traffic, gboolean paused, gint64 now_usec);
gboolean    pdg_traffic_is_paused (const PdgTraffic *traffic);

/* @count events; @screen_id is nullable: nowhere. */
void        pdg_traffic_add_step (PdgTraffic *traffic, const char *from_id, const char *to_id, guint count, double elapsed_ms,
                                  gint64 now_usec);
void        pdg_traffic_add_pulse (PdgTraffic *traffic, const char *screen_id, guint count, gint64 now_usec);

/* Sessions and actors on a screen; and on none any more. */
void        pdg_traffic_set_counter (PdgTraffic *traffic, const char *screen_id, guint n_sessions, guint n_actors);
void        pdg_traffic_clear_counters (PdgTraffic *traffic);
void        pdg_traffic_get_counter (const PdgTraffic *traffic, const char *screen_id, guint *n_sessions, guint *n_actors);

/* Events that came in, that are under way in dots and lights, and that arrived: the first is the sum of the others. */
guint64     pdg_traffic_get_n_in (const PdgTraffic *traffic);
guint64     pdg_traffic_get_n_moving (const PdgTraffic *traffic);
guint64     pdg_traffic_get_n_arrived (const PdgTraffic *traffic);
guint       pdg_traffic_get_n_dots (const PdgTraffic *traffic);

/* Lets what reached its end by now arrive. TRUE while something moves, which wants another frame. */
gboolean    pdg_traffic_advance (PdgTraffic *traffic, gint64 now_usec);

/* Draws all of it as it is at the newest advance, as pdg_scene_draw_live() does; @cr draws on a picture. Dots are where @scene has
 * their edges. */
void        pdg_traffic_draw (const PdgTraffic *traffic, cairo_t *cr, const PdgCamera *camera, int width, int height, int scale_factor,
                              const PdgTheme *theme);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgTraffic, pdg_traffic_free)

G_END_DECLS
