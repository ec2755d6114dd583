# What happened to the money.
charged-no = You were not charged.
charged-not-again = No second charge.
charged-unknown = Whether you were charged is not known yet.
# What happened.
problem-already-used = This payment order was used before.
problem-amount-differs = The order said { $asked }; the shop now asks for { $claimed }.
problem-brand-not-accepted = This shop does not take this card brand.
problem-call-issuer = Your bank wants to talk to you before it agrees.
problem-card-cert-expired = Your card’s certificate expired on { $day }.
problem-card-declined = Your bank said no to this payment.
problem-card-for-study = This wallet uses the algorithms of 1997, for study. It takes no real card.
problem-card-not-certified = Your bank does not certify this card.
problem-clock-wrong = Your computer’s clock is { $hours } h off, so certificates look invalid.
problem-crl-too-old = { $count ->
    [one] The list of withdrawn certificates is 1 day old, too old to rely on.
   *[other] The list of withdrawn certificates is { $count } days old, too old to rely on.
}
problem-form-stale = This form has gone stale, or did not come from this site.
problem-initiation-gone = This payment is no longer waiting.
problem-initiation-malformed = What the shop sent cannot be read.
problem-initiation-return-foreign = The shop’s order leads to a site that is not the shop’s.
problem-initiation-too-large = What the shop sent is too large.
problem-initiations-too-many = This site has begun too many payments in a short time.
problem-issuer-not-asked = Your bank could not be asked.
problem-issuer-unreachable = Your bank did not answer in time. The payment was called off; anything the bank holds for it is being released.
problem-merchant-revoked = This shop’s certificate was withdrawn on { $day }.
problem-merchant-unreachable = The shop did not answer.
problem-merchant-untrusted = We cannot confirm who this shop is.
problem-not-found = There is no page here.
problem-nothing-to-capture = There is nothing to capture on this order.
problem-order-mismatch = The shop’s order and yours do not match.
problem-registrar-unreachable = Your bank’s registration desk did not answer.
problem-status-unknown = We do not know yet whether the shop got your order. Do not pay again; we are asking.
problem-unavailable = This part of the house is not answering.
problem-wallet-locked = Your wallet is locked.
problem-wallet-not-running = Your wallet did not answer. Start it, or choose another way to pay.
problem-wrong-method = This address does not take what was sent.
# What to do next.
next-already-used = Look into your history: the payment may have gone through already.
next-call-issuer = Call your bank, then pay again.
next-card-declined = Try another card, or ask your bank why.
next-card-for-study = Take a test card: the demo’s begin with 9999 99.
next-card-not-certified = Check the number and the answers, or ask your bank.
next-clock-wrong = Set the clock, then try again.
next-crl-too-old = Try again later; a fresh list is fetched by itself.
next-do-not-pay = Do not pay here. If you know this shop, tell it.
next-form-stale = Go back, load the page again, and send it once more.
next-issuer-unreachable = Order again later, or pay with another card.
next-not-found = Check the address, or start from the first page.
next-nothing-to-capture = Load the order again: it may have been captured already.
next-order-again = Go back to the shop and order again.
next-other-card = Choose another card.
next-renew-card = Renew it in the wallet; it takes a minute.
next-start-from-shop = Go back to the shop and press its pay button again.
next-status-unknown = Wait; the answer will be in your history.
next-try-later = Try again in a minute.
next-unavailable = Try again in a moment.
next-wait-for-room = Wait ten minutes, then press the shop’s pay button again.
next-wallet-locked = Unlock it, then try again.
next-wallet-not-running = Start the wallet and press the pay button again.
next-wrong-method = Start from the first page.
