#include "config.h"
#include "demo/pdg-demo-model.h"

static const PdgDemoScreen screens[N_SCREENS] = {
  [SCREEN_HOME] = { "/", "/", "Home", "HomePage" },
  [SCREEN_SEARCH] = { "/search", "/search?q=linen", "Search", "SearchPage" },
  [SCREEN_CATEGORY] = { "/category/:id", "/category/101", "Category", "CategoryPage" },
  [SCREEN_PRODUCT] = { "/product/:id", "/product/1042", "Product", "ProductPage" },
  [SCREEN_REVIEWS] = { "/product/:id/reviews", "/product/1042/reviews", "Reviews", "ReviewsPage" },
  [SCREEN_CART] = { "/cart", "/cart", "Cart", "CartPage" },
  [SCREEN_SIGN_IN] = { "/sign-in", "/sign-in", "Sign in", "SignInPage" },
  [SCREEN_CREATE_ACCOUNT] = { "/create-account", "/create-account", "Create account", "CreateAccountPage" },
  [SCREEN_SHIPPING] = { "/checkout/shipping", "/checkout/shipping", "Shipping", "ShippingPage" },
  [SCREEN_PAYMENT] = { "/checkout/payment", "/checkout/payment", "Payment", "PaymentPage" },
  [SCREEN_REVIEW_ORDER] = { "/checkout/review", "/checkout/review", "Review order", "ReviewOrderPage" },
  [SCREEN_DONE] = { "/checkout/done", "/checkout/done", "Order placed", "OrderPlacedPage" },
  [SCREEN_ORDERS] = { "/account/orders", "/account/orders", "Order history", "OrderHistoryPage" },
  [SCREEN_HELP] = { "/help", "/help", "Help", "HelpPage" },
  [SCREEN_WISH_LIST] = { "/wish-list", "/wish-list", "Wish list", "WishListPage" },
};

const PdgDemoPart pdg_demo_parts[N_PARTS] = {
#define X(id, screen, path, type, element, text) [PART_##id] = { SCREEN_##screen, path, type, element, text },
  PDG_DEMO_PARTS (X)
#undef X
};

/* SIGN_IN, CREATE_ACCOUNT and PAYMENT decide most of their ways on themselves (pdg-demo-checkout.c): what stands here is
 * what is left when nothing there applies. */
const PdgDemoBehaviour pdg_demo_behaviours[N_SCREENS] = {
  [SCREEN_HOME] = { 9, 1450, {
    { SCREEN_CATEGORY, 34, PART_HOME_TILE },
    { SCREEN_SEARCH, 20, PART_SEARCH_FIELD },
    { SCREEN_PRODUCT, 17, PART_HOME_CARD },
    { SCREEN_SIGN_IN, 2.5, PART_ACCOUNT_LINK },
    { SCREEN_WISH_LIST, 1.5, PART_WISH_LIST_LINK },
    { SCREEN_HELP, 1.5, PART_HELP_LINK },
    { SCREEN_EXIT, 29 } } },
  [SCREEN_SEARCH] = { 12, 980, {
    { SCREEN_PRODUCT, 60, PART_SEARCH_RESULT },
    { SCREEN_CATEGORY, 11, PART_SEARCH_CATEGORY },
    { SCREEN_HOME, 3, PART_LOGO },
    { SCREEN_HELP, 1, PART_HELP_LINK },
    { SCREEN_EXIT, 17 } } },
  [SCREEN_CATEGORY] = { 17, 1250, {
    { SCREEN_PRODUCT, 62, PART_CATEGORY_CARD },
    { SCREEN_CATEGORY, 6, PART_CATEGORY_OTHER },
    { SCREEN_SEARCH, 6, PART_SEARCH_FIELD },
    { SCREEN_HOME, 3, PART_LOGO },
    { SCREEN_WISH_LIST, 1, PART_WISH_LIST_LINK },
    { SCREEN_CART, 2, PART_CART_BUTTON },
    { SCREEN_EXIT, 17 } } },
  [SCREEN_PRODUCT] = { 30, 1320, {
    { SCREEN_CART, 20, PART_CART_BUTTON },
    { SCREEN_CATEGORY, 17, PART_PRODUCT_CRUMB },
    { SCREEN_REVIEWS, 12, PART_PRODUCT_REVIEWS },
    { SCREEN_PRODUCT, 8, PART_PRODUCT_RELATED },
    { SCREEN_SEARCH, 5, PART_SEARCH_FIELD },
    { SCREEN_WISH_LIST, 2.5, PART_WISH_LIST_LINK },
    { SCREEN_EXIT, 29 } } },
  [SCREEN_REVIEWS] = { 26, 1050, {
    { SCREEN_PRODUCT, 80, PART_REVIEWS_BACK },
    { SCREEN_HOME, 4, PART_LOGO },
    { SCREEN_EXIT, 10 } } },
  [SCREEN_CART] = { 19, 920, {
    { SCREEN_SHIPPING, 62, PART_CART_CHECKOUT },
    { SCREEN_PRODUCT, 9, PART_CART_LINE },
    { SCREEN_CATEGORY, 9, PART_CART_CONTINUE },
    { SCREEN_HELP, 1, PART_HELP_LINK },
    { SCREEN_EXIT, 12 } } },
  [SCREEN_SIGN_IN] = { 12, 760, {
    { SCREEN_CREATE_ACCOUNT, 10, PART_SIGN_IN_CREATE },
    { SCREEN_HELP, 2, PART_HELP_LINK },
    { SCREEN_HOME, 3, PART_LOGO },
    { SCREEN_EXIT, 9 } } },
  [SCREEN_CREATE_ACCOUNT] = { 30, 780, {
    { SCREEN_SIGN_IN, 8, PART_CREATE_SIGN_IN },
    { SCREEN_HOME, 3, PART_LOGO },
    { SCREEN_EXIT, 14 } } },
  [SCREEN_SHIPPING] = { 30, 840, {
    { SCREEN_PAYMENT, 84, PART_SHIPPING_SUBMIT },
    { SCREEN_CART, 5, PART_SUMMARY_CART },
    { SCREEN_HELP, 1, PART_HELP_LINK },
    { SCREEN_EXIT, 8 } } },
  [SCREEN_PAYMENT] = { 24, 880, {
    { SCREEN_SHIPPING, 4, PART_PAYMENT_BACK },
    { SCREEN_HELP, 1, PART_HELP_LINK },
    { SCREEN_EXIT, 9 } } },
  [SCREEN_REVIEW_ORDER] = { 17, 860, {
    { SCREEN_DONE, 88, PART_REVIEW_SUBMIT },
    { SCREEN_SHIPPING, 3, PART_REVIEW_ADDRESS },
    { SCREEN_PAYMENT, 2.5, PART_REVIEW_METHOD },
    { SCREEN_CART, 1.5, PART_SUMMARY_CART },
    { SCREEN_EXIT, 4.5 } } },
  [SCREEN_DONE] = { 9, 800, {
    { SCREEN_ORDERS, 15, PART_DONE_TRACK },
    { SCREEN_HOME, 9, PART_DONE_SHOP },
    { SCREEN_EXIT, 70 } } },
  [SCREEN_ORDERS] = { 18, 940, {
    { SCREEN_HELP, 12, PART_ORDERS_HELP },
    { SCREEN_PRODUCT, 16, PART_ORDERS_AGAIN },
    { SCREEN_HOME, 10, PART_LOGO },
    { SCREEN_EXIT, 52 } } },
  [SCREEN_HELP] = { 34, 820, {
    { SCREEN_ORDERS, 14, PART_HELP_ORDERS },
    { SCREEN_HOME, 14, PART_LOGO },
    { SCREEN_SEARCH, 5, PART_SEARCH_FIELD },
    { SCREEN_EXIT, 50 } } },
  [SCREEN_WISH_LIST] = { 15, 1180, {
    { SCREEN_PRODUCT, 58, PART_WISH_CARD },
    { SCREEN_CART, 14, PART_WISH_ADD },
    { SCREEN_HOME, 7, PART_LOGO },
    { SCREEN_EXIT, 19 } } },
};

const double pdg_demo_affinity[N_INTENTS][N_SCREENS + 1] = {
  [INTENT_BUYER] = { 1, 1.2, 1, 1, 1.1, 2.0, 0.6, 1, 1.25, 1, 1, 1, 0.5, 0.6, 0.5, 0.5 },
  [INTENT_BROWSER] = { 1, 0.9, 1.1, 1, 0.8, 0.25, 0.6, 0.7, 0.6, 1, 1, 1, 0.3, 0.6, 1.2, 1.6 },
  [INTENT_RETURNING] = { 1, 1, 0.9, 1.2, 0.9, 1.5, 2.2, 1, 1.15, 1, 1, 1, 1.6, 0.8, 3.5, 0.75 },
  [INTENT_SUPPORT] = { 0.7, 0.7, 0.3, 0.4, 0.5, 0.15, 4, 0.8, 0.6, 1, 1, 1, 3.5, 8, 0.5, 1 },
};

const PdgDemoCategory pdg_demo_categories[N_CATEGORIES] = {
  { 101, "Ceramics", 0, 5 },  { 102, "Pantry", 5, 5 },   { 103, "Textiles", 10, 5 },
  { 104, "Lighting", 15, 4 }, { 105, "Baskets", 19, 5 },
};

const PdgDemoProduct pdg_demo_products[N_PRODUCTS] = {
  { 1042, 0, "Stoneware vase", 4800 },     { 1043, 0, "Footed bowl", 3600 },       { 1047, 0, "Breakfast cup", 1800 },
  { 1051, 0, "Olive oil jug", 2900 },      { 1058, 0, "Serving plate", 4200 },     { 2003, 1, "Country sourdough", 690 },
  { 2007, 1, "Wildflower honey", 1150 },   { 2011, 1, "Fig and walnut jam", 890 }, { 2018, 1, "Sea salt crackers", 540 },
  { 2024, 1, "Spelt flour", 620 },         { 3005, 2, "Linen throw", 8900 },       { 3009, 2, "Striped tea towel", 1650 },
  { 3014, 2, "Wool cushion", 5400 },       { 3021, 2, "Table runner", 3900 },      { 3026, 2, "Waffle apron", 4500 },
  { 4002, 3, "Brass table lamp", 12900 },  { 4006, 3, "Paper pendant", 7900 },     { 4010, 3, "Beeswax candles", 1400 },
  { 4013, 3, "Reading lamp", 14900 },      { 5001, 4, "Willow basket", 5900 },     { 5004, 4, "Bread basket", 2700 },
  { 5008, 4, "Jute planter", 3400 },       { 5012, 4, "Market bag", 2200 },        { 5015, 4, "Log basket", 9900 },
};

const char *const pdg_demo_search_terms[N_SEARCH_TERMS] = {
  "linen", "vase", "bread+basket", "lamp", "honey", "tea+towel", "gift", "wool+throw", "candles", "bowl",
};

guint
pdg_demo_get_n_screens (void)
{
  return N_SCREENS;
}

const PdgDemoScreen *
pdg_demo_get_screen (guint screen)
{
  g_return_val_if_fail (screen < N_SCREENS, NULL);

  return &screens[screen];
}
