# The merchant's desk.
orders-title = Orders
orders-none = No order found.
orders-search = Order, XID, amount or name
orders-find = Search
order-who = Who and where
order-address = Deliver to
order-card = Card
order-card-hidden = not visible to you; sealed for the gateway
order-lines = What was ordered
order-money = Money
order-timeline = Messages
order-timeline-none = No wallet has come yet.
money-asked = Asked for
money-authorized = Authorized
money-captured = Captured
approval-code = Approval code
direction-in = received
direction-out = sent
capture-button = Capture { $amount }
capture-title = Capture { $amount }?
capture-lead = This takes { $amount } from the card of { $buyer }, as the bank has agreed.
capture-not-yet = Not yet
capture-note = A capture cannot be undone here.
# The gateway's console.
authorizations-title = Authorizations
authorizations-none = No authorization yet.
authorization-title = Transaction { $xid }
gateway-checks = Checks
gateway-knows = What this gateway knows
gateway-order = Order
gateway-order-hash = Only its hash: this gateway cannot read what was bought.
gateway-issuer = The card’s bank
gateway-no-answer = no answer
gateway-not-asked = The bank was not asked.
check-held = holds
check-failed = failed
check-not-reached = not reached
check-merchant-signature = Signature of the merchant
check-dual-signature = Dual signature of the cardholder
check-order-hashes = Order hash of the shop is the one the cardholder signed
check-used-once = Payment instructions used once
check-brand = Brand matches
check-certificates = Certificates current
# The issuer's console.
accounts-title = Accounts
accounts-none = No account.
account-active = Active
account-expired = Card expired
account-blocked = Stopped
holds-title = Holds
holds-none = Nothing was held.
hold-placed = Held
hold-posted = Posted
hold-released = Released
hold-expired = Expired
entries-title = Entries
entries-none = No entry yet.
# The acquirer's console.
acquirer-title = Captures and clearing
clearing-title = Clearing
clearing-lead = { $count ->
    [one] 1 capture waits, { $total } in all.
   *[other] { $count } captures wait, { $total } in all.
}
clearing-button = Clear and settle { $amount }
clearing-none = Nothing waits to be cleared.
captures-title = Captures
captures-none = No capture yet.
capture-cleared = cleared { $when }
capture-waiting = waiting
credits-title = Merchants
credits-none = No merchant has captured anything yet.
files-title = Files
files-none = No file yet. Clearing writes the first ones.
# The authorities.
authorities-title = Certificates
authorities-lead = Every party is known by a certificate that leads to one root. Nothing else is believed.
certificate-current = Current
certificate-ending = Ends soon
certificate-ended = Ended
certificate-revoked = Revoked
certificate-until = until { $day }
certificate-pem = Download PEM
