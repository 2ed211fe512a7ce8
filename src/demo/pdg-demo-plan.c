#include "config.h"
#include "demo/pdg-demo-plan.h"

#include "base/pdg-time.h"
#include "demo/pdg-demo-random.h"

#define USEC_PER_HOUR (PDG_USEC_PER_SEC * 3600)
#define ROLL_OUT_USEC (10 * USEC_PER_HOUR)
#define PAUSE_BETWEEN_VISITS_USEC (3 * USEC_PER_HOUR)
#define RETURN_SHARE 0.45
#define N_LIVE_PEOPLE 20000
#define FIRST_LIVE_USER 50000000

/* Separate random streams for separate questions, so that one more draw in one of them leaves the others alone. */
enum
{
  SALT_START = 1,
  SALT_PERSON_OF_SESSION,
  SALT_PERSON,
  SALT_SESSION,
  SALT_SESSION_ID,
  SALT_ANONYMOUS_ID,
  SALT_LIVE,
};

const PdgDemoDevice pdg_demo_devices[N_DEVICES] = {
  { "desktop", "1440x900", "Chrome 142", 0.8, 20 }, { "desktop", "1920x1080", "Firefox 145", 0.85, 11 },
  { "desktop", "1280x800", "Safari 26", 0.9, 12 },  { "desktop", "1536x864", "Edge 142", 0.95, 8 },
  { "phone", "390x844", "Safari 26", 1.25, 25 },    { "phone", "412x915", "Chrome 142", 1.5, 17 },
  { "tablet", "820x1180", "Safari 26", 1.1, 5 },    { "tablet", "800x1280", "Chrome 142", 1.45, 2 },
};

const char *const pdg_demo_countries[N_COUNTRIES] = { "DE", "GB", "FR", "NL", "AT", "SE", "DK", "CH", "US" };
static const double country_weights[N_COUNTRIES] = { 34, 18, 12, 9, 7, 6, 5, 3, 6 };

const char *const pdg_demo_versions[N_RELEASES] = { "2.2.0", "2.3.0", "2.4.0", "2.4.1" };
static const double release_shares[N_RELEASES] = { 0, 0.27, 0.60, 0.80 }; /* of the history before the roll-out */

/* Shares of the day's visits by hour in UTC, and of the week's by day, Monday first. */
static const double hour_weights[24] = { 2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 13, 13, 14, 13, 12, 12, 13, 15, 18, 21, 22, 18, 11, 5 };
static const double weekday_weights[7] = { 1.0, 0.96, 1.0, 1.05, 0.94, 1.14, 1.28 };

typedef struct
{
  gint64 start_usec;
  guint32 person;
  guint32 visit; /* how often that person came before */
} PlannedSession;

typedef struct
{
  gint64 last_start_usec;
  guint32 n_visits;
} Person;

struct _PdgDemoPlan
{
  guint64 seed;
  gint64 start_usec;
  gint64 end_usec;
  guint n_sessions;
  PlannedSession *sessions;
  PdgDemoRelease releases[N_RELEASES];
};

static void
plan_releases (PdgDemoPlan *plan)
{
  double length_usec = (double) (plan->end_usec - plan->start_usec);

  for (guint i = 0; i < N_RELEASES; i++)
    {
      gint64 at = plan->start_usec + (gint64) (length_usec * release_shares[i]);

      /* Releases go out at ten in the morning, when the history is long enough for it to matter. */
      if (i > 0 && length_usec >= 7.0 * (double) PDG_USEC_PER_DAY)
        at = (gint64) pdg_time_get_utc_day (at) * PDG_USEC_PER_DAY + 10 * USEC_PER_HOUR;
      plan->releases[i].version = pdg_demo_versions[i];
      plan->releases[i].start_usec = at;
    }
}

/* Visits per hour around @at: the day, the week, slow growth and a newsletter in the middle of the history. */
static double
weigh_hour (const PdgDemoPlan *plan, gint64 at)
{
  gint32 day = pdg_time_get_utc_day (at);
  guint hour = (guint) ((at - day * PDG_USEC_PER_DAY) / USEC_PER_HOUR);
  guint weekday = (guint) ((day + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
  double progress = (double) (at - plan->start_usec) / (double) MAX (1, plan->end_usec - plan->start_usec);
  gint32 newsletter_day = pdg_time_get_utc_day (plan->start_usec + (plan->end_usec - plan->start_usec) / 100 * 46);
  double newsletter = day == newsletter_day && hour >= 8 && hour < 14 ? 1.7 : 1.0;

  return hour_weights[hour] * weekday_weights[weekday] * (0.88 + 0.24 * progress) * newsletter;
}

static int
compare_times (gconstpointer a, gconstpointer b, gpointer user_data)
{
  gint64 left = ((const PlannedSession *) a)->start_usec, right = ((const PlannedSession *) b)->start_usec;

  return (left > right) - (left < right);
}

static void
plan_starts (PdgDemoPlan *plan)
{
  guint n_hours = (guint) MAX (1, (plan->end_usec - plan->start_usec) / USEC_PER_HOUR);
  g_autofree double *sums = g_new (double, n_hours);
  PdgDemoRandom random = pdg_demo_random_make (plan->seed, SALT_START, 0);
  double total = 0;

  for (guint i = 0; i < n_hours; i++)
    sums[i] = total += weigh_hour (plan, plan->start_usec + i * USEC_PER_HOUR);
  for (guint i = 0; i < plan->n_sessions; i++)
    {
      double at = pdg_demo_random_unit (&random) * total;
      guint low = 0, high = n_hours - 1;

      while (low < high)
        {
          guint middle = (low + high) / 2;

          if (sums[middle] <= at)
            low = middle + 1;
          else
            high = middle;
        }
      plan->sessions[i].start_usec = plan->start_usec + low * USEC_PER_HOUR
                                     + (gint64) (pdg_demo_random_unit (&random) * (double) USEC_PER_HOUR) / 1000 * 1000;
    }
  g_qsort_with_data (plan->sessions, (int) plan->n_sessions, sizeof (PlannedSession), compare_times, NULL);
}

/* A person who was here before and is not here right now; those of the last days are more likely. -1 when none was found. */
static gint64
find_returning (GArray *people, PdgDemoRandom *random, gint64 now)
{
  for (guint attempt = 0; attempt < 6 && people->len > 0; attempt++)
    {
      double back = -log (1.0 - pdg_demo_random_unit (random)) * people->len * 0.35;
      const Person *person;

      if (back >= people->len)
        continue;
      person = &g_array_index (people, Person, people->len - 1 - (guint) back);
      if (now - person->last_start_usec > PAUSE_BETWEEN_VISITS_USEC)
        return people->len - 1 - (guint) back;
    }
  return -1;
}

static void
plan_people (PdgDemoPlan *plan)
{
  g_autoptr (GArray) people = g_array_new (FALSE, TRUE, sizeof (Person));
  PdgDemoRandom random = pdg_demo_random_make (plan->seed, SALT_PERSON_OF_SESSION, 0);

  for (guint i = 0; i < plan->n_sessions; i++)
    {
      PlannedSession *session = &plan->sessions[i];
      gint64 index = -1;
      Person *person;

      if (pdg_demo_random_chance (&random, RETURN_SHARE))
        index = find_returning (people, &random, session->start_usec);
      if (index < 0)
        {
          index = people->len;
          g_array_set_size (people, people->len + 1);
        }
      person = &g_array_index (people, Person, index);
      session->person = (guint32) index;
      session->visit = person->n_visits++;
      person->last_start_usec = session->start_usec;
    }
}

PdgDemoPlan *
pdg_demo_plan_new (guint64 seed, gint64 end_usec, guint n_days, guint n_sessions)
{
  PdgDemoPlan *plan = g_new0 (PdgDemoPlan, 1);

  plan->seed = seed;
  plan->end_usec = end_usec / 1000 * 1000;
  plan->start_usec = plan->end_usec - n_days * PDG_USEC_PER_DAY;
  plan->n_sessions = n_sessions;
  plan->sessions = g_new0 (PlannedSession, n_sessions);
  plan_releases (plan);
  plan_starts (plan);
  plan_people (plan);
  return plan;
}

void
pdg_demo_plan_free (PdgDemoPlan *plan)
{
  g_free (plan->sessions);
  g_free (plan);
}

guint
pdg_demo_plan_get_n_sessions (const PdgDemoPlan *plan)
{
  return plan->n_sessions;
}

gint64
pdg_demo_plan_get_start (const PdgDemoPlan *plan, guint session)
{
  return plan->sessions[session].start_usec;
}

const PdgDemoRelease *
pdg_demo_plan_get_releases (const PdgDemoPlan *plan)
{
  return plan->releases;
}

void
pdg_demo_make_uuid (guint64 out[2], gint64 usec, guint64 unique)
{
  guint64 msec = (guint64) MAX (0, usec / 1000) & G_GUINT64_CONSTANT (0xffffffffffff);

  out[0] = msec << 16 | 0x7000 | unique >> 52;
  out[1] = G_GUINT64_CONSTANT (0x8000000000000000) | (unique & G_GUINT64_CONSTANT (0xfffffffffffff)) << 10;
}

static PdgDemoIntent
choose_intent (PdgDemoRandom *random, guint visit)
{
  static const double first[N_INTENTS] = { 25, 68, 0, 7 };
  static const double later[N_INTENTS] = { 18, 32, 40, 10 };

  return pdg_demo_random_pick (random, visit == 0 ? first : later, N_INTENTS);
}

static PdgDemoChannel
choose_channel (PdgDemoRandom *random, PdgDemoIntent intent)
{
  static const double weights[N_INTENTS][N_CHANNELS] = {
    [INTENT_BUYER] = { 25, 42, 9, 10, 14, 0 },
    [INTENT_BROWSER] = { 18, 38, 26, 6, 12, 0 },
    [INTENT_RETURNING] = { 52, 18, 6, 22, 2, 0 },
    [INTENT_SUPPORT] = { 30, 15, 0, 0, 0, 55 },
  };

  return pdg_demo_random_pick (random, weights[intent], N_CHANNELS);
}

/* What belongs to the person, equal in each of their sessions. */
static void
set_person (PdgDemoVisitor *visitor, guint64 seed, gint64 epoch_usec, guint visit)
{
  PdgDemoRandom traits = pdg_demo_random_make (seed, SALT_PERSON, visitor->person);
  double weights[N_DEVICES], account;
  guint second_device = 0;

  for (guint i = 0; i < N_DEVICES; i++)
    weights[i] = pdg_demo_devices[i].weight;
  visitor->device = (guint8) pdg_demo_random_pick (&traits, weights, N_DEVICES);
  visitor->country = (guint8) pdg_demo_random_pick (&traits, country_weights, N_COUNTRIES);
  visitor->variant = (guint8) pdg_demo_random_range (&traits, 0, 1);
  visitor->user_number = 10000 + visitor->person * 7 + (guint) pdg_demo_random_range (&traits, 0, 6);

  /* Some had an account before the history begins, some make one at their first visits. */
  account = pdg_demo_random_unit (&traits);
  visitor->has_account = account < 0.28 || (account < 0.6 && visit > 0);
  visitor->signed_in = visitor->has_account && pdg_demo_random_chance (&traits, 0.45);
  if (pdg_demo_random_chance (&traits, 0.15) && visit % 2 == 1)
    {
      second_device = 1;
      visitor->device = visitor->device < 4 ? 4 : 0;
      visitor->signed_in = FALSE;
    }
  pdg_demo_make_uuid (visitor->anonymous_id, epoch_usec,
                      pdg_demo_mix (pdg_demo_mix (seed + SALT_ANONYMOUS_ID) ^ ((guint64) visitor->person * 2 + second_device)));
}

static guint8
choose_release (const PdgDemoPlan *plan, const PdgDemoVisitor *visitor)
{
  PdgDemoRandom random = pdg_demo_random_make (plan->seed, SALT_SESSION + visitor->person, 1);
  double rank = pdg_demo_random_unit (&random); /* a person's place in every roll-out */
  double ramp = MIN ((double) ROLL_OUT_USEC, (double) (plan->end_usec - plan->start_usec) * 0.05);
  guint8 release = RELEASE_2_2_0;

  for (guint8 i = RELEASE_2_3_0; i < N_RELEASES; i++)
    if ((double) (visitor->start_usec - plan->releases[i].start_usec) > rank * ramp)
      release = i;
  return release;
}

static void
set_session (PdgDemoVisitor *visitor, guint64 seed, guint visit)
{
  PdgDemoRandom random = pdg_demo_random_make (seed, SALT_SESSION, visitor->number);

  visitor->intent = choose_intent (&random, visit);
  visitor->channel = choose_channel (&random, visitor->intent);
  visitor->seed = pdg_demo_random_next (&random);
  pdg_demo_make_uuid (visitor->session_id, visitor->start_usec,
                      pdg_demo_mix (pdg_demo_mix (seed + SALT_SESSION_ID) ^ visitor->number));
}

void
pdg_demo_plan_get_visitor (const PdgDemoPlan *plan, guint session, PdgDemoVisitor *visitor)
{
  const PlannedSession *planned = &plan->sessions[session];

  *visitor = (PdgDemoVisitor) { .number = session, .start_usec = planned->start_usec, .person = planned->person };
  set_person (visitor, plan->seed, plan->start_usec, planned->visit);
  visitor->release = choose_release (plan, visitor);
  set_session (visitor, plan->seed, planned->visit);
}

void
pdg_demo_visitor_init_live (PdgDemoVisitor *visitor, guint64 seed, guint64 number, gint64 epoch_usec, gint64 start_usec)
{
  PdgDemoRandom random = pdg_demo_random_make (seed, SALT_LIVE, number);
  guint visit = pdg_demo_random_chance (&random, RETURN_SHARE) ? (guint) pdg_demo_random_range (&random, 1, 3) : 0;

  *visitor = (PdgDemoVisitor) { .number = number, .start_usec = start_usec, .release = RELEASE_2_4_1 };
  visitor->person = (guint32) pdg_demo_random_range (&random, 0, N_LIVE_PEOPLE - 1);
  set_person (visitor, seed + SALT_LIVE, epoch_usec, visit);
  visitor->user_number += FIRST_LIVE_USER; /* other people than those of a history */
  set_session (visitor, seed + SALT_LIVE, visit);
}
