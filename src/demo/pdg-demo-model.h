#pragma once

#include "demo/pdg-demo.h"

G_BEGIN_DECLS

typedef enum
{
  SCREEN_HOME,
  SCREEN_SEARCH,
  SCREEN_CATEGORY,
  SCREEN_PRODUCT,
  SCREEN_REVIEWS,
  SCREEN_CART,
  SCREEN_SIGN_IN,
  SCREEN_CREATE_ACCOUNT,
  SCREEN_SHIPPING,
  SCREEN_PAYMENT,
  SCREEN_REVIEW_ORDER,
  SCREEN_DONE,
  SCREEN_ORDERS,
  SCREEN_HELP,
  SCREEN_WISH_LIST,
  N_SCREENS,
  SCREEN_EXIT = N_SCREENS, /* as a transition's target: the visitor leaves */
  SCREEN_ANY = N_SCREENS,  /* as a part's screen: on all of them */
} PdgDemoScreenId;

/* The parts of the component trees: id, screen, path below the screen's root, ui.component.type, ui.element, ui.element.text. */
#define PDG_DEMO_PARTS(X)                                                                                      \
  X (NONE, ANY, "", "page", NULL, NULL)                                                                        \
  X (HEADER, ANY, "Header", "region", NULL, NULL)                                                              \
  X (LOGO, ANY, "Header/Logo", "link", "a", "Larder & Loom")                                                   \
  X (NAVIGATION, ANY, "Header/Navigation", "navigation", "a", "Shop")                                          \
  X (SEARCH_FIELD, ANY, "Header/SearchField", "field", "input", "Search")                                      \
  X (HELP_LINK, ANY, "Header/HelpLink", "link", "a", "Help")                                                   \
  X (ACCOUNT_LINK, ANY, "Header/AccountLink", "link", "a", "Account")                                          \
  X (WISH_LIST_LINK, ANY, "Header/WishListLink", "link", "a", "Wish list")                                     \
  X (CART_BUTTON, ANY, "Header/CartButton", "button", "button", "Cart")                                        \
  X (STEPS, ANY, "CheckoutSteps", "progress", "ol", NULL)                                                      \
  X (SUMMARY, ANY, "OrderSummary", "region", NULL, NULL)                                                       \
  X (SUMMARY_CART, ANY, "OrderSummary/EditCartLink", "link", "a", "Edit cart")                                 \
  X (HOME_HERO, HOME, "Hero", "region", NULL, NULL)                                                            \
  X (HOME_SHOP, HOME, "Hero/ShopButton", "button", "a", "Shop the autumn table")                               \
  X (HOME_TILE, HOME, "Collections/CategoryTile", "link", "a", "Category")                                     \
  X (HOME_CARD, HOME, "Highlights/ProductCard", "card", "a", "Product")                                        \
  X (SEARCH_RESULT, SEARCH, "Results/ProductCard", "card", "a", "Product")                                     \
  X (SEARCH_FILTER, SEARCH, "Filters/PriceFilter", "slider", "input", "Price")                                 \
  X (SEARCH_CATEGORY, SEARCH, "Filters/CategoryLink", "link", "a", "Category")                                 \
  X (CATEGORY_BANNER, CATEGORY, "Banner", "region", NULL, NULL)                                                \
  X (CATEGORY_SORT, CATEGORY, "Toolbar/SortMenu", "menu", "select", "Sort")                                    \
  X (CATEGORY_CARD, CATEGORY, "Grid/ProductCard", "card", "a", "Product")                                      \
  X (CATEGORY_OTHER, CATEGORY, "Toolbar/CategoryTabs", "tabs", "a", "Category")                                \
  X (PRODUCT_GALLERY, PRODUCT, "Gallery", "gallery", "img", "Next picture")                                    \
  X (PRODUCT_CRUMB, PRODUCT, "Breadcrumb", "link", "a", "Category")                                            \
  X (PRODUCT_VARIANT, PRODUCT, "BuyBox/ColourPicker", "radio", "input", "Colour")                              \
  X (PRODUCT_ADD, PRODUCT, "BuyBox/AddToCartButton", "button", "button", "Add to cart")                        \
  X (PRODUCT_WISH, PRODUCT, "BuyBox/WishListButton", "button", "button", "Save for later")                     \
  X (PRODUCT_REVIEWS, PRODUCT, "BuyBox/RatingLink", "link", "a", "128 reviews")                                \
  X (PRODUCT_RELATED, PRODUCT, "Related/ProductCard", "card", "a", "Product")                                  \
  X (REVIEWS_BACK, REVIEWS, "ProductSummary/BackButton", "button", "a", "Back to product")                     \
  X (REVIEWS_BARS, REVIEWS, "RatingBars", "filter", "button", "5 stars")                                       \
  X (REVIEWS_ITEM, REVIEWS, "ReviewList/Review", "article", "article", "Helpful")                              \
  X (CART_LINE, CART, "CartLines/CartLine", "row", "a", "Product")                                             \
  X (CART_QUANTITY, CART, "CartLines/QuantityStepper", "stepper", "button", "+")                               \
  X (CART_REMOVE, CART, "CartLines/RemoveButton", "button", "button", "Remove")                                \
  X (CART_VOUCHER, CART, "OrderSummary/VoucherField", "field", "input", "Voucher code")                        \
  X (CART_CHECKOUT, CART, "OrderSummary/CheckoutButton", "button", "button", "Check out")                      \
  X (CART_CONTINUE, CART, "CartLines/ContinueLink", "link", "a", "Continue shopping")                          \
  X (SIGN_IN_EMAIL, SIGN_IN, "SignInForm/EmailField", "field", "input", "E-mail")                              \
  X (SIGN_IN_PASSWORD, SIGN_IN, "SignInForm/PasswordField", "field", "input", "Password")                      \
  X (SIGN_IN_SUBMIT, SIGN_IN, "SignInForm/SignInButton", "button", "button", "Sign in")                        \
  X (SIGN_IN_GUEST, SIGN_IN, "SignInForm/GuestButton", "button", "button", "Continue as guest")                \
  X (SIGN_IN_CREATE, SIGN_IN, "SignInForm/CreateAccountLink", "link", "a", "Create an account")                \
  X (CREATE_NAME, CREATE_ACCOUNT, "AccountForm/NameField", "field", "input", "Full name")                      \
  X (CREATE_EMAIL, CREATE_ACCOUNT, "AccountForm/EmailField", "field", "input", "E-mail")                       \
  X (CREATE_PASSWORD, CREATE_ACCOUNT, "AccountForm/PasswordField", "field", "input", "Password")               \
  X (CREATE_SUBMIT, CREATE_ACCOUNT, "AccountForm/CreateButton", "button", "button", "Create account")          \
  X (CREATE_SIGN_IN, CREATE_ACCOUNT, "AccountForm/SignInLink", "link", "a", "I have an account")               \
  X (SHIPPING_NAME, SHIPPING, "AddressForm/NameField", "field", "input", "Full name")                          \
  X (SHIPPING_STREET, SHIPPING, "AddressForm/StreetField", "field", "input", "Street and number")              \
  X (SHIPPING_CITY, SHIPPING, "AddressForm/CityField", "field", "input", "City")                               \
  X (SHIPPING_METHOD, SHIPPING, "DeliveryOptions/DeliveryOption", "radio", "input", "Express")                 \
  X (SHIPPING_SUBMIT, SHIPPING, "AddressForm/ContinueButton", "button", "button", "Continue to payment")       \
  X (PAYMENT_METHOD, PAYMENT, "CheckoutForm/MethodPicker", "radio", "input", "Payment method")                 \
  X (PAYMENT_NUMBER, PAYMENT, "CheckoutForm/CardNumberField", "field", "input", "Card number")                 \
  X (PAYMENT_EXPIRY, PAYMENT, "CheckoutForm/ExpiryField", "field", "input", "Expires")                         \
  X (PAYMENT_CODE, PAYMENT, "CheckoutForm/CodeField", "field", "input", "Security code")                       \
  X (PAYMENT_SUBMIT, PAYMENT, "CheckoutForm/PayButton", "button", "button", "Review order")                    \
  X (PAYMENT_BACK, PAYMENT, "CheckoutForm/BackLink", "link", "a", "Back to shipping")                          \
  X (REVIEW_ADDRESS, REVIEW_ORDER, "Address/EditLink", "link", "a", "Change address")                          \
  X (REVIEW_METHOD, REVIEW_ORDER, "Method/EditLink", "link", "a", "Change payment")                            \
  X (REVIEW_LINES, REVIEW_ORDER, "OrderLines", "region", NULL, NULL)                                           \
  X (REVIEW_SUBMIT, REVIEW_ORDER, "OrderSummary/PlaceOrderButton", "button", "button", "Place order")          \
  X (DONE_CARD, DONE, "Confirmation", "region", NULL, NULL)                                                    \
  X (DONE_TRACK, DONE, "Confirmation/TrackButton", "button", "a", "Track this order")                          \
  X (DONE_SHOP, DONE, "Confirmation/ContinueButton", "button", "a", "Continue shopping")                       \
  X (ORDERS_ROW, ORDERS, "OrderList/OrderCard", "card", "a", "Order details")                                  \
  X (ORDERS_AGAIN, ORDERS, "OrderList/BuyAgainButton", "button", "a", "Buy again")                             \
  X (ORDERS_HELP, ORDERS, "OrderList/HelpLink", "link", "a", "Get help")                                       \
  X (HELP_SEARCH, HELP, "HelpSearch/SearchField", "field", "input", "How can we help?")                        \
  X (HELP_TOPIC, HELP, "Topics/TopicCard", "card", "a", "Returns")                                             \
  X (HELP_ORDERS, HELP, "Contact/OrdersLink", "link", "a", "Find my order")                                    \
  X (HELP_CHAT, HELP, "Contact/ChatButton", "button", "button", "Chat with us")                                \
  X (WISH_CARD, WISH_LIST, "Grid/ProductCard", "card", "a", "Product")                                         \
  X (WISH_ADD, WISH_LIST, "Grid/AddToCartButton", "button", "button", "Move to cart")                          \
  X (WISH_SHARE, WISH_LIST, "Toolbar/ShareButton", "button", "button", "Share list")

typedef enum
{
#define X(id, screen, path, type, element, text) PART_##id,
  PDG_DEMO_PARTS (X)
#undef X
  N_PARTS
} PdgDemoPartId;

typedef struct
{
  PdgDemoScreenId screen;
  const char *path; /* below the screen's root component */
  const char *type;
  const char *element;
  const char *text;
} PdgDemoPart;

extern const PdgDemoPart pdg_demo_parts[N_PARTS];

typedef enum
{
  INTENT_BUYER,
  INTENT_BROWSER,
  INTENT_RETURNING,
  INTENT_SUPPORT,
  N_INTENTS,
} PdgDemoIntent;

/* One way on from a screen: how often it is taken relative to the others, and what the visitor clicks for it. */
typedef struct
{
  PdgDemoScreenId to;
  double weight;
  PdgDemoPartId part;
} PdgDemoEdge;

#define PDG_DEMO_MAX_EDGES 8

/* How a screen behaves: @edges end with a zero weight. */
typedef struct
{
  double dwell_median_s;
  double lcp_median_ms;
  PdgDemoEdge edges[PDG_DEMO_MAX_EDGES];
} PdgDemoBehaviour;

extern const PdgDemoBehaviour pdg_demo_behaviours[N_SCREENS];

/* How much more (or less) an intent is drawn to a screen, or to leaving. */
extern const double pdg_demo_affinity[N_INTENTS][N_SCREENS + 1];

typedef struct
{
  guint id;
  const char *name;
  guint first_product; /* its products follow each other */
  guint n_products;
} PdgDemoCategory;

typedef struct
{
  guint id;
  guint category; /* index */
  const char *name;
  guint price_cents;
} PdgDemoProduct;

#define N_CATEGORIES 5
#define N_PRODUCTS 24
#define N_SEARCH_TERMS 10

extern const PdgDemoCategory pdg_demo_categories[N_CATEGORIES];
extern const PdgDemoProduct pdg_demo_products[N_PRODUCTS];
extern const char *const pdg_demo_search_terms[N_SEARCH_TERMS];

G_END_DECLS
