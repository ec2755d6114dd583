first-run-title = Créez votre portefeuille
first-run-lead = Choisissez une phrase secrète. Elle verrouille vos cartes sur cet ordinateur ; personne d’autre ne la connaît, et personne ne peut la retrouver.
first-run-button = Créer le portefeuille
first-run-note = Trois ou quatre mots sans rapport se retiennent bien et se devinent mal. Le collage et les gestionnaires de mots de passe sont bienvenus.
passphrase-label = Phrase secrète
passphrase-again = La même phrase secrète encore une fois
passphrase-differ = Les deux phrases secrètes ne sont pas les mêmes.
passphrase-short = Utilisez au moins { $least } caractères.
unlock-title = Déverrouillez votre portefeuille
unlock-lead = Votre phrase secrète n’ouvre le portefeuille que sur cet ordinateur.
unlock-for-purchase = Une boutique veut commencer un paiement. Nous vérifions qui elle est après le déverrouillage.
unlock-minutes = Reste ouvert pendant
unlock-button = Déverrouiller
unlock-not-you = Ce n’est pas vous, ou c’est inattendu ?
unlock-wrong = { $count ->
    [one] Cette phrase secrète n’ouvre pas ce portefeuille. Encore { $count } essai avant une pause d’une minute.
   *[other] Cette phrase secrète n’ouvre pas ce portefeuille. Encore { $count } essais avant une pause d’une minute.
}
unlock-paused = { $count ->
    [one] Trop de phrases secrètes fausses. Réessayez dans { $count } seconde.
   *[other] Trop de phrases secrètes fausses. Réessayez dans { $count } secondes.
}
locks-in = Se verrouille tout seul dans { $minutes }.
lock-now = Verrouiller
cards-title = Mes cartes
cards-none = Ce portefeuille ne contient pas encore de carte. Ajoutez-en une ; sa banque la certifie en une minute.
cards-add = Ajouter une carte
cards-continue = Continuer
card-ending = { $brand } …{ $digits }
card-certified = Certifiée jusqu’au { $day }
card-expired = Certificat terminé le { $day }
card-unfinished = Inscription inachevée
new-card-title = Ajouter une carte
new-card-lead = Le portefeuille scelle le numéro pour votre banque seule, et lui demande de certifier la carte.
new-card-number = Numéro de carte
new-card-expiry = Expire
new-card-expiry-form = MM/AA
new-card-button = Demander à ma banque
new-card-note = Les cartes de démonstration commencent par 9999 99. Aucune vraie carte ne fonctionne ici.
new-card-note-alone = Le numéro quitte cet ordinateur scellé, pour votre banque seulement.
complaint-number = Indiquez le numéro au recto de la carte, de 12 à 19 chiffres.
complaint-expiry = Indiquez le mois et l’année de la carte, comme 12/29, pas dans le passé.
registration-title = Inscription à { $bank }
registration-lead = { $whom ->
    [card] Ces questions viennent de votre banque, pour la carte se terminant par { $digits }. Elle seule peut lire les réponses.
   *[server] Ces questions viennent de l’autorité qui certifie pour votre acquéreur. Elle seule peut lire les réponses.
}
registration-verified = Ce formulaire est signé par { $bank }.
registration-returned = { $bank } n’a pas accepté toutes les réponses. Corrigez celles qui sont signalées.
registration-terms = Conditions de { $bank }
registration-accept = J’ai lu les conditions et je les accepte
registration-button = { $whom ->
    [card] Inscrire la carte
   *[server] Demander les certificats
}
registration-later = Plus tard
complaint-answer = Rien n’est encore parti. À revoir :
complaint-terms = { $whom ->
    [card] La banque ne certifie la carte que si vous acceptez ses conditions.
   *[server] L’autorité ne certifie que ceux qui acceptent ses conditions.
}
complaint-missing = Une réponse est exigée.
complaint-long = { $count ->
    [one] Au plus { $count } caractère.
   *[other] Au plus { $count } caractères.
}
waiting-title = { $whom ->
    [card] Demande à votre banque
   *[server] Demande à l’autorité
}
waiting-asking = { $whom ->
    [card] Le portefeuille vérifie qui est votre banque et demande son formulaire.
   *[server] On vérifie qui est l’autorité et on demande son formulaire.
}
waiting-applied = { $whom ->
    [card] Vos réponses sont à la banque. Son certificat arrive.
   *[server] Vos réponses sont à l’autorité. Ses certificats arrivent.
}
certified-title = Votre carte est certifiée
certified-lead = { $bank } a certifié la carte se terminant par { $digits }. Vous pouvez payer avec elle.
certified-card = Carte
certified-until = Certifiée jusqu’au
certified-shop = Aller à la boutique
checking-title = Vérification du commerçant…
checking-lead = Rien n’est payé et rien n’est encore signé.
checking-reached = Le commerçant répond
checking-signature = Sa signature est juste
checking-certificate = Son certificat est de confiance
checking-gateway = Le certificat de la passerelle est de confiance
paying-title = Paiement à { $payee }
paying-lead = Envoi de la commande au commerçant et demande à votre banque…
paying-again = Le commerçant a peut-être votre commande, et ne l’a pas dit. Nous le lui redemandons : ne payez pas une seconde fois.
paying-received = Le commerçant a votre commande. Votre banque n’a pas encore répondu ; nous continuons de demander.
paying-leave = Vous pouvez quitter cette page ; le résultat sera dans :
consent-title = Payer { $payee } ?
consent-pay = Payer { $amount }
consent-pay-again = Payer { $amount }, { $count } fois au plus
consent-instalments = Vous acceptez plusieurs paiements. Ce montant est payé en { $count } fois au plus, et le commerçant demande les versements suivants sans vous redemander.
consent-recurring = Vous acceptez plusieurs paiements. Le commerçant peut prélever ce montant de nouveau sans vous redemander : à { $days } jours d’intervalle au moins, et aucun après le { $day }. Cela fait { $count } paiements au plus.
consent-recurring-total = Ensemble, ils font { $total } au plus.
consent-claimed = La page de la boutique se nomme « { $claimed } ». Le certificat dit « { $name } ».
consent-identity = Identité vérifiée. Certifié par { $acquirer } pour { $brand }, { $place }.
consent-with = Payer avec
consent-choose = Choisissez une carte pour payer.
consent-no-card = Aucune carte de ce portefeuille ne peut payer ce commerçant.
consent-order = Commande { $number }
consent-shop-sees = Le commerçant voit
consent-shop-sees-what = votre commande, pas votre carte
consent-bank-sees = Votre banque voit
consent-bank-sees-what = le montant, pas votre commande
consent-what = Qu’est-ce que je signe exactement ?
consent-what-lead = Deux moitiés, chacune pour un lecteur, sous une seule signature. Aucune ne peut être jointe à une autre.
consent-half-order = Pour le commerçant : la commande
consent-half-payment = Pour la passerelle seule : le paiement
consent-tie = Les deux moitiés portent cette empreinte de la commande, avec un sel tiré quand vous signez :
order-hash-at-shop = Comparez-la avec la page de la boutique.
result-payee = Commerçant
result-amount = Montant
result-given-back = Rendu
result-order = Commande
result-ask = Redemander au commerçant
result-return = Retour à { $payee }
unopened-title = Ce portefeuille ne s’ouvre pas
unopened-lead = Rien n’a été ouvert et rien n’a été envoyé. Ce qui fait obstacle, dans les mots du programme :
unopened-next = Si vous ne savez qu’en faire, envoyez cette phrase à votre banque. Vous pouvez fermer cette page.
history-title = Historique
history-none = Pas encore de paiement.
history-instalments = en { $count } fois au plus
history-recurring = de nouveau après { $days } jours ou plus, jusqu’au { $day }
history-nobody = Un commerce qui n’a pas pu être confirmé
cancelled-title = Paiement annulé
cancelled-return = Retour à la boutique
consent-merchant-id = Numéro de commerçant
consent-serial = Numéro de série
consent-valid = Valable
consent-card-chosen = celle que vous choisissez ci-dessus
