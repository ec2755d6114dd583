# Les certificats d’un commerçant ou d’une passerelle, sur ses propres pages.
own-title = Certificats
own-in-use = Utilisés, et d’anciens dont les clés ouvrent encore
own-none = Il n’y en a pas.
own-duty-late = n’ouvre que ce qui vient en retard
own-ends-soon = { $count ->
    [0] Les certificats utilisés se terminent aujourd’hui.
    [one] Les certificats utilisés se terminent dans { $count } jour.
   *[other] Les certificats utilisés se terminent dans { $count } jours.
}
own-ended = Les certificats utilisés sont terminés depuis le { $day }. Personne ne peut travailler avec { $name } avant une nouvelle certification.
own-revoked = L’autorité a révoqué un certificat de { $name }. Personne ne peut travailler avec lui avant une nouvelle certification.
own-another = D’autres certificats
own-lead = L’autorité certifie de nouvelles clés. Vous pouvez le demander à tout moment : ce qui a commencé sous les anciennes clés finit sous elles.
own-lead-anew = Un renouvellement se signe avec un bon certificat, et il n’y en a pas. Refaites la demande : l’autorité pose ses questions, et une personne y regarde peut-être les réponses.
own-renews = D’autres sont demandés tout seuls à partir du
own-renew-button = Renouveler maintenant
own-apply-button = Demander un certificat
own-inquire-button = Demander où elle en est
own-applied = D’autres certificats sont demandés :
own-number = Demande auprès de l’autorité
own-sent = Les réponses sont parties
own-last = Dernière réponse de l’autorité
own-granted = accordé le { $moment } (UTC)
own-moved = En est là depuis
own-again = Redemandé tout seul
head-brand = Marque
head-since = Depuis
head-suite = Suite
