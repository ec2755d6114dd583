card-ends-soon = { $count ->
    [0] Certificate ends today
    [one] Certificate ends in 1 day
   *[other] Certificate ends in { $count } days
}
cards-ends-soon = { $count ->
    [0] The certificate of the card ending { $digits } ends today. Renew it, and you can go on paying with it.
    [one] The certificate of the card ending { $digits } ends in 1 day. Renew it, and you can go on paying with it.
   *[other] The certificate of the card ending { $digits } ends in { $count } days. Renew it, and you can go on paying with it.
}
cards-ended = The certificate of the card ending { $digits } has ended. It cannot pay until its bank certifies it again.
cards-details = Details
application-asking = Asking the bank
application-form = Waiting for your answers
application-pended = Somebody at the bank looks at it
application-referred = Sent on to another authority
application-refused = Refused
application-look = See how it stands
application-why = See why
card-title = Card ending { $digits }
card-bank = Bank
card-since = Certified since
card-applied = Another certificate is asked for:
renew-title = Another certificate
renew-lead = The bank certifies a new key for this card. You can do this at any time; payments that have begun are not disturbed.
renew-lead-ended = This card cannot pay any more. Its bank can certify it again, under a new key.
renew-expiry-hint = If your bank has sent you a new card with the same number, the month that is printed on it.
renew-button = Ask my bank for another certificate
pended-title = Your bank has not decided yet
pended-lead = { $whom ->
    [card] Somebody at { $bank } looks at your application for the card ending { $digits }.
   *[server] Somebody at { $bank } looks at your application for certificates.
}
pended-usually = Banks take from some minutes to a few working days for this. You need not wait here: close this page and come back.
pended-sent = Your answers were sent
pended-asked = The bank was asked last
pended-until = { $whom ->
    [card] The wallet asks until
   *[server] It is asked until
}
pended-open = { $bank } has not answered the last question yet. It is asked until it does.
pended-ask = Ask again now
pended-by-itself = { $whom ->
    [card] While it is unlocked, the wallet asks by itself. Times are in UTC.
   *[server] The bank is asked every hour by itself. Times are in UTC.
}
referred-title = Your bank sends you on
referred-lead = { $whom ->
    [card] The authority that was asked does not certify this card. It names another one. Nothing was sent there yet.
   *[server] The authority that was asked does not certify you. It names another one. Nothing was sent there yet.
}
referred-words = In its words
referred-choose = Where to ask
referred-note = { $whom ->
    [card] Whoever answers there must prove with a certificate of your card’s brand who it is, before your card number is sent. Go on only if you expected this.
   *[server] Whoever answers there must prove with a certificate of your brand who it is, before any answer is sent. Go on only if you expected this.
}
referred-follow = Ask there
refused-title = { $whom ->
    [card] { $bank } does not certify the card ending { $digits }
   *[server] { $bank } does not certify you
}
refused-renewal-title = { $whom ->
    [card] There is no new certificate for the card ending { $digits }
   *[server] There are no new certificates
}
refused-bank = { $whom ->
    [card] { $bank } does not know this card as yours, or wants no certificate for it.
   *[server] { $bank } does not know you, or wants no certificates for you.
}
refused-authority = { $whom ->
    [card] The authority that certifies cards for { $bank } said no.
   *[server] The authority that certifies for { $bank } said no.
}
refused-signature = The certificate that you have is not believed any more, so it cannot be renewed: it may have been taken back.
refused-no-form = { $whom ->
    [card] { $bank } has no registration form for this card in your language.
   *[server] { $bank } has no registration form for you in your language.
}
refused-circle = You were sent on to addresses that cannot be asked, or that were asked before.
refused-trouble = { $whom ->
    [card] { $bank } could not go on with what the wallet sent.
   *[server] { $bank } could not go on with what was sent.
}
refused-silence = { $bank } did not answer in time, or the answer could not be believed.
refused-words = In the words of { $bank }
refused-still-good = { $whom ->
    [card] The certificate that this card has stays good until { $day }.
   *[server] The certificates in use stay good until { $day }.
}
refused-next-bank = Ask your bank why. When that is settled, correct what was wrong and apply again.
refused-next-anew = { $whom ->
    [card] Register the card anew: the bank asks its questions once more.
   *[server] Apply anew: the authority asks its questions once more.
}
refused-next-ask = { $whom ->
    [card] Ask your bank which wallet its cards can be registered with.
   *[server] Ask your acquirer which authority certifies for it.
}
refused-next-later = Try again later. Nothing is lost.
refused-again = Correct and send again
returned-which = Not accepted:
