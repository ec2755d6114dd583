# Le bureau du commerçant.
orders-title = Commandes
orders-none = Aucune commande trouvée.
orders-search = Commande, XID, montant ou nom
orders-find = Chercher
order-who = Qui et où
order-address = Livrer à
order-card = Carte
order-card-hidden = invisible pour vous ; scellée pour la passerelle
order-lines = Ce qui a été commandé
order-money = Argent
order-timeline = Messages
order-timeline-none = Aucun portefeuille n’est encore venu.
money-asked = Demandé
money-authorized = Autorisé
money-captured = Encaissé
approval-code = Code d’autorisation
direction-in = reçu
direction-out = envoyé
capture-button = Encaisser { $amount }
capture-title = Encaisser { $amount } ?
capture-lead = Ceci prélève { $amount } sur la carte de { $buyer }, comme la banque l’a accepté.
capture-not-yet = Pas maintenant
capture-note = Un encaissement ne peut pas être annulé ici.
# La console de la passerelle.
authorizations-title = Autorisations
authorizations-none = Pas encore d’autorisation.
authorization-title = Transaction { $xid }
gateway-checks = Vérifications
gateway-knows = Ce que sait cette passerelle
gateway-order = Commande
gateway-order-hash = Seulement son empreinte : cette passerelle ne peut pas lire ce qui a été acheté.
gateway-issuer = La banque de la carte
gateway-no-answer = pas de réponse
gateway-not-asked = La banque n’a pas été interrogée.
check-held = tient
check-failed = a échoué
check-not-reached = pas atteinte
check-merchant-signature = Signature du commerçant
check-dual-signature = Signature double du titulaire
check-order-hashes = L’empreinte de la commande du commerçant est celle que le titulaire a signée
check-used-once = Instructions de paiement utilisées une seule fois
check-brand = La marque correspond
check-certificates = Certificats en cours de validité
# La console de l’émetteur.
accounts-title = Comptes
accounts-none = Aucun compte.
account-active = Actif
account-expired = Carte expirée
account-blocked = Bloqué
holds-title = Réservations
holds-none = Rien n’a été réservé.
hold-placed = Réservé
hold-posted = Débité
hold-released = Libéré
hold-expired = Expiré
entries-title = Écritures
entries-none = Pas encore d’écriture.
# La console de l’acquéreur.
acquirer-title = Encaissements et compensation
clearing-title = Compensation
clearing-lead = { $count ->
    [one] { $count } encaissement en attente, { $total } en tout.
   *[other] { $count } encaissements en attente, { $total } en tout.
}
clearing-button = Compenser et régler { $amount }
clearing-none = Rien n’attend la compensation.
captures-title = Encaissements
captures-none = Pas encore d’encaissement.
capture-cleared = compensé le { $when }
capture-waiting = en attente
credits-title = Commerçants
credits-none = Aucun commerçant n’a encore encaissé.
files-title = Fichiers
files-none = Pas encore de fichier. La compensation écrit les premiers.
# Les autorités.
authorities-title = Certificats
authorities-lead = Chacun est connu par un certificat qui mène à une seule racine. Rien d’autre n’est cru.
certificate-current = En cours
certificate-ending = Finit bientôt
certificate-ended = Terminé
certificate-revoked = Révoqué
certificate-until = jusqu’au { $day }
certificate-pem = Télécharger le PEM
