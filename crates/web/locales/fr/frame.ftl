# Ce qui entoure chaque page, et les mots communs à tous les sites.
skip = Aller au contenu
demo-strip = Démonstration : pas d’argent réel. Ancre de confiance « { $anchor } »
study-strip = Pour l’étude : les algorithmes de 1997, qui ne protègent plus rien. Cartes de test seulement, aucune vraie carte, pas d’argent réel. Ancre de confiance « { $anchor } »
alone-strip = Sur cet ordinateur seulement. La confiance part de « { $anchor } »
alone-strip-bare = Sur cet ordinateur seulement.
alone-study-strip = Pour l’étude : les algorithmes de 1997, qui ne protègent plus rien. Cartes de test seulement, aucune vraie carte. La confiance part de « { $anchor } »
language-label = Langue
places-label = Lieux
theme-label = Apparence
theme-auto = Auto
theme-light = Clair
theme-dark = Sombre
site-home = Accueil
site-shop = Boutique
site-wallet = Portefeuille
site-merchant = Commerçant
site-gateway = Passerelle
site-issuer = Émetteur
site-acquirer = Acquéreur
site-authorities = Autorités
site-inspector = Inspecteur
wallet-name = Portefeuille
cancel = Annuler
details = Détails
optional = (facultatif)
free = gratuit
see-messages = Voir tous les messages
order-numbered = Commande { $number }
octets = { $count ->
    [one] { $number } octet
   *[other] { $number } octets
}
minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
pulse-up = en service
pulse-down = ne répond pas
party-cardholder = Titulaire
party-cardholder-authority = AC titulaires
party-merchant = Commerçant
party-merchant-authority = AC commerçants
party-gateway = Passerelle
party-gateway-authority = AC passerelles
party-acquirer = Acquéreur
party-issuer = Émetteur
# Où en est un paiement : les mêmes mots partout.
standing-awaiting-wallet = En attente d’un portefeuille
standing-received = Commande reçue, paiement en cours de vérification
standing-authorized = Paiement autorisé
standing-declined = Paiement refusé
standing-captured = Paiement encaissé
standing-settled = Paiement réglé
standing-refunded = Argent rendu
standing-cancelled = Annulé
standing-released = Libéré
standing-unknown = Pas encore connu
explain-awaiting-wallet = La commande est passée. Rien n’est encore payé.
explain-received = Le commerçant a votre commande. Votre banque n’a pas encore répondu ; cette page le dira.
explain-authorized = Votre banque est d’accord. Le commerçant encaisse à l’expédition.
explain-declined = Votre banque a dit non. Rien n’a été prélevé.
explain-captured = Le commerçant a demandé l’argent à votre banque.
explain-settled = L’argent est passé de votre banque à celle du commerçant.
explain-refunded = Le commerçant a rendu de l’argent. Il arrive sur la carte avec le prochain règlement.
explain-cancelled = Le paiement a été abandonné. Rien n’a été prélevé.
explain-released = La boutique a libéré le montant avant de l’encaisser : votre banque ne le retient plus. Rien n’a été prélevé.
explain-unknown = Il n’y a pas encore de réponse. Ne payez pas une seconde fois ; la réponse est demandée.
# Têtes de tableaux.
head-amount = Montant
head-buyer = Acheteur
head-card = Carte
head-credit = Crédit
head-debit = Débit
head-file = Fichier
head-held = Réservé
head-holder = Titulaire
head-kind = Type
head-limit = Plafond
head-merchant = Commerçant
head-messages = Messages
head-order = Commande
head-paid = Payé
head-payee = Commerçant
head-reference = Référence
head-spent = Dépensé
head-state = État
head-text = Motif
head-to = Pour
head-transaction = Transaction
head-waiting = En attente
head-when = Quand (UTC)
