#include "config.h"
#include "demo/pdg-demo-writer.h"

#include "base/pdg-id.h"
#include "base/pdg-time.h"
#include "demo/pdg-demo-random.h"

#include <string.h>

#define ORIGIN "https://larderandloom.example"
#define SEQUENCE_BITS 20
#define append_literal(out, text) g_string_append_len (out, text, sizeof (text) - 1)

static const char *const event_types[] = {
  [EVENT_VIEW] = "page.view",
  [EVENT_LEAVE] = "page.leave",
  [EVENT_CLICK] = "ui.click",
  [EVENT_INPUT] = "ui.input",
  [EVENT_FOCUS] = "ui.focus",
  [EVENT_SUBMIT] = "ui.submit",
  [EVENT_SCROLL] = "ui.scroll",
  [EVENT_STATE] = "state.change",
  [EVENT_API_REQUEST] = "api.request",
  [EVENT_API_RESPONSE] = "api.response",
  [EVENT_STEP] = "journey.step",
  [EVENT_ERROR] = "error",
  [EVENT_PERFORMANCE] = "performance",
};

static const char *const state_keys[N_STATE_KEYS] = {
  [STATE_CART_ITEMS] = "cart.items",
  [STATE_CART_TOTAL] = "cart.total",
  [STATE_WISH_ITEMS] = "wishList.items",
  [STATE_SEARCH_QUERY] = "search.query",
  [STATE_CATEGORY_SORT] = "category.sort",
  [STATE_PRODUCT_COLOUR] = "product.colour",
  [STATE_SHIPPING_METHOD] = "shipping.method",
  [STATE_PAYMENT_METHOD] = "payment.method",
  [STATE_PAYMENT_ERROR] = "payment.error",
  [STATE_PAYMENT_STATUS] = "payment.status",
  [STATE_CHECKOUT_MODE] = "checkout.mode",
  [STATE_ORDER_STATUS] = "order.status",
  [STATE_HELP_TOPIC] = "help.topic",
  [STATE_SESSION_USER] = "account.status",
};

static const char *const state_texts[N_TEXTS] = {
  [TEXT_NEWEST] = "newest",
  [TEXT_PRICE] = "price",
  [TEXT_SAND] = "sand",
  [TEXT_MOSS] = "moss",
  [TEXT_CLAY] = "clay",
  [TEXT_STANDARD] = "standard",
  [TEXT_EXPRESS] = "express",
  [TEXT_CARD] = "card",
  [TEXT_PAYPAL] = "paypal",
  [TEXT_INVOICE] = "invoice",
  [TEXT_DECLINED] = "declined",
  [TEXT_UNAVAILABLE] = "unavailable",
  [TEXT_AUTHORISED] = "authorised",
  [TEXT_GUEST] = "guest",
  [TEXT_PLACED] = "placed",
  [TEXT_RETURNS] = "returns",
  [TEXT_DELIVERY] = "delivery",
  [TEXT_SIGNED_IN] = "signed-in",
};

static const struct
{
  const char *method;
  const char *path; /* "*" stands for the page's item */
} apis[N_APIS] = {
  [API_COLLECTIONS] = { "GET", "/api/collections" },
  [API_SEARCH] = { "GET", "/api/search" },
  [API_CATEGORY] = { "GET", "/api/categories/*" },
  [API_PRODUCT] = { "GET", "/api/products/*" },
  [API_REVIEWS] = { "GET", "/api/products/*/reviews" },
  [API_CART] = { "GET", "/api/cart" },
  [API_CART_ADD] = { "POST", "/api/cart/items" },
  [API_SESSION] = { "POST", "/api/session" },
  [API_ACCOUNT] = { "POST", "/api/account" },
  [API_ADDRESS] = { "PUT", "/api/checkout/address" },
  [API_PAYMENT] = { "POST", "/api/payments" },
  [API_ORDER] = { "POST", "/api/orders" },
  [API_ORDERS] = { "GET", "/api/orders" },
  [API_HELP] = { "GET", "/api/help/articles" },
  [API_WISH_ADD] = { "POST", "/api/wish-list" },
};

static const struct
{
  const char *journey;
  const char *id;
  const char *name;
  const char *status;
} steps[N_STEPS] = {
  [STEP_CART] = { "checkout", "cart", "Cart", "started" },
  [STEP_IDENTIFY] = { "checkout", "identify", "Sign in or guest", "in_progress" },
  [STEP_SHIPPING] = { "checkout", "shipping", "Shipping", "in_progress" },
  [STEP_PAYMENT] = { "checkout", "payment", "Payment", "in_progress" },
  [STEP_REVIEW] = { "checkout", "review", "Review order", "in_progress" },
  [STEP_DONE] = { "checkout", "done", "Order placed", "converted" },
  [STEP_SIGN_UP_FORM] = { "sign-up", "form", "Account form", "started" },
  [STEP_SIGN_UP_DONE] = { "sign-up", "done", "Account created", "converted" },
};

static const struct
{
  const char *type;
  const char *message;
  const char *component;
  const char *stack;
} errors[N_ERRORS] = {
  [ERROR_PAYMENT_GATEWAY] = { "PaymentGatewayError", "POST /api/payments answered 502", "CheckoutForm",
                              "PaymentGatewayError: POST /api/payments answered 502\\n    at submitPayment (checkout.js:214:17)"
                              "\\n    at CheckoutForm.onSubmit (checkout.js:168:11)" },
  [ERROR_CARD_DECLINED] = { "CardDeclinedError", "The bank declined the card", "CheckoutForm", NULL },
  [ERROR_WRONG_PASSWORD] = { "SignInError", "E-mail and password do not match", "SignInForm", NULL },
  [ERROR_IMAGE] = { "ImageLoadError", "A picture could not be loaded", "Picture", NULL },
  [ERROR_SEARCH_TIMEOUT] = { "SearchTimeoutError", "GET /api/search took longer than 6 s", "Results", NULL },
};

static const struct
{
  const char *channel;
  const char *referrer;
  const char *campaign;
} channels[N_CHANNELS] = {
  [CHANNEL_DIRECT] = { "direct", NULL, NULL },
  [CHANNEL_ORGANIC] = { "organic", "https://www.google.com/", NULL },
  [CHANNEL_SOCIAL] = { "social", "https://www.pinterest.com/", "autumn-table" },
  [CHANNEL_NEWSLETTER] = { "newsletter", "https://mail.larderandloom.example/", "slow-sundays" },
  [CHANNEL_ADVERT] = { "advert", "https://www.google.com/", "linen-weeks" },
  [CHANNEL_ORDER_MAIL] = { "order-mail", "https://mail.larderandloom.example/", NULL },
};

static void
append_uint (GString *out, guint64 value)
{
  char digits[20];
  guint n = sizeof (digits);

  do
    digits[--n] = (char) ('0' + value % 10);
  while ((value /= 10) > 0);
  g_string_append_len (out, digits + n, (gssize) (sizeof (digits) - n));
}

static void
append_padded (char *out, guint value, guint n_digits)
{
  while (n_digits-- > 0)
    {
      out[n_digits] = (char) ('0' + value % 10);
      value /= 10;
    }
}

/* RFC 3339 in UTC, always with milliseconds. */
static void
append_time (GString *out, gint64 usec)
{
  char day[PDG_RFC3339_BYTES], clock[] = "T00:00:00.000Z";
  gint64 day_usec = (gint64) pdg_time_get_utc_day (usec) * PDG_USEC_PER_DAY;
  guint msec = (guint) ((usec - day_usec) / 1000);

  pdg_time_format_rfc3339 (day_usec, day);
  g_string_append_len (out, day, strchr (day, 'T') - day);
  append_padded (clock + 1, msec / 3600000, 2);
  append_padded (clock + 4, msec / 60000 % 60, 2);
  append_padded (clock + 7, msec / 1000 % 60, 2);
  append_padded (clock + 10, msec % 1000, 3);
  g_string_append_len (out, clock, sizeof (clock) - 1);
}

static void
append_uuid (GString *out, const guint64 uuid[2])
{
  guint64 big_endian[2] = { GUINT64_TO_BE (uuid[0]), GUINT64_TO_BE (uuid[1]) };
  char text[PDG_UUID_TEXT_BYTES];

  pdg_uuid_format ((const guint8 *) big_endian, text);
  g_string_append_len (out, text, PDG_UUID_TEXT_BYTES - 1);
}

/* ,"key":"value" of texts that need no escaping; nothing for NULL. */
static void
append_text (GString *out, const char *key, const char *value)
{
  if (value == NULL)
    return;
  append_literal (out, ",\"");
  g_string_append (out, key);
  append_literal (out, "\":\"");
  g_string_append (out, value);
  g_string_append_c (out, '"');
}

static void
append_number (GString *out, const char *key, gint64 value)
{
  append_literal (out, ",\"");
  g_string_append (out, key);
  append_literal (out, "\":");
  append_uint (out, (guint64) MAX (0, value));
}

/* A number of thousandths. */
static void
append_thousandths (GString *out, const char *key, gint32 value)
{
  char fraction[4] = ".000";

  append_number (out, key, value / 1000);
  append_padded (fraction + 1, (guint) value % 1000, 3);
  g_string_append_len (out, fraction, sizeof (fraction));
}

static void
append_path (GString *out, guint screen, guint item)
{
  const char *pattern = pdg_demo_get_screen (screen)->path, *hole = strstr (pattern, ":id");

  if (hole == NULL)
    {
      g_string_append (out, pattern);
      return;
    }
  g_string_append_len (out, pattern, hole - pattern);
  append_uint (out, screen == SCREEN_CATEGORY ? pdg_demo_categories[item].id : pdg_demo_products[item].id);
  g_string_append (out, hole + strlen (":id"));
}

static void
append_url (GString *out, guint screen, guint item)
{
  append_literal (out, ORIGIN);
  append_path (out, screen, item);
  if (screen == SCREEN_SEARCH)
    {
      append_literal (out, "?q=");
      g_string_append (out, pdg_demo_search_terms[item]);
    }
}

static void
append_view (GString *out, const PdgDemoVisitor *visitor, const PdgDemoEvent *event)
{
  append_text (out, "page.title", pdg_demo_get_screen (event->screen)->title);
  append_literal (out, ",\"page.url\":\"");
  append_url (out, event->screen, event->item);
  if (event->a < 0 && channels[visitor->channel].campaign != NULL)
    {
      g_string_append (out, event->screen == SCREEN_SEARCH ? "&utm_source=" : "?utm_source=");
      g_string_append (out, channels[visitor->channel].channel);
      append_literal (out, "&utm_campaign=");
      g_string_append (out, channels[visitor->channel].campaign);
    }
  g_string_append_c (out, '"');
  append_text (out, "ui.viewport", pdg_demo_devices[visitor->device].viewport);
  if (event->a < 0)
    {
      append_text (out, "page.referrer", channels[visitor->channel].referrer);
      return;
    }
  append_literal (out, ",\"page.referrer\":\"");
  append_url (out, (guint) event->a, (guint) event->b);
  g_string_append_c (out, '"');
}

static void
append_part (GString *out, const PdgDemoVisitor *visitor, const PdgDemoEvent *event)
{
  const PdgDemoPart *part = &pdg_demo_parts[event->part];
  const char *root = pdg_demo_get_screen (event->screen)->component, *slash = strrchr (part->path, '/');

  append_text (out, "ui.component.name", event->part == PART_NONE ? root : slash != NULL ? slash + 1 : part->path);
  append_literal (out, ",\"ui.component.path\":\"");
  g_string_append (out, root);
  if (event->part != PART_NONE)
    {
      g_string_append_c (out, '/');
      g_string_append (out, part->path);
    }
  g_string_append_c (out, '"');
  append_text (out, "ui.component.type", part->type);
  append_text (out, "ui.element", part->element);
  append_text (out, "ui.element.text", part->text);
  append_text (out, "ui.viewport", pdg_demo_devices[visitor->device].viewport);
}

/* ,"key":"json in a string" */
static void
append_state_value (GString *out, const char *key, PdgDemoStateKey state, gint32 value)
{
  append_literal (out, ",\"");
  g_string_append (out, key);
  append_literal (out, "\":\"");
  if (value == STATE_NULL)
    append_literal (out, "null");
  else if (state == STATE_CART_ITEMS || state == STATE_WISH_ITEMS)
    append_uint (out, (guint64) MAX (0, value));
  else if (state == STATE_CART_TOTAL)
    {
      char cents[] = ".00";

      append_uint (out, (guint64) MAX (0, value) / 100);
      append_padded (cents + 1, (guint) value % 100, 2);
      g_string_append_len (out, cents, sizeof (cents) - 1);
    }
  else
    {
      append_literal (out, "\\\"");
      g_string_append (out, state == STATE_SEARCH_QUERY ? pdg_demo_search_terms[value] : state_texts[value]);
      append_literal (out, "\\\"");
    }
  g_string_append_c (out, '"');
}

static void
append_state (GString *out, const PdgDemoEvent *event)
{
  append_text (out, "ui.state.key", state_keys[event->key]);
  append_state_value (out, "ui.state.before", event->key, event->a);
  append_state_value (out, "ui.state.after", event->key, event->b);
  append_text (out, "ui.state.change_type",
               event->a == STATE_NULL ? "add" : event->b == STATE_NULL ? "remove" : "update");
}

static void
append_api (GString *out, const PdgDemoEvent *event)
{
  const char *path = apis[event->key].path, *hole = strchr (path, '*');

  append_text (out, "api.method", apis[event->key].method);
  append_literal (out, ",\"api.path\":\"");
  g_string_append_len (out, path, hole != NULL ? hole - path : (gssize) strlen (path));
  if (hole != NULL)
    {
      append_uint (out, event->key == API_CATEGORY ? pdg_demo_categories[event->item].id : pdg_demo_products[event->item].id);
      g_string_append (out, hole + 1);
    }
  g_string_append_c (out, '"');
  if (event->type == EVENT_API_RESPONSE)
    {
      append_number (out, "api.status_code", event->a);
      append_number (out, "api.duration_ms", event->b);
    }
}

static void
append_details (GString *out, const PdgDemoVisitor *visitor, const PdgDemoEvent *event)
{
  switch ((PdgDemoEventType) event->type)
    {
    case EVENT_VIEW:
      append_view (out, visitor, event);
      break;
    case EVENT_LEAVE:
      append_number (out, "duration_ms", event->a);
      break;
    case EVENT_CLICK:
    case EVENT_INPUT:
    case EVENT_FOCUS:
    case EVENT_SUBMIT:
      append_part (out, visitor, event);
      break;
    case EVENT_SCROLL:
      append_part (out, visitor, event);
      append_thousandths (out, "ui.scroll.position", event->a);
      break;
    case EVENT_STATE:
      append_state (out, event);
      break;
    case EVENT_API_REQUEST:
    case EVENT_API_RESPONSE:
      append_api (out, event);
      break;
    case EVENT_STEP:
      append_text (out, "gen_ai.journey.id", steps[event->key].journey);
      append_text (out, "gen_ai.journey.step.id", steps[event->key].id);
      append_text (out, "gen_ai.journey.step.name", steps[event->key].name);
      append_text (out, "gen_ai.journey.conversion.status", steps[event->key].status);
      break;
    case EVENT_ERROR:
      append_text (out, "error.type", errors[event->key].type);
      append_text (out, "error.message", errors[event->key].message);
      append_text (out, "error.component", errors[event->key].component);
      append_text (out, "error.stack", errors[event->key].stack);
      break;
    case EVENT_PERFORMANCE:
      append_number (out, "performance.lcp_ms", event->a);
      append_number (out, "performance.inp_ms", event->b);
      append_thousandths (out, "performance.cls", event->c);
      append_number (out, "performance.ttfb_ms", event->d);
      break;
    }
}

char *
pdg_demo_quote_json (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new ("\"");

  for (const char *p = valid; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (out, '\\');
      if ((guchar) *p < 0x20)
        g_string_append_printf (out, "\\u%04x", (guint) (guchar) *p);
      else
        g_string_append_c (out, *p);
    }
  g_string_append_c (out, '"');
  return g_string_free (out, FALSE);
}

void
pdg_demo_constants_init (PdgDemoConstants *constants, const PdgDemoVisitor *visitor, const char *project_json)
{
  GString *head = g_string_new (",\"project_id\":"), *tail = g_string_new (",\"metadata\":{\"device\":\"");
  const PdgDemoDevice *device = &pdg_demo_devices[visitor->device];

  g_string_append (head, project_json);
  append_literal (head, ",\"session.id\":\"");
  append_uuid (head, visitor->session_id);
  append_literal (head, "\",\"anonymous.id\":\"");
  append_uuid (head, visitor->anonymous_id);
  g_string_append_c (head, '"');
  append_text (head, "app.version", pdg_demo_versions[visitor->release]);
  constants->head = g_string_free (head, FALSE);
  constants->user = g_strdup_printf (",\"user.id\":\"usr_%u\"", visitor->user_number);

  g_string_append (tail, device->name);
  g_string_append_c (tail, '"');
  append_text (tail, "browser", device->browser);
  append_text (tail, "country", pdg_demo_countries[visitor->country]);
  append_text (tail, "variant", visitor->variant == 0 ? "A" : "B");
  append_text (tail, "channel", channels[visitor->channel].channel);
  append_text (tail, "campaign", channels[visitor->channel].campaign);
  constants->tail = g_string_free (tail, FALSE);
}

void
pdg_demo_constants_clear (PdgDemoConstants *constants)
{
  g_clear_pointer (&constants->head, g_free);
  g_clear_pointer (&constants->tail, g_free);
  g_clear_pointer (&constants->user, g_free);
}

void
pdg_demo_write_event (GString                *out,
                      guint64                 id_seed,
                      const PdgDemoVisitor   *visitor,
                      const PdgDemoConstants *constants,
                      const PdgDemoEvent     *event,
                      gint64                  at_usec)
{
  guint64 id[2];

  pdg_demo_make_uuid (id, at_usec, pdg_demo_mix (id_seed ^ (visitor->number << SEQUENCE_BITS | event->sequence)));
  append_literal (out, "{\"event_id\":\"");
  append_uuid (out, id);
  g_string_append_c (out, '"');
  g_string_append (out, constants->head);
  if (event->signed_in)
    g_string_append (out, constants->user);
  append_text (out, "event.type", event_types[event->type]);
  append_literal (out, ",\"event.timestamp\":\"");
  append_time (out, at_usec);
  g_string_append_c (out, '"');
  append_number (out, "event.sequence", event->sequence);
  append_literal (out, ",\"page.path\":\"");
  append_path (out, event->screen, event->item);
  g_string_append_c (out, '"');
  append_details (out, visitor, event);
  g_string_append (out, constants->tail);
  if (event->type == EVENT_VIEW && event->screen == SCREEN_PRODUCT)
    append_text (out, "product", pdg_demo_products[event->item].name);
  append_literal (out, "}}");
}
