# The console of an authority.
authorities-consoles = Consoles of their operators:
console-overview = Overview
console-requests = Requests
console-certificates = Certificates
console-lists = Lists
console-audit = Audit trail
console-operator = You act as { $name }
console-other-operator = somebody else
console-sign-in = Say who you are
console-waiting = { $count ->
    [0] nothing waits
    [one] { $count } request waits
   *[other] { $count } requests wait
}
console-issued = { $count ->
    [0] none issued
    [one] { $count } issued
   *[other] { $count } issued
}
console-lists-until = good until { $day }
console-ending = Ends within thirty days
console-ending-none = Nothing. The first to end is { $name }, on { $day }.
console-ending-nothing = Nothing is current.
console-tree = Authorities, from the root down
console-this = this console
console-search = Number, name or thumb
console-any-state = In any state
console-found = { $count ->
    [one] { $count } certificate
   *[other] { $count } certificates
}
console-found-none = This authority has issued none like this.
console-pages = Pages
console-newer = ← Newer
console-older = Older →
console-path = Path to the root
console-says = What it says
console-revoke = Take back
console-why = Why
console-consequences-button = See what would come of it
console-revoke-note = Nothing is done yet: the next page says what would stop working.
console-revoked = Taken back on { $moment }
console-revoked-for = Taken back on { $moment }: { $reason }
console-all-records = All records about it
validity-left = { $count ->
    [one] { $count } day left, until { $day }
   *[other] { $count } days left, until { $day }
}
validity-over = over since { $day }
duty-certificates = signs certificates
duty-lists = signs lists
duty-messages = signs messages
duty-opens = opens what is sealed for it
reason-key-compromise = Somebody else may have the key
reason-ca-compromise = Somebody else may have the authority’s key
reason-affiliation-changed = What it says of its bearer is not so any more
reason-superseded = Another one has taken its place
reason-cessation-of-operation = Its bearer does not need it any more
reason-privilege-withdrawn = Its bearer may not do any more what it is for
request-begun = Begun
request-asking = Being looked up
request-waiting = Waits for a decision
request-issuing = Being signed
request-returned = Given back
request-issued = Issued
request-refused = Refused
request-unserved = No form
requests-all = All requests
requests-waiting = Requests that wait
requests-none = There is none.
requests-show-all = Show decided ones, too
requests-show-waiting = Show only those that wait
request-title = Request { $id }
request-began = Begun on { $moment } (UTC)
request-told = The applicant was told { $code }.
request-asked = What was asked and answered
request-wants = Asks for
request-first = a first certificate for a key that { $duties }
request-renewal = a new certificate in place of one it has, for a key that { $duties }
request-bank = Number of its bank (BIN)
request-unanswered = not answered
request-masked = The bank’s form file says how much of an answer is shown here. Card numbers are shown nowhere.
request-approve = Approve
request-approve-note = The certificates are signed at once, and the applicant gets them when it inquires.
request-contract = A merchant that the acquirer’s contracts do not list needs its name and city, as they will stand on statements.
request-name = Name
request-city = City
request-refuse = Refuse
request-who-refuses = Who says no?
request-unfit = What is wrong with answer { $number } ({ $question })
request-message = Words for the applicant
refused-by-issuer = The card’s bank
refused-by-acquirer = The merchant’s bank
refused-by-authority = This authority
refused-answers = Nobody yet: some answers are to be given again
revoke-title = Take { $name } back?
revoke-comes = What comes of it
revoke-stops = What stops
revoke-list = Which list says so
revoke-list-number = List { $number } of { $issuer }, published at once.
revoke-first-list = It is its first list: the brand gives it a certificate for lists.
revoke-bci = What the brand says
revoke-bci-number = Its word number { $number } names that list, at once and for thirty days.
revoke-told = Who is told
revoke-told-who = Gateway, merchant and authorities, now. Wallets learn it with the next message that carries lists.
revoke-below = { $count ->
    [one] { $count } certificate that is not believed any more either
   *[other] { $count } certificates that are not believed any more either
}
revoke-below-none = None.
revoke-button = Take it back now
revoke-note = This cannot be undone: whoever needs a certificate again applies anew.
stops-card = Nobody takes a payment with this card any more.
stops-shop-signs = Wallets do not believe this shop’s offers, and its gateway asks no bank about its orders.
stops-shop-opens = Gateways seal no answers for this shop.
stops-gateway-signs = Shops do not believe this gateway’s answers.
stops-gateway-opens = Wallets seal no payments for this gateway.
stops-authority-certifies = Nothing that this authority has certified is believed.
stops-authority-signs = Applicants do not believe this authority’s answers.
stops-authority-opens = Applicants seal no requests for this authority.
stops-authority-lists = This authority’s lists are not believed.
lists-title = Lists of certificates that were taken back
lists-none = No list is published.
lists-publish = Publish new lists now
lists-note = New lists are made daily without anybody. Publishing gives every list its next number and tells everybody who listens.
bci-title = The brand’s word on which lists are current (BCI)
bci-number = Number { $number }, of { $moment } (UTC)
bci-none = The brand has not said which lists are the current ones.
trail-records = Records
trail-none = No record.
trail-search = Request, number, name or word
trail-verify = Verify the trail
trail-note = Each record is linked to the one before; heads are signed once a minute.
trail-newest = The newest
trail-whole = { $count ->
    [one] { $records } records, each follows from those before it; { $count } signed head agrees, over the first { $signed }.
   *[other] { $records } records, each follows from those before it; { $count } signed heads agree, over the first { $signed }.
}
trail-tampered = This trail is not what it was. Compare it with a copy of its database and of its heads.
cause-time = the clock
cause-outcome = the registrar or a signature
cause-command = a command
cause-operator = operator { $name }
outcome-initiated = introduced
outcome-unserved = no form
outcome-form-sent = form sent
outcome-applied = applied
outcome-in-progress = told to inquire
outcome-pended = waits for a person
outcome-to-be-signed = to be signed
outcome-returned = given back
outcome-issued = issued
outcome-refused = refused
outcome-to-be-revoked = to be taken back
outcome-revoked = taken back
outcome-to-be-published = to be published
outcome-published = published
operator-title = Who works here?
operator-lead = What you decide is recorded with your name before it counts.
operator-name = Your name
operator-wrong = A name has 1 to 40 letters, digits, spaces or any of . ' - _ @ +
operator-button = Go on
operator-note = Nobody checks the name in this demo: whoever reaches these pages may act. It is forgotten when the browser closes.
head-applicant = Applicant
head-cause = Who or what
head-detail = Detail
head-duty = Its key
head-issuer = Issuer
head-key = Kind
head-made = Made (UTC)
head-name = Name
head-number = Number
head-outcome = What became of it
head-request = Request
head-revoked = Taken back
head-serial = Serial number
head-subject = About
head-validity = Validity
applicant-card = a card of bank { $bank }
applicant-merchant = merchant { $merchant } of acquirer { $bank }
applicant-gateway = a gateway of acquirer { $bank }
