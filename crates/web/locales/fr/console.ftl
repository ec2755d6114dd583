# La console d’une autorité.
authorities-consoles = Consoles de leurs opérateurs :
console-overview = Vue d’ensemble
console-requests = Demandes
console-certificates = Certificats
console-lists = Listes
console-audit = Journal d’audit
console-operator = Vous agissez en tant que { $name }
console-other-operator = quelqu’un d’autre
console-sign-in = Dites qui vous êtes
console-waiting = { $count ->
    [0] rien n’attend
    [one] { $count } demande attend
   *[other] { $count } demandes attendent
}
console-issued = { $count ->
    [0] aucun émis
    [one] { $count } émis
   *[other] { $count } émis
}
console-lists-until = bonnes jusqu’au { $day }
console-ending = Finit dans les trente jours
console-ending-none = Rien. { $name } est le premier à finir, le { $day }.
console-ending-nothing = Rien n’est en cours.
console-tree = Autorités, depuis la racine
console-this = cette console
console-search = Numéro, nom ou empreinte
console-any-state = Dans tout état
console-found = { $count ->
    [one] { $count } certificat
   *[other] { $count } certificats
}
console-found-none = Cette autorité n’en a émis aucun de ce genre.
console-pages = Pages
console-newer = ← Plus récents
console-older = Plus anciens →
console-path = Chemin jusqu’à la racine
console-says = Ce qu’il dit
console-revoke = Révoquer
console-why = Pourquoi
console-consequences-button = Voir ce qui en résulterait
console-revoke-note = Rien n’est encore fait : la page suivante dit ce qui cesserait de fonctionner.
console-revoked = Révoqué le { $moment }
console-revoked-for = Révoqué le { $moment } : { $reason }
console-all-records = Toutes les notes à ce sujet
validity-left = { $count ->
    [one] encore { $count } jour, jusqu’au { $day }
   *[other] encore { $count } jours, jusqu’au { $day }
}
validity-over = terminé depuis le { $day }
duty-certificates = signe des certificats
duty-lists = signe des listes
duty-messages = signe des messages
duty-opens = ouvre ce qui est scellé pour lui
reason-key-compromise = Quelqu’un d’autre a peut-être la clé
reason-ca-compromise = Quelqu’un d’autre a peut-être la clé de l’autorité
reason-affiliation-changed = Ce qu’il dit de son porteur n’est plus vrai
reason-superseded = Un autre a pris sa place
reason-cessation-of-operation = Son porteur n’en a plus besoin
reason-privilege-withdrawn = Son porteur n’a plus le droit de s’en servir
request-begun = Commencée
request-asking = En vérification
request-waiting = Attend une décision
request-issuing = En signature
request-returned = Rendue
request-issued = Émise
request-refused = Refusée
request-unserved = Sans formulaire
requests-all = Toutes les demandes
requests-waiting = Demandes en attente
requests-none = Il n’y en a pas.
requests-show-all = Montrer aussi celles qui sont décidées
requests-show-waiting = Ne montrer que celles qui attendent
request-title = Demande { $id }
request-began = Commencée le { $moment } (UTC)
request-told = Le demandeur a reçu { $code }.
request-asked = Ce qui a été demandé et répondu
request-wants = Demande
request-first = un premier certificat pour une clé qui { $duties }
request-renewal = un nouveau certificat à la place de celui qu’il a, pour une clé qui { $duties }
request-bank = Numéro de sa banque (BIN)
request-unanswered = sans réponse
request-masked = Le fichier de formulaires de la banque dit quelle part d’une réponse est montrée ici. Les numéros de carte ne sont montrés nulle part.
request-approve = Approuver
request-approve-note = Les certificats sont signés aussitôt, et le demandeur les reçoit quand il s’informe.
request-contract = Un commerçant absent des contrats de l’acquéreur a besoin d’un nom et d’une ville, tels qu’ils figureront sur les relevés.
request-name = Nom
request-city = Ville
request-refuse = Refuser
request-who-refuses = Qui refuse ?
request-unfit = Ce qui ne va pas dans la réponse { $number } ({ $question })
request-message = Quelques mots pour le demandeur
refused-by-issuer = La banque de la carte
refused-by-acquirer = La banque du commerçant
refused-by-authority = Cette autorité
refused-answers = Personne pour l’instant : certaines réponses sont à redonner
revoke-title = Révoquer { $name } ?
revoke-comes = Ce qui en résulte
revoke-stops = Ce qui cesse
revoke-list = Quelle liste le dit
revoke-list-number = La liste { $number } de { $issuer }, publiée aussitôt.
revoke-first-list = C’est sa première liste : la marque lui donne un certificat pour les listes.
revoke-bci = Ce que dit la marque
revoke-bci-number = Son annonce numéro { $number } désigne cette liste, aussitôt et pour trente jours.
revoke-told = Qui est prévenu
revoke-told-who = La passerelle, le commerçant et les autorités, maintenant. Les portefeuilles l’apprennent avec le prochain message qui porte des listes.
revoke-below = { $count ->
    [one] { $count } certificat qui n’est plus cru non plus
   *[other] { $count } certificats qui ne sont plus crus non plus
}
revoke-below-none = Aucun.
revoke-button = Révoquer maintenant
revoke-note = Ceci ne peut pas être annulé : qui a de nouveau besoin d’un certificat refait une demande.
stops-card = Plus personne n’accepte de paiement avec cette carte.
stops-shop-signs = Les portefeuilles ne croient plus les offres de cette boutique, et sa passerelle n’interroge plus de banque pour ses commandes.
stops-shop-opens = Les passerelles ne scellent plus de réponses pour cette boutique.
stops-gateway-signs = Les boutiques ne croient plus les réponses de cette passerelle.
stops-gateway-opens = Les portefeuilles ne scellent plus de paiements pour cette passerelle.
stops-authority-certifies = Rien de ce que cette autorité a certifié n’est plus cru.
stops-authority-signs = Les demandeurs ne croient plus les réponses de cette autorité.
stops-authority-opens = Les demandeurs ne scellent plus de demandes pour cette autorité.
stops-authority-lists = Les listes de cette autorité ne sont plus crues.
lists-title = Listes des certificats révoqués
lists-none = Aucune liste n’est publiée.
lists-publish = Publier de nouvelles listes
lists-note = De nouvelles listes sont faites chaque jour sans intervention. Publier donne à chaque liste son numéro suivant et prévient tous ceux qui écoutent.
bci-title = L’annonce de la marque sur les listes en vigueur (BCI)
bci-number = Numéro { $number }, du { $moment } (UTC)
bci-none = La marque n’a pas dit quelles listes sont en vigueur.
trail-records = Notes
trail-none = Aucune note.
trail-search = Demande, numéro, nom ou mot
trail-verify = Vérifier le journal
trail-note = Chaque note est liée à la précédente ; le tout est signé une fois par minute.
trail-newest = Les plus récentes
trail-whole = { $count ->
    [one] { $records } notes, chacune découle des précédentes ; { $count } tête signée concorde, sur les { $signed } premières.
   *[other] { $records } notes, chacune découle des précédentes ; { $count } têtes signées concordent, sur les { $signed } premières.
}
trail-tampered = Ce journal n’est plus ce qu’il était. Comparez-le à une copie de sa base et de ses têtes.
cause-time = l’horloge
cause-outcome = le guichet ou une signature
cause-command = une commande
cause-operator = opérateur { $name }
outcome-initiated = présentée
outcome-unserved = sans formulaire
outcome-form-sent = formulaire envoyé
outcome-applied = déposée
outcome-in-progress = invitée à s’informer
outcome-pended = attend une personne
outcome-to-be-signed = à signer
outcome-returned = rendue
outcome-issued = émis
outcome-refused = refusée
outcome-to-be-revoked = à révoquer
outcome-revoked = révoqué
outcome-to-be-published = à publier
outcome-published = publié
operator-title = Qui travaille ici ?
operator-lead = Ce que vous décidez est noté avec votre nom avant de compter.
operator-name = Votre nom
operator-wrong = Un nom a de 1 à 40 lettres, chiffres, espaces ou signes . ' - _ @ +
operator-button = Continuer
operator-note = Personne ne vérifie ce nom dans cette démonstration : quiconque atteint ces pages peut agir. Il est oublié à la fermeture du navigateur.
head-applicant = Demandeur
head-cause = Qui ou quoi
head-detail = Détail
head-duty = Sa clé
head-issuer = Émetteur
head-key = Genre
head-made = Faite (UTC)
head-name = Nom
head-number = Numéro
head-outcome = Ce qu’il en est
head-request = Demande
head-revoked = Révoqués
head-serial = Numéro de série
head-subject = Au sujet de
head-validity = Validité
applicant-card = une carte de la banque { $bank }
applicant-merchant = le commerçant { $merchant } de l’acquéreur { $bank }
applicant-gateway = une passerelle de l’acquéreur { $bank }
