/** Tokens that are replaced. */
export const ROTATION: Readonly<Record<string, string>> = {
  'Rotate deploy token {id} “{name}” of {path}?': 'Remplacer le jeton de déploiement {id} « {name} » de {path} ?',
  'Rotate access token {id} “{name}” of {path}?': 'Remplacer le jeton d’accès {id} « {name} » de {path} ?',
  'Rotating deploy token {id} “{name}” of {path}': 'Remplacement du jeton de déploiement {id} « {name} » de {path}',
  'Rotating access token {id} “{name}” of {path}': 'Remplacement du jeton d’accès {id} « {name} » de {path}',
  'Planning the rotation in {path}: looking for the token and who uses it':
    'Préparation du remplacement dans {path} : recherche du jeton et de qui l’utilise',
  'Rotated: {token} of {path} is replaced by {id}': 'Remplacé : {token} de {path} l’est par {id}',
  'deploy token {id}': 'jeton de déploiement {id}',
  'access token {id}': 'jeton d’accès {id}',
  'a deploy token “{name}” with {scopes} in {path}': 'un jeton de déploiement « {name} » avec {scopes} dans {path}',
  'an access token “{name}” with {scopes} in {path}': 'un jeton d’accès « {name} » avec {scopes} dans {path}',
  'deploy token {id} with {scopes}': 'jeton de déploiement {id} avec {scopes}',
  'access token {id} with {scopes}': 'jeton d’accès {id} avec {scopes}',
  '{variables}: flags kept': '{variables} : attributs conservés',
  'no CI/CD variable carried the old one': 'aucune variable CI/CD ne contenait l’ancien',
  '{variable}: the {what} ({why})': '{variable} : {what} ({why})',
  '{token}, last, and see it refused': '{token}, en dernier, et vérifier qu’il est refusé',
  create: 'créer',
  prove: 'prouver',
  rewrite: 'réécrire',
  'hand over': 'transmettre',
  revoke: 'révoquer',
  wait: 'attendre',
  unknown: 'inconnu',
  'not yet': 'pas encore',
  Rotate: 'Remplacer',
  'Revoke now': 'Révoquer maintenant',
  Undo: 'Défaire',
  'Nothing has been changed yet. Valid for 10 minutes, for the person who asked.':
    'Rien n’a encore été changé. Valable 10 minutes, pour la personne qui a demandé.',
  'The new token of {path} is in use everywhere I can see; {token} is still in force':
    'Le nouveau jeton de {path} sert partout où je vois ; {token} est encore valable',
  'The secret was never shown. Running jobs keep the old one and fail; logins stored on laptops have to be made again.':
    'Le secret n’a jamais été montré. Les jobs en cours gardent l’ancien et échouent ; les connexions enregistrées sur les postes sont à refaire.',
  'The secret was shown to the asker alone. Running jobs keep the old one and fail; logins stored on laptops have to be made again.':
    'Le secret n’a été montré qu’à qui l’a demandé. Les jobs en cours gardent l’ancien et échouent ; les connexions enregistrées sur les postes sont à refaire.',
  'The rotation failed; everything in {path} is as before':
    'Le remplacement a échoué ; tout dans {path} est comme avant',
  'The rotation is undone; everything in {path} is as before':
    'Le remplacement est défait ; tout dans {path} est comme avant',
  'The rotation failed, and something is left for a person to do':
    'Le remplacement a échoué, et il reste quelque chose à faire à la main',
  'The rotation is undone, and something is left for a person to do':
    'Le remplacement est défait, et il reste quelque chose à faire à la main',
  'The new token is in force, but the end of the rotation could not be seen':
    'Le nouveau jeton est valable, mais la fin du remplacement n’a pu être constatée',
  'Deploy token {id} is still in force.': 'Le jeton de déploiement {id} est encore valable.',
  'Access token {id} is still in force.': 'Le jeton d’accès {id} est encore valable.',
  '{path} has {count} tokens for the registry: which one?': '{path} a {count} jetons pour le registre : lequel ?',
  'or type: rotate-token {words}': 'ou tapez : rotate-token {words}',
};
