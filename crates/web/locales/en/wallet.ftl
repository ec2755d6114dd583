first-run-title = Make your wallet
first-run-lead = Choose a passphrase. It locks your cards on this computer; nobody else knows it, and nobody can restore it.
first-run-button = Make the wallet
first-run-note = Three or four words that do not belong together are easy to remember and hard to guess. Pasting and password managers are welcome.
passphrase-label = Passphrase
passphrase-again = The same passphrase again
passphrase-differ = The two passphrases are not the same.
passphrase-short = Use at least { $least } characters.
unlock-title = Unlock your wallet
unlock-lead = Your passphrase opens the wallet on this computer only.
unlock-for-purchase = A shop wants to start a payment. We check who it is after you unlock.
unlock-minutes = Stays unlocked for
unlock-button = Unlock
unlock-not-you = Not you, or not expecting this?
unlock-wrong = { $count ->
    [one] That passphrase does not open this wallet. 1 try left before a 1-minute pause.
   *[other] That passphrase does not open this wallet. { $count } tries left before a 1-minute pause.
}
unlock-paused = { $count ->
    [one] Too many wrong passphrases. Try again in 1 second.
   *[other] Too many wrong passphrases. Try again in { $count } seconds.
}
locks-in = Locks by itself in { $minutes }.
lock-now = Lock now
cards-title = My cards
cards-none = There is no card in this wallet yet. Add one; its bank certifies it in a minute.
cards-add = Add a card
cards-continue = Continue
card-ending = { $brand } …{ $digits }
card-certified = Certified until { $day }
card-expired = Certificate ended on { $day }
card-unfinished = Registration not finished
new-card-title = Add a card
new-card-lead = The wallet seals the number for your bank alone, and asks the bank to certify the card.
new-card-number = Card number
new-card-expiry = Expires
new-card-expiry-form = MM/YY
new-card-button = Ask my bank
new-card-note = Demo cards start with 9999 99. No real card works here.
new-card-note-alone = The number leaves this computer sealed, for your bank alone.
complaint-number = Enter the number on the front of the card, 12 to 19 digits.
complaint-expiry = Enter the month and year on the card, such as 12/29, not in the past.
registration-title = Register at { $bank }
registration-lead = { $whom ->
    [card] These questions come from your bank, for the card ending { $digits }. Only it can read the answers.
   *[server] These questions come from the authority that certifies for your acquirer. Only it can read the answers.
}
registration-verified = This form is signed by { $bank }.
registration-returned = { $bank } did not accept every answer. Please correct those that are marked.
registration-terms = Terms of { $bank }
registration-accept = I have read the terms and accept them
registration-button = { $whom ->
    [card] Register the card
   *[server] Apply for the certificates
}
registration-later = Later
complaint-answer = Nothing was sent yet. Please look again at:
complaint-terms = { $whom ->
    [card] The bank certifies the card only if you accept its terms.
   *[server] The authority certifies only those who accept its terms.
}
complaint-missing = An answer is required.
complaint-long = { $count ->
    [one] At most { $count } character.
   *[other] At most { $count } characters.
}
waiting-title = { $whom ->
    [card] Asking your bank
   *[server] Asking the authority
}
waiting-asking = { $whom ->
    [card] The wallet checks who your bank is and asks for its form.
   *[server] This party checks who its authority is and asks for its form.
}
waiting-applied = { $whom ->
    [card] Your answers are with the bank. Its certificate comes next.
   *[server] Your answers are with the authority. Its certificates come next.
}
certified-title = Your card is certified
certified-lead = { $bank } certified the card ending { $digits }. You can pay with it now.
certified-card = Card
certified-until = Certified until
certified-shop = Go to the shop
checking-title = Checking the shop…
checking-lead = Nothing is paid and nothing is signed yet.
checking-reached = The shop answers
checking-signature = Its signature is right
checking-certificate = Its certificate is trusted
checking-gateway = The gateway’s certificate is trusted
paying-title = Paying { $payee }
paying-lead = Sending your order to the shop and asking your bank…
paying-again = The shop may have your order, and has not said so. We are asking it again: do not pay a second time.
paying-received = The shop has your order. Your bank has not answered yet; we go on asking.
paying-leave = You can leave this page; the result will be in:
consent-title = Pay { $payee }?
consent-pay = Pay { $amount }
consent-pay-again = Pay { $amount } up to { $count } times
consent-instalments = You agree to several payments. This amount is paid in up to { $count } instalments, and the shop asks for the later ones without asking you again.
consent-recurring = You agree to several payments. The shop may charge this amount again without asking you: at least { $days } days apart, and none after { $day }. That is up to { $count } payments.
consent-recurring-total = They come to { $total } at most.
consent-claimed = The shop page calls itself “{ $claimed }”. The certificate says “{ $name }”.
consent-identity = Identity checked. Certified by { $acquirer } for { $brand }, { $place }.
consent-with = Pay with
consent-choose = Choose a card to pay with.
consent-no-card = No card in this wallet can pay this shop.
consent-order = Order { $number }
consent-shop-sees = The shop sees
consent-shop-sees-what = your order, not your card
consent-bank-sees = Your bank sees
consent-bank-sees-what = the amount, not your order
consent-what = What exactly do I sign?
consent-what-lead = Two halves, each for one reader, under one signature. Neither half can be put to another.
consent-half-order = For the shop: the order
consent-half-payment = For the gateway alone: the payment
consent-tie = Both halves carry this hash of the order, under a salt that is drawn when you sign:
order-hash-at-shop = Compare it with the shop’s page.
result-payee = Shop
result-amount = Amount
result-given-back = Given back
result-order = Order
result-ask = Ask the shop again
result-return = Return to { $payee }
unopened-title = This wallet does not open
unopened-lead = Nothing was opened and nothing was sent. What is in the way, in the words of the program:
unopened-next = If you do not know what to do about it, send this sentence to your bank. This page can be closed.
history-title = History
history-none = No payment yet.
history-instalments = in up to { $count } instalments
history-recurring = again after { $days } days or more, until { $day }
history-nobody = A shop that could not be confirmed
cancelled-title = Payment cancelled
cancelled-return = Return to the shop
consent-merchant-id = Merchant number
consent-serial = Serial number
consent-valid = Valid
consent-card-chosen = the one you choose above
