#include "config.h"
#include "demo/pdg-demo-session.h"

#include "demo/pdg-demo-run.h"

#define MAX_VISITS 36
#define USEC_PER_MSEC 1000

PdgDemoEvent *
pdg_demo_run_emit (PdgDemoRun *run, PdgDemoEventType type)
{
  PdgDemoEvent *event;

  g_array_set_size (run->events, run->events->len + 1);
  event = &g_array_index (run->events, PdgDemoEvent, run->events->len - 1);
  *event = (PdgDemoEvent) {
    .at_usec = run->now_usec,
    .sequence = ++run->sequence,
    .item = (guint16) run->item,
    .type = (guint8) type,
    .screen = (guint8) run->screen,
    .signed_in = run->signed_in,
  };
  run->now_usec += USEC_PER_MSEC * pdg_demo_random_range (&run->random, 1, 9);
  return event;
}

void
pdg_demo_run_wait (PdgDemoRun *run, double median_ms)
{
  run->now_usec += (gint64) pdg_demo_random_skewed (&run->random, median_ms, 0.55) * USEC_PER_MSEC;
}

void
pdg_demo_run_act (PdgDemoRun *run, PdgDemoEventType type, PdgDemoPartId part)
{
  pdg_demo_run_wait (run, 700);
  pdg_demo_run_emit (run, type)->part = (guint8) part;
}

void
pdg_demo_run_fill (PdgDemoRun *run, PdgDemoPartId part, double median_ms)
{
  if (pdg_demo_random_chance (&run->random, 0.35))
    pdg_demo_run_act (run, EVENT_FOCUS, part);
  pdg_demo_run_wait (run, median_ms);
  pdg_demo_run_emit (run, EVENT_INPUT)->part = (guint8) part;
}

void
pdg_demo_run_call (PdgDemoRun *run, PdgDemoApi api, int status, double median_ms)
{
  PdgDemoEvent *event = pdg_demo_run_emit (run, EVENT_API_REQUEST);
  gint32 duration_ms = (gint32) pdg_demo_random_skewed (&run->random, median_ms, 0.4) + 10;

  event->key = (guint8) api;
  run->now_usec = event->at_usec + (gint64) duration_ms * USEC_PER_MSEC;
  event = pdg_demo_run_emit (run, EVENT_API_RESPONSE);
  event->key = (guint8) api;
  event->a = status;
  event->b = duration_ms;
}

void
pdg_demo_run_set (PdgDemoRun *run, PdgDemoStateKey key, gint32 before, gint32 after)
{
  PdgDemoEvent *event = pdg_demo_run_emit (run, EVENT_STATE);

  event->key = (guint8) key;
  event->a = before;
  event->b = after;
}

void
pdg_demo_run_step (PdgDemoRun *run, PdgDemoStep step)
{
  pdg_demo_run_emit (run, EVENT_STEP)->key = (guint8) step;
}

void
pdg_demo_run_fail (PdgDemoRun *run, PdgDemoError error)
{
  pdg_demo_run_emit (run, EVENT_ERROR)->key = (guint8) error;
}

const PdgDemoEdge *
pdg_demo_run_choose (PdgDemoRun *run)
{
  const PdgDemoEdge *edges = pdg_demo_behaviours[run->screen].edges;
  const double *affinity = pdg_demo_affinity[run->visitor->intent];
  double weights[PDG_DEMO_MAX_EDGES] = { 0 };

  for (guint i = 0; i < PDG_DEMO_MAX_EDGES; i++)
    {
      PdgDemoScreenId to = edges[i].to;

      weights[i] = edges[i].weight * affinity[to];
      /* Nobody looks into an empty cart from a list, or goes to sign in twice. */
      if ((to == SCREEN_CART && run->cart_items == 0 && run->screen == SCREEN_CATEGORY)
          || (to == SCREEN_SHIPPING && run->cart_items == 0) || (to == SCREEN_SIGN_IN && run->signed_in))
        weights[i] = 0;
    }
  return &edges[pdg_demo_random_pick (&run->random, weights, PDG_DEMO_MAX_EDGES)];
}

static void
add_to_cart (PdgDemoRun *run, PdgDemoPartId part)
{
  /* From the wish list it is the lamp. */
  gint32 cents = (gint32) pdg_demo_products[run->screen == SCREEN_PRODUCT ? run->item : 15].price_cents;

  pdg_demo_run_act (run, EVENT_CLICK, part);
  pdg_demo_run_call (run, API_CART_ADD, 201, 110);
  pdg_demo_run_set (run, STATE_CART_ITEMS, run->cart_items, run->cart_items + 1);
  pdg_demo_run_set (run, STATE_CART_TOTAL, run->cart_cents, run->cart_cents + cents);
  run->cart_items++;
  run->cart_cents += cents;
}

/* The item of a page: which product, category or search. */
static guint
choose_item (PdgDemoRun *run, PdgDemoScreenId to)
{
  double unit = pdg_demo_random_unit (&run->random);

  switch (to)
    {
    case SCREEN_PRODUCT:
      if (run->screen == SCREEN_REVIEWS)
        return run->item;
      if (run->screen == SCREEN_CATEGORY) /* a product of that category; the first ones sell best */
        return pdg_demo_categories[run->item].first_product + (guint) (unit * unit * pdg_demo_categories[run->item].n_products);
      return (guint) (unit * N_PRODUCTS);
    case SCREEN_REVIEWS:
      return run->item;
    case SCREEN_CATEGORY:
      return run->screen == SCREEN_PRODUCT ? pdg_demo_products[run->item].category : (guint) (unit * unit * N_CATEGORIES);
    case SCREEN_SEARCH:
      return (guint) (unit * unit * N_SEARCH_TERMS);
    default:
      return 0;
    }
}

static void
load_page (PdgDemoRun *run)
{
  static const struct
  {
    PdgDemoScreenId screen;
    PdgDemoApi api;
    double share; /* the others come from the cache */
    double median_ms;
  } loads[] = {
    { SCREEN_HOME, API_COLLECTIONS, 0.25, 120 }, { SCREEN_SEARCH, API_SEARCH, 0.8, 210 },
    { SCREEN_CATEGORY, API_CATEGORY, 0.3, 140 }, { SCREEN_PRODUCT, API_PRODUCT, 0.35, 90 },
    { SCREEN_REVIEWS, API_REVIEWS, 0.5, 130 },    { SCREEN_CART, API_CART, 0.3, 80 },
    { SCREEN_ORDERS, API_ORDERS, 1.0, 230 },      { SCREEN_HELP, API_HELP, 0.5, 110 },
  };
  const PdgDemoBehaviour *behaviour = &pdg_demo_behaviours[run->screen];
  double slowness = pdg_demo_devices[run->visitor->device].slowness;

  for (guint i = 0; i < G_N_ELEMENTS (loads); i++)
    if (loads[i].screen == run->screen && pdg_demo_random_chance (&run->random, loads[i].share))
      {
        gboolean slow = run->screen == SCREEN_SEARCH && pdg_demo_random_chance (&run->random, 0.008);

        pdg_demo_run_call (run, loads[i].api, slow ? 504 : 200, slow ? 6000 : loads[i].median_ms);
        if (slow)
          pdg_demo_run_fail (run, ERROR_SEARCH_TIMEOUT);
      }
  if (pdg_demo_random_chance (&run->random, 0.3))
    {
      double lcp = pdg_demo_random_skewed (&run->random, behaviour->lcp_median_ms * slowness, 0.3);
      PdgDemoEvent *event;

      run->now_usec = MAX (run->now_usec, run->viewed_usec + (gint64) lcp * USEC_PER_MSEC);
      event = pdg_demo_run_emit (run, EVENT_PERFORMANCE);
      event->a = (gint32) lcp;
      event->b = (gint32) pdg_demo_random_skewed (&run->random, 90 * slowness, 0.5);
      event->c = (gint32) pdg_demo_random_skewed (&run->random, 30, 0.7);
      event->d = (gint32) pdg_demo_random_skewed (&run->random, 160 * slowness, 0.35);
    }
  if (pdg_demo_random_chance (&run->random, 0.0025))
    pdg_demo_run_fail (run, ERROR_IMAGE);
}

static void
scroll_page (PdgDemoRun *run, double share)
{
  gint32 position = 0;

  while (position < 900 && pdg_demo_random_chance (&run->random, share))
    {
      pdg_demo_run_wait (run, 3200);
      position = MIN (1000, position + pdg_demo_random_range (&run->random, 180, 520));
      pdg_demo_run_emit (run, EVENT_SCROLL)->a = position;
      share *= 0.55;
    }
}

static void
do_product (PdgDemoRun *run)
{
  scroll_page (run, 0.36);
  if (pdg_demo_random_chance (&run->random, 0.3))
    pdg_demo_run_act (run, EVENT_CLICK, PART_PRODUCT_GALLERY);
  if (pdg_demo_random_chance (&run->random, 0.14))
    {
      pdg_demo_run_act (run, EVENT_CLICK, PART_PRODUCT_VARIANT);
      pdg_demo_run_set (run, STATE_PRODUCT_COLOUR, TEXT_SAND, pdg_demo_random_range (&run->random, TEXT_MOSS, TEXT_CLAY));
    }
  if (pdg_demo_random_chance (&run->random, 0.05))
    {
      pdg_demo_run_act (run, EVENT_CLICK, PART_PRODUCT_WISH);
      pdg_demo_run_call (run, API_WISH_ADD, 201, 90);
      pdg_demo_run_set (run, STATE_WISH_ITEMS, run->wish_items, run->wish_items + 1);
      run->wish_items++;
    }
}

static void
do_cart (PdgDemoRun *run)
{
  gint32 cents = run->cart_items > 0 ? run->cart_cents / run->cart_items : 0;

  if (run->cart_items > 0)
    pdg_demo_run_step (run, STEP_CART);
  if (run->cart_items > 0 && pdg_demo_random_chance (&run->random, 0.13))
    {
      pdg_demo_run_act (run, EVENT_CLICK, PART_CART_QUANTITY);
      pdg_demo_run_set (run, STATE_CART_ITEMS, run->cart_items, run->cart_items + 1);
      pdg_demo_run_set (run, STATE_CART_TOTAL, run->cart_cents, run->cart_cents + cents);
      run->cart_items++;
      run->cart_cents += cents;
    }
  else if (run->cart_items > 1 && pdg_demo_random_chance (&run->random, 0.2))
    {
      pdg_demo_run_act (run, EVENT_CLICK, PART_CART_REMOVE);
      pdg_demo_run_set (run, STATE_CART_ITEMS, run->cart_items, run->cart_items - 1);
      pdg_demo_run_set (run, STATE_CART_TOTAL, run->cart_cents, run->cart_cents - cents);
      run->cart_items--;
      run->cart_cents -= cents;
    }
  if (pdg_demo_random_chance (&run->random, 0.07))
    pdg_demo_run_fill (run, PART_CART_VOUCHER, 4000);
}

static void
do_done (PdgDemoRun *run)
{
  pdg_demo_run_step (run, STEP_DONE);
  pdg_demo_run_set (run, STATE_ORDER_STATUS, STATE_NULL, TEXT_PLACED);
  pdg_demo_run_set (run, STATE_CART_ITEMS, run->cart_items, 0);
  pdg_demo_run_set (run, STATE_CART_TOTAL, run->cart_cents, 0);
  run->cart_items = run->cart_cents = 0;
  run->buying = FALSE;
}

static void
do_help (PdgDemoRun *run)
{
  if (pdg_demo_random_chance (&run->random, 0.3))
    pdg_demo_run_fill (run, PART_HELP_SEARCH, 4500);
  if (pdg_demo_random_chance (&run->random, 0.6))
    {
      pdg_demo_run_act (run, EVENT_CLICK, PART_HELP_TOPIC);
      pdg_demo_run_set (run, STATE_HELP_TOPIC, STATE_NULL, pdg_demo_random_range (&run->random, TEXT_RETURNS, TEXT_DELIVERY));
      scroll_page (run, 0.6);
    }
  if (pdg_demo_random_chance (&run->random, 0.1))
    pdg_demo_run_act (run, EVENT_CLICK, PART_HELP_CHAT);
}

/* What visitors do on a page of the shop before they go on. */
static void
use_page (PdgDemoRun *run)
{
  switch (run->screen)
    {
    case SCREEN_HOME:
      scroll_page (run, 0.3);
      break;
    case SCREEN_SEARCH:
      pdg_demo_run_set (run, STATE_SEARCH_QUERY, STATE_NULL, (gint32) run->item);
      if (pdg_demo_random_chance (&run->random, 0.14))
        pdg_demo_run_act (run, EVENT_INPUT, PART_SEARCH_FILTER);
      scroll_page (run, 0.45);
      break;
    case SCREEN_CATEGORY:
      scroll_page (run, 0.42);
      if (run->sort == TEXT_NEWEST && pdg_demo_random_chance (&run->random, 0.12))
        {
          pdg_demo_run_act (run, EVENT_INPUT, PART_CATEGORY_SORT);
          pdg_demo_run_set (run, STATE_CATEGORY_SORT, TEXT_NEWEST, TEXT_PRICE);
          run->sort = TEXT_PRICE;
        }
      break;
    case SCREEN_PRODUCT:
      do_product (run);
      break;
    case SCREEN_REVIEWS:
      scroll_page (run, 0.8);
      if (pdg_demo_random_chance (&run->random, 0.2))
        pdg_demo_run_act (run, EVENT_CLICK, PART_REVIEWS_BARS);
      break;
    case SCREEN_CART:
      do_cart (run);
      break;
    case SCREEN_DONE:
      do_done (run);
      break;
    case SCREEN_ORDERS:
      if (pdg_demo_random_chance (&run->random, 0.3))
        pdg_demo_run_act (run, EVENT_CLICK, PART_ORDERS_ROW);
      break;
    case SCREEN_HELP:
      do_help (run);
      break;
    default:
      scroll_page (run, 0.3);
      break;
    }
}

/* Goes on from a page of the shop; the click on the way is sent. */
static PdgDemoScreenId
leave_shop_page (PdgDemoRun *run)
{
  const PdgDemoEdge *edge = pdg_demo_run_choose (run);
  double dwell_ms = pdg_demo_random_skewed (&run->random, pdg_demo_behaviours[run->screen].dwell_median_s * 1000, 0.6);

  run->now_usec = MAX (run->now_usec, run->viewed_usec + (gint64) dwell_ms * USEC_PER_MSEC);
  if (pdg_demo_random_chance (&run->random, 0.012)) /* something else came up */
    run->now_usec += (gint64) pdg_demo_random_range (&run->random, 240, 1500) * 1000 * USEC_PER_MSEC;
  if (edge->to == SCREEN_EXIT)
    return SCREEN_EXIT;
  if (edge->to == SCREEN_CART && run->screen == SCREEN_PRODUCT)
    add_to_cart (run, PART_PRODUCT_ADD);
  else if (run->screen == SCREEN_WISH_LIST && edge->to == SCREEN_CART)
    {
      add_to_cart (run, PART_WISH_ADD);
      pdg_demo_run_act (run, EVENT_CLICK, PART_CART_BUTTON);
      return SCREEN_CART;
    }
  if (edge->part == PART_SEARCH_FIELD)
    {
      pdg_demo_run_fill (run, PART_SEARCH_FIELD, 2600);
      pdg_demo_run_act (run, EVENT_SUBMIT, PART_SEARCH_FIELD);
      return SCREEN_SEARCH;
    }
  pdg_demo_run_act (run, EVENT_CLICK, edge->part);
  if (edge->to == SCREEN_SHIPPING)
    {
      run->buying = TRUE;
      return run->signed_in ? SCREEN_SHIPPING : SCREEN_SIGN_IN;
    }
  return edge->to == SCREEN_ORDERS && !run->signed_in ? SCREEN_SIGN_IN : edge->to;
}

static PdgDemoScreenId
go_on (PdgDemoRun *run)
{
  switch (run->screen)
    {
    case SCREEN_SIGN_IN:
      return pdg_demo_run_sign_in (run);
    case SCREEN_CREATE_ACCOUNT:
      return pdg_demo_run_create_account (run);
    case SCREEN_SHIPPING:
      return pdg_demo_run_shipping (run);
    case SCREEN_PAYMENT:
      return pdg_demo_run_payment (run);
    case SCREEN_REVIEW_ORDER:
      return pdg_demo_run_review_order (run);
    default:
      use_page (run);
      return leave_shop_page (run);
    }
}

/* The page a session begins with, by where the visitor comes from. */
static PdgDemoScreenId
choose_landing (PdgDemoRun *run)
{
  static const PdgDemoScreenId landings[] = { SCREEN_HOME, SCREEN_CATEGORY, SCREEN_PRODUCT, SCREEN_SEARCH, SCREEN_HELP, SCREEN_ORDERS };
  static const double weights[N_CHANNELS][G_N_ELEMENTS (landings)] = {
    [CHANNEL_DIRECT] = { 86, 8, 4, 0, 1, 1 },   [CHANNEL_ORGANIC] = { 42, 24, 28, 4, 2, 0 },
    [CHANNEL_SOCIAL] = { 22, 20, 58, 0, 0, 0 }, [CHANNEL_NEWSLETTER] = { 34, 46, 20, 0, 0, 0 },
    [CHANNEL_ADVERT] = { 20, 50, 30, 0, 0, 0 }, [CHANNEL_ORDER_MAIL] = { 4, 0, 0, 0, 30, 66 },
  };
  PdgDemoScreenId landing = landings[pdg_demo_random_pick (&run->random, weights[run->visitor->channel], G_N_ELEMENTS (landings))];

  if (run->visitor->intent == INTENT_SUPPORT && run->visitor->channel != CHANNEL_ORDER_MAIL)
    landing = pdg_demo_random_chance (&run->random, 0.6) ? SCREEN_HELP : SCREEN_HOME;
  return landing == SCREEN_ORDERS && !run->signed_in ? SCREEN_SIGN_IN : landing;
}

void
pdg_demo_session_run (const PdgDemoVisitor *visitor, GArray *events)
{
  PdgDemoRun run = {
    .visitor = visitor,
    .events = events,
    .random = { visitor->seed },
    .now_usec = visitor->start_usec / USEC_PER_MSEC * USEC_PER_MSEC,
    .screen = SCREEN_HOME,
    .previous_screen = -1,
    .signed_in = visitor->signed_in,
    .payment_method = STATE_NULL,
    .payment_error = STATE_NULL,
    .sort = TEXT_NEWEST,
  };
  PdgDemoScreenId next = choose_landing (&run);

  run.item = choose_item (&run, next);
  run.screen = next;
  for (int visit = 0; visit < MAX_VISITS; visit++)
    {
      PdgDemoEvent *view = pdg_demo_run_emit (&run, EVENT_VIEW);

      view->a = run.previous_screen;
      view->b = (gint32) run.previous_item;
      run.viewed_usec = view->at_usec;
      load_page (&run);
      next = go_on (&run);
      if (next == SCREEN_EXIT && pdg_demo_random_chance (&run.random, 0.12))
        break; /* closed in a way that the browser did not tell */
      pdg_demo_run_wait (&run, 120);
      pdg_demo_run_emit (&run, EVENT_LEAVE)->a = (gint32) ((run.now_usec - run.viewed_usec) / USEC_PER_MSEC);
      if (next == SCREEN_EXIT)
        break;
      run.previous_screen = (int) run.screen;
      run.previous_item = run.item;
      run.item = choose_item (&run, next);
      run.screen = next;
      pdg_demo_run_wait (&run, 90);
    }
}
