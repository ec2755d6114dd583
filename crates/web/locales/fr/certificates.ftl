card-ends-soon = { $count ->
    [0] Le certificat se termine aujourd’hui
    [one] Le certificat se termine dans { $count } jour
   *[other] Le certificat se termine dans { $count } jours
}
cards-ends-soon = { $count ->
    [0] Le certificat de la carte se terminant par { $digits } se termine aujourd’hui. Renouvelez-le pour continuer à payer avec elle.
    [one] Le certificat de la carte se terminant par { $digits } se termine dans { $count } jour. Renouvelez-le pour continuer à payer avec elle.
   *[other] Le certificat de la carte se terminant par { $digits } se termine dans { $count } jours. Renouvelez-le pour continuer à payer avec elle.
}
cards-ended = Le certificat de la carte se terminant par { $digits } est terminé. Elle ne peut pas payer tant que sa banque ne la certifie pas de nouveau.
cards-details = Détails
application-asking = Demande à la banque
application-form = En attente de vos réponses
application-pended = Examinée par quelqu’un à la banque
application-referred = Renvoyée à une autre autorité
application-refused = Refusée
application-look = Voir où elle en est
application-why = Voir pourquoi
card-title = Carte se terminant par { $digits }
card-bank = Banque
card-since = Certifiée depuis le
card-applied = Un autre certificat est demandé :
renew-title = Un autre certificat
renew-lead = La banque certifie une nouvelle clé pour cette carte. Vous pouvez le faire à tout moment ; les paiements commencés ne sont pas dérangés.
renew-lead-ended = Cette carte ne peut plus payer. Sa banque peut la certifier de nouveau, avec une nouvelle clé.
renew-expiry-hint = Si votre banque vous a envoyé une nouvelle carte avec le même numéro, le mois imprimé dessus.
renew-button = Demander un autre certificat à ma banque
pended-title = Votre banque n’a pas encore décidé
pended-lead = { $whom ->
    [card] Quelqu’un à { $bank } examine votre demande pour la carte se terminant par { $digits }.
   *[server] Quelqu’un à { $bank } examine votre demande de certificats.
}
pended-usually = Les banques y mettent de quelques minutes à quelques jours ouvrés. Inutile d’attendre ici : fermez cette page et revenez.
pended-sent = Vos réponses sont parties
pended-asked = Dernière question à la banque
pended-until = { $whom ->
    [card] Le portefeuille demande jusqu’au
   *[server] On demande jusqu’au
}
pended-open = { $bank } n’a pas encore répondu à la dernière question. Elle est répétée jusqu’à la réponse.
pended-ask = Demander maintenant
pended-by-itself = { $whom ->
    [card] Tant qu’il est déverrouillé, le portefeuille demande tout seul. Les heures sont en UTC.
   *[server] La question est répétée toute seule chaque heure. Les heures sont en UTC.
}
referred-title = Votre banque vous renvoie ailleurs
referred-lead = { $whom ->
    [card] L’autorité interrogée ne certifie pas cette carte. Elle en nomme une autre. Rien n’y a encore été envoyé.
   *[server] L’autorité interrogée ne vous certifie pas. Elle en nomme une autre. Rien n’y a encore été envoyé.
}
referred-words = Selon ses mots
referred-choose = Où demander
referred-note = { $whom ->
    [card] Qui répond là-bas doit prouver qui il est, avec un certificat de la marque de votre carte, avant que votre numéro de carte ne parte. Ne continuez que si vous vous y attendiez.
   *[server] Qui répond là-bas doit prouver qui il est, avec un certificat de votre marque, avant que la moindre réponse ne parte. Ne continuez que si vous vous y attendiez.
}
referred-follow = Y demander
refused-title = { $whom ->
    [card] { $bank } ne certifie pas la carte se terminant par { $digits }
   *[server] { $bank } ne vous certifie pas
}
refused-renewal-title = { $whom ->
    [card] Pas de nouveau certificat pour la carte se terminant par { $digits }
   *[server] Pas de nouveaux certificats
}
refused-bank = { $whom ->
    [card] { $bank } ne connaît pas cette carte comme la vôtre, ou ne veut pas de certificat pour elle.
   *[server] { $bank } ne vous connaît pas, ou ne veut pas de certificats pour vous.
}
refused-authority = { $whom ->
    [card] L’autorité qui certifie les cartes pour { $bank } a dit non.
   *[server] L’autorité qui certifie pour { $bank } a dit non.
}
refused-signature = Le certificat que vous avez n’est plus cru, et ne peut donc pas être renouvelé : il a peut-être été retiré.
refused-no-form = { $whom ->
    [card] { $bank } n’a pas de formulaire d’inscription pour cette carte dans votre langue.
   *[server] { $bank } n’a pas de formulaire d’inscription pour vous dans votre langue.
}
refused-circle = Vous avez été renvoyé à des adresses qui ne peuvent pas être interrogées, ou qui l’ont déjà été.
refused-trouble = { $whom ->
    [card] { $bank } n’a pas pu continuer avec ce que le portefeuille a envoyé.
   *[server] { $bank } n’a pas pu continuer avec ce qui a été envoyé.
}
refused-silence = { $bank } n’a pas répondu à temps, ou la réponse ne pouvait pas être crue.
refused-words = Selon les mots de { $bank }
refused-still-good = { $whom ->
    [card] Le certificat de cette carte reste valable jusqu’au { $day }.
   *[server] Les certificats utilisés restent valables jusqu’au { $day }.
}
refused-next-bank = Demandez pourquoi à votre banque. Ensuite, corrigez ce qui n’allait pas et refaites la demande.
refused-next-anew = { $whom ->
    [card] Inscrivez la carte de nouveau : la banque repose ses questions.
   *[server] Refaites la demande : l’autorité repose ses questions.
}
refused-next-ask = { $whom ->
    [card] Demandez à votre banque avec quel portefeuille ses cartes peuvent être inscrites.
   *[server] Demandez à votre acquéreur quelle autorité certifie pour lui.
}
refused-next-later = Réessayez plus tard. Rien n’est perdu.
refused-again = Corriger et renvoyer
returned-which = Pas acceptées :
