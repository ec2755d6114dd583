# What stands around every page, and the words all sites share.
skip = Skip to content
demo-strip = Demo: no real money. Trust anchor “{ $anchor }”
study-strip = For study: the algorithms of 1997, which protect nothing today. Test cards only, no real card, no real money. Trust anchor “{ $anchor }”
alone-strip = On this computer only. Trust begins at “{ $anchor }”
alone-strip-bare = On this computer only.
alone-study-strip = For study: the algorithms of 1997, which protect nothing today. Test cards only, no real card. Trust begins at “{ $anchor }”
language-label = Language
places-label = Places
theme-label = Appearance
theme-auto = Auto
theme-light = Light
theme-dark = Dark
site-home = Home
site-shop = Shop
site-wallet = Wallet
site-merchant = Merchant
site-gateway = Gateway
site-issuer = Issuer
site-acquirer = Acquirer
site-authorities = Authorities
site-inspector = Inspector
wallet-name = Wallet
cancel = Cancel
details = Details
optional = (optional)
free = free
see-messages = See every message
order-numbered = Order { $number }
octets = { $count ->
    [one] { $number } byte
   *[other] { $number } bytes
}
minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
pulse-up = up
pulse-down = not answering
party-cardholder = Cardholder
party-cardholder-authority = Cardholder CA
party-merchant = Merchant
party-merchant-authority = Merchant CA
party-gateway = Gateway
party-gateway-authority = Gateway CA
party-acquirer = Acquirer
party-issuer = Issuer
# How far a payment has come: the same words everywhere.
standing-awaiting-wallet = Waiting for a wallet
standing-received = Order received, payment being checked
standing-authorized = Payment authorized
standing-declined = Payment declined
standing-captured = Payment taken
standing-settled = Payment settled
standing-refunded = Money given back
standing-cancelled = Cancelled
standing-released = Released
standing-unknown = Not known yet
explain-awaiting-wallet = The order is placed. Nothing is paid yet.
explain-received = The shop has your order. Your bank has not answered yet; this page will say when it does.
explain-authorized = Your bank agreed. The shop takes the money when it ships.
explain-declined = Your bank said no. Nothing was taken.
explain-captured = The shop has asked your bank for the money.
explain-settled = The money has moved from your bank to the shop’s bank.
explain-refunded = The shop has given money back. It comes to the card with the next settlement.
explain-cancelled = The payment was called off. Nothing was taken.
explain-released = The shop has released the amount before taking it: your bank holds it no longer. Nothing was taken.
explain-unknown = There is no answer yet. Do not pay again; the answer is being asked for.
# Heads of tables.
head-amount = Amount
head-buyer = Buyer
head-card = Card
head-credit = Credit
head-debit = Debit
head-file = File
head-held = Held
head-holder = Holder
head-kind = Kind
head-limit = Limit
head-merchant = Merchant
head-messages = Messages
head-order = Order
head-paid = Paid
head-payee = Shop
head-reference = Reference
head-spent = Spent
head-state = State
head-text = For
head-to = To
head-transaction = Transaction
head-waiting = Waiting
head-when = When (UTC)
