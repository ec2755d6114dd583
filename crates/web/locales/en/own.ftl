# The certificates of a merchant or a gateway, on its own pages.
own-title = Certificates
own-in-use = In use, and older ones whose keys still open
own-none = There are none.
own-duty-late = opens only what comes late
own-ends-soon = { $count ->
    [0] The certificates in use end today.
    [one] The certificates in use end in 1 day.
   *[other] The certificates in use end in { $count } days.
}
own-ended = The certificates in use ended on { $day }. Nobody can work with { $name } until it is certified again.
own-revoked = The authority has taken a certificate of { $name } back. Nobody can work with it until it is certified again.
own-another = Other certificates
own-lead = The authority certifies new keys. You can ask at any time: what was begun under the older keys is finished under them.
own-lead-anew = A renewal is signed with a good certificate, and there is none. Apply anew: the authority asks its questions, and a person there may look at the answers.
own-renews = Others are asked for without anybody from
own-renew-button = Renew now
own-apply-button = Apply for a certificate
own-inquire-button = Ask what became of it
own-applied = Other certificates are asked for:
own-number = Request at the authority
own-sent = The answers were sent
own-last = The authority’s last answer
own-granted = granted on { $moment } (UTC)
own-moved = Stands so since
own-again = Asked for again without anybody
head-brand = Brand
head-since = Since
head-suite = Suite
