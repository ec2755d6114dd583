# Ce qu’est devenu l’argent.
charged-no = Vous n’avez pas été débité.
charged-not-again = Pas de second débit.
charged-unknown = On ne sait pas encore si vous avez été débité.
# Ce qui s’est passé.
problem-already-used = Cet ordre de paiement a déjà servi.
problem-amount-differs = La commande disait { $asked } ; le commerçant demande maintenant { $claimed }.
problem-brand-not-accepted = Ce commerçant n’accepte pas cette marque de carte.
problem-call-issuer = Votre banque souhaite vous parler avant d’accepter.
problem-card-cert-expired = Le certificat de votre carte a expiré le { $day }.
problem-card-declined = Votre banque a refusé ce paiement.
problem-card-for-study = Ce portefeuille emploie les algorithmes de 1997, pour l’étude. Il n’accepte aucune vraie carte.
problem-card-not-certified = Votre banque ne certifie pas cette carte.
problem-clock-wrong = L’horloge de votre ordinateur est décalée de { $hours } h, et les certificats semblent invalides.
problem-crl-too-old = { $count ->
    [one] La liste des certificats révoqués a { $count } jour, trop pour s’y fier.
   *[other] La liste des certificats révoqués a { $count } jours, trop pour s’y fier.
}
problem-form-stale = Ce formulaire est périmé, ou ne vient pas de ce site.
problem-initiation-gone = Ce paiement n’attend plus.
problem-initiation-malformed = Ce que la boutique a envoyé est illisible.
problem-initiation-return-foreign = La commande mène à un site qui n’est pas celui de la boutique.
problem-initiation-too-large = Ce que la boutique a envoyé est trop grand.
problem-initiations-too-many = Ce site a commencé trop de paiements en peu de temps.
problem-issuer-not-asked = Votre banque n’a pas pu être interrogée.
problem-issuer-unreachable = Votre banque n’a pas répondu à temps. Le paiement est annulé ; ce qu’elle retient pour lui est en cours de libération.
problem-merchant-revoked = Le certificat de ce commerçant a été révoqué le { $day }.
problem-merchant-unreachable = Le commerçant n’a pas répondu.
problem-merchant-untrusted = Nous ne pouvons pas confirmer l’identité de ce commerçant.
problem-not-found = Il n’y a pas de page ici.
problem-nothing-to-capture = Il n’y a rien à encaisser sur cette commande.
problem-order-mismatch = La commande du commerçant et la vôtre diffèrent.
problem-registrar-unreachable = Le guichet d’inscription de votre banque n’a pas répondu.
problem-status-unknown = Nous ignorons encore si la commande est arrivée. Ne payez pas une seconde fois ; nous demandons.
problem-unavailable = Cette partie de la maison ne répond pas.
problem-wallet-locked = Votre portefeuille est verrouillé.
problem-wallet-not-running = Votre portefeuille ne répond pas. Lancez-le ou choisissez un autre moyen.
problem-wrong-method = Cette adresse n’accepte pas ce qui a été envoyé.
# Que faire maintenant.
next-already-used = Regardez votre historique : le paiement est peut-être déjà passé.
next-call-issuer = Appelez votre banque, puis payez de nouveau.
next-card-declined = Essayez une autre carte, ou demandez pourquoi à votre banque.
next-card-for-study = Prenez une carte de test : celles de la démonstration commencent par 9999 99.
next-card-not-certified = Vérifiez le numéro et les réponses, ou demandez à votre banque.
next-clock-wrong = Réglez l’horloge, puis réessayez.
next-crl-too-old = Réessayez plus tard ; une liste récente est cherchée d’elle-même.
next-do-not-pay = Ne payez pas ici. Si vous connaissez ce commerçant, prévenez-le.
next-form-stale = Revenez en arrière, rechargez la page et renvoyez.
next-issuer-unreachable = Commandez de nouveau plus tard, ou payez avec une autre carte.
next-not-found = Vérifiez l’adresse, ou repartez de la première page.
next-nothing-to-capture = Rechargez la commande : elle est peut-être déjà encaissée.
next-order-again = Retournez à la boutique et commandez de nouveau.
next-other-card = Choisissez une autre carte.
next-renew-card = Renouvelez-le dans le portefeuille, cela prend une minute.
next-start-from-shop = Retournez à la boutique et appuyez de nouveau sur son bouton de paiement.
next-status-unknown = Attendez ; la réponse sera dans votre historique.
next-try-later = Réessayez dans une minute.
next-unavailable = Réessayez dans un instant.
next-wait-for-room = Attendez dix minutes, puis appuyez de nouveau sur le bouton de paiement de la boutique.
next-wallet-locked = Déverrouillez-le, puis réessayez.
next-wallet-not-running = Lancez le portefeuille et appuyez de nouveau sur le bouton de paiement.
next-wrong-method = Repartez de la première page.
